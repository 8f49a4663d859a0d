#!/usr/bin/env bash
# Brings what is missing: Debian packages, the Python environment, the host tool. Called by the launcher:
# setup.sh GROUP YES, where GROUP is `run` or `test` and YES is 1 if the user has already agreed.
# Everything it says goes to stderr: stdout belongs to the verb that follows.
set -euo pipefail

THIMBLE_ROOT=${THIMBLE_ROOT:-$(readlink -f "$(dirname "${BASH_SOURCE[0]}")/..")}
source "$THIMBLE_ROOT/scripts/state.sh"
group=$1
yes=$2
logs=$THIMBLE_ROOT/build/log
exec 1>&2

fail() {
  printf 'thimble: %s\n' "$1"
  exit 1
}

# stage NAME LOG COMMAND...: runs the command with its output in build/log/LOG.log and says how long it took, or, if it
# failed, what it said last. (`set -e` does not reach into the command: join its steps by &&.)
stage() {
  local name=$1 log=$logs/$2.log start=$SECONDS ticker=
  shift 2
  printf '  %-44s' "$name"
  if [[ -t 1 ]]; then
    while sleep 1; do printf '\r  %-44s%4d s' "$name" $((SECONDS - start)); done 9>&- &
    ticker=$!
  fi
  local status=0
  "$@" > "$log" 2>&1 < /dev/null 9>&- || status=$?
  if [[ -n $ticker ]]; then
    kill "$ticker" 2> /dev/null || true
    wait "$ticker" 2> /dev/null || true
    printf '\r  %-44s' "$name"
  fi
  if [[ $status -eq 0 ]]; then
    printf '%4d s\n' $((SECONDS - start))
    return
  fi
  printf 'failed after %d s; the end of %s:\n' $((SECONDS - start)) "${log#"$THIMBLE_ROOT"/}"
  tail -n 25 "$log" | sed 's/^/    /'
  exit 1
}

# Sets `privileged`, the words before apt-get, or ends with what the user has to do.
find_privilege() {
  local system=unknown
  [[ ! -r /etc/os-release ]] || system=$(. /etc/os-release && echo "${ID-} ${VERSION_ID-}")
  if [[ $system != "debian 12" ]]; then
    echo "thimble: this system ($system) is not Debian 12, so nothing is installed on it by itself. Missing here:"
    name_missing() { [[ -e $2 ]] || printf '  %-30s%-60s%s\n' "$1" "$2" "$3"; }
    for_each_package "$group" name_missing
    fail "install what corresponds to these Debian packages so that the files named exist, then call again"
  fi
  local command="apt-get update && apt-get install --no-install-recommends ${missing[*]}"
  if [[ $EUID -eq 0 ]]; then
    privileged=()
  elif ! command -v sudo > /dev/null; then
    fail "these Debian packages are missing and only root can install them, with: $command"
  elif sudo -n true 2> /dev/null || { [[ -t 0 ]] && sudo -v; }; then
    privileged=(sudo -n)
  else
    fail "these Debian packages are missing and sudo did not let us in; let an administrator call: $command"
  fi
}

# The package lists may be absent or older than the archive: they are renewed only when an install fails without that.
install_packages() {
  local apt=("${privileged[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300)
  "${apt[@]}" install --no-install-recommends "${missing[@]}" && return
  "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}"
}

# Environments cannot be moved, so it is built in place; the stamp, written last, says that it is complete.
make_python() {
  rm -rf "$python_folder" &&
    /usr/bin/python3 -m venv "$python_folder" &&
    "$python_folder/bin/python" -m pip install --progress-bar off --requirement "$requirements_file" &&
    cp "$requirements_file" "$python_stamp"
}

configure() {
  cd "$THIMBLE_ROOT" && cmake --preset release -D THIMBLE_TESTS=OFF
}

build() {
  local start=$build_folder/build-started
  touch "$start" && ninja -C "$build_folder" thimble && mv "$start" "$build_stamp"
}

# Asks before anything is installed; a rebuild after an edit needs no question.
ask() {
  echo "Thimble has to be set up. It will now"
  [[ ${#missing[@]} -eq 0 ]] || echo "  - install Debian packages: ${missing[*]}" | fold -s -w 110 | sed '2,$s/^/    /'
  python_is_ready || echo "  - make a Python environment in build/python, from scripts/requirements.txt"
  build_is_ready || echo "  - build the host tool in build/host"
  [[ $yes -eq 0 && -t 0 ]] || return 0
  local answer
  read -r -p "Go on? [Y/n] " answer || answer=no
  [[ -z $answer || $answer == [Yy]* ]] || fail "nothing was changed; --yes answers this question"
}

mkdir -p "$logs" 2> /dev/null || true
[[ -w $logs ]] || fail "$THIMBLE_ROOT/build is not yours to write in; call as its owner, or from a clone of your own"
exec 9> "$THIMBLE_ROOT/build/setup.lock"
flock -n 9 || {
  echo "thimble: another call is setting up; waiting for it"
  flock 9
}

missing_packages "$group"
if [[ ${#missing[@]} -gt 0 ]] || ! python_is_ready; then
  [[ ${#missing[@]} -eq 0 ]] || find_privilege
  ask
fi
if [[ ${#missing[@]} -gt 0 ]]; then
  stage "Debian packages (${#missing[@]} and what they need)" packages install_packages
  missing_packages "$group"
  [[ ${#missing[@]} -eq 0 ]] || fail "installed, yet their files are not where scripts/packages.txt says: ${missing[*]}"
fi
python_is_ready || stage "Python environment" python make_python
[[ -f $build_folder/build.ninja ]] || stage "configuring the host tool" configure configure
build_is_ready || stage "building the host tool" build build
