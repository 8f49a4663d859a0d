#!/usr/bin/env bash
# `./thimble doctor`: what is there, in which version, what is missing, what it is for and how to get it. Works before
# anything is installed: it needs bash and Debian's base system only.
set -euo pipefail

THIMBLE_ROOT=${THIMBLE_ROOT:-$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/..")}
source "$THIMBLE_ROOT/scripts/state.sh"

usage() {
  cat <<'TEXT'
Usage: ./thimble doctor [--json FILE]

Says what Thimble needs, what of it is there and in which version, what is missing and how to get it. Changes nothing.

  --json FILE  write the same as JSON:
               {"ok": ..., "checks": [{"name", "present", "required", "version", "why", "remedy"}]}
  --help       this text

Exit code 0 if all that is required is there, 1 if something is missing, 2 for wrong usage.
What only `./thimble test` needs is not required: the first test installs it.
TEXT
}

json_file=
while [[ $# -gt 0 ]]; do
  case $1 in
    --help | -h) usage && exit 0 ;;
    --json) [[ $# -ge 2 ]] || { echo "thimble doctor: --json needs a file name" >&2 && exit 2; }
      json_file=$2 && shift 2 ;;
    --json=*) json_file=${1#--json=} && shift ;;
    *) echo "thimble doctor: unknown argument '$1'; see ./thimble doctor --help" >&2 && exit 2 ;;
  esac
done

ok=true
checks=()

# quote TEXT: as a JSON string.
quote() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

# report NAME PRESENT REQUIRED VERSION WHY REMEDY: one line for people, one object for programs; PRESENT and REQUIRED
# are true or false.
report() {
  local name=$1 present=$2 required=$3 version=$4 why=$5 remedy=${6-} mark=ok
  if [[ $present == false ]]; then
    mark=MISSING
    [[ $required == false ]] && mark=later || ok=false
  fi
  printf '  %-8s%-36s%-32s%s\n' "$mark" "$name" "$version" "$why"
  [[ $present == true ]] || printf '  %-8s-> %s\n' "" "$remedy"
  checks+=("$(printf '{"name": %s, "present": %s, "required": %s, ' "$(quote "$name")" "$present" "$required"
    [[ -z $version ]] || printf '"version": %s, ' "$(quote "$version")"
    [[ $present == true ]] || printf '"remedy": %s, ' "$(quote "$remedy")"
    printf '"why": %s}' "$(quote "$why")")")
}

check_system() {
  local name=unknown id=
  [[ ! -r /etc/os-release ]] || {
    name=$(. /etc/os-release && echo "${PRETTY_NAME-unknown}")
    id=$(. /etc/os-release && echo "${ID-} ${VERSION_ID-}")
  }
  report "system" true true "$name" "packages are installed by themselves on Debian 12 only"
  [[ $id == "debian 12" ]] || echo "          here you bring the packages below yourself"
}

check_package() {
  local version remedy="call ./thimble test, or: apt-get install --no-install-recommends $1"
  [[ $required == false ]] || remedy="call any verb, or: apt-get install --no-install-recommends $1"
  version=$(dpkg-query -W -f '${Version}' "$1" 2> /dev/null) || version=
  if [[ -e $2 ]]; then
    report "$1" true "$required" "${version:-not from Debian}" "$3"
  else
    report "$1" false "$required" "" "$3" "$remedy"
  fi
}

check_python() {
  local line
  if ! python_is_ready; then
    report "environment" false true "" "import, IREE, reference kernels" "call any verb: ./thimble boards"
    return
  fi
  while read -r line; do
    [[ $line == \#* ]] || report "${line%%==*}" true true "${line#*==}" "in build/python"
  done < "$requirements_file"
}

check_tool() {
  if [[ ! -x $tool ]]; then
    report "host tool" false true "" "imports, plans, builds firmware" "call any verb: ./thimble boards"
  elif build_is_ready; then
    report "host tool" true true "up to date" "imports, plans, builds firmware"
  else
    report "host tool" true true "older than the tree" "the next call builds it anew"
  fi
}

echo "Thimble in $THIMBLE_ROOT"
check_system
echo "Debian packages"
required=true
for_each_package run check_package
required=false
for_each_package only-test check_package
echo "Python environment"
check_python
echo "Build"
check_tool

if [[ -n $json_file ]]; then
  {
    printf '{"ok": %s, "checks": [' "$ok"
    separator=
    for check in "${checks[@]}"; do
      printf '%s\n  %s' "$separator" "$check"
      separator=,
    done
    printf '\n]}\n'
  } > "$json_file" || exit 1
fi

if [[ $ok == true ]]; then
  echo "All that is required is there."
else
  echo "Something is missing: any verb, for instance ./thimble boards, brings it after asking."
  exit 1
fi
