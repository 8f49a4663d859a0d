#!/usr/bin/env bash
# Proves the set-up from nothing: makes a bare Debian 12 in a folder, clones this repository into it, and calls there
# what the README tells a newcomer to call. Needs root and the package debootstrap.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: scripts/fresh-debian.sh FOLDER [options] [-- COMMAND...]

Makes a Debian 12 (minbase, git, ca-certificates) in FOLDER unless there is one, clones the committed state of this
repository into it, and runs in the clone, under chroot, the commands of the README:
  ./thimble run miniresnet --yes
  ./thimble test --yes
or, instead of them, the COMMAND given. Ends with the exit code of the first command that failed.

  --mirror URL    the Debian mirror for debootstrap (default: debootstrap's own)
  --bind PATH     shows the machine's PATH, a file or folder, inside at the same place, read-only; may be repeated.
                  For a machine's own package, certificate and proxy settings.
  --env NAME      hands the variable NAME on; may be repeated. For the same purpose.
  --models DIR    a folder of more models for the tests (THIMBLE_MODELS)
  --help          this text
TEXT
}

die() {
  echo "fresh-debian: $1" >&2
  exit 2
}

folder='' mirror='' models=''
binds=()
variables=(HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
while [[ $# -gt 0 && $1 != -- ]]; do
  case $1 in
    --help | -h) usage && exit 0 ;;
    --mirror | --bind | --env | --models) [[ $# -ge 2 ]] || die "$1 needs a value" ;;&
    --mirror) mirror=$2 && shift 2 ;;
    --bind) binds+=("$(realpath -e "$2")") && shift 2 ;;
    --env) [[ -z ${!2+set} ]] || variables+=("$2=${!2}")
      shift 2 ;;
    --models) models=$(realpath -e "$2") && shift 2 ;;
    -*) die "unknown option $1; see --help" ;;
    *) [[ -z $folder ]] || die "one FOLDER, please; see --help"
      folder=$1 && shift ;;
  esac
done
[[ -n $folder ]] || die "which FOLDER? See --help"
[[ $EUID -eq 0 ]] || die "only root can make and enter another system; call it with sudo"
[[ ${1-} != -- ]] || shift
repository=$(git -C "$(dirname "${BASH_SOURCE[0]}")" rev-parse --show-toplevel)

mkdir -p "$folder"
folder=$(realpath "$folder")
made=$folder/.made # written when debootstrap has come to its end
if [[ ! -e $made ]]; then
  [[ -z $(ls -A "$folder") ]] || die "$folder holds something that is not a finished Debian; empty it first"
  command -v debootstrap > /dev/null || die "install the package debootstrap first"
  debootstrap --variant=minbase --include=git,ca-certificates bookworm "$folder" ${mirror:+"$mirror"}
  touch "$made"
fi

# What is mounted inside goes away again, last first, however this ends.
mounted=()
leave() {
  local i
  for ((i = ${#mounted[@]} - 1; i >= 0; --i)); do umount -R "${mounted[i]}" || umount -R -l "${mounted[i]}"; done
}
trap leave EXIT

# show PATH INSIDE: the machine's PATH, read-only, as INSIDE.
show() {
  local target=$folder$2
  if [[ -d $1 ]]; then mkdir -p "$target"; else mkdir -p "${target%/*}" && touch "$target"; fi
  mount --bind "$1" "$target"
  mounted+=("$target")
  mount -o remount,bind,ro "$target"
}

mount -t proc proc "$folder/proc"
mounted+=("$folder/proc")
mount --rbind /dev "$folder/dev"
mounted+=("$folder/dev")
mount --make-rslave "$folder/dev"
cp --dereference --remove-destination /etc/resolv.conf /etc/hosts "$folder/etc/"
for path in "${binds[@]}"; do show "$path" "$path"; done
if [[ -n $models ]]; then
  show "$models" /srv/models
  variables+=(THIMBLE_MODELS=/srv/models)
fi

rm -rf "$folder/srv/thimble"
git clone --quiet --no-hardlinks "$repository" "$folder/srv/thimble"

inside() {
  echo "fresh-debian: $*"
  local start=$SECONDS status=0
  chroot "$folder" env -i "${variables[@]}" bash -c 'cd /srv/thimble && exec "$@"' - "$@" || status=$?
  echo "fresh-debian: exit code $status after $((SECONDS - start)) s: $*"
  return $status
}

if [[ $# -gt 0 ]]; then
  inside "$@"
else
  inside ./thimble run miniresnet --yes
  inside ./thimble test --yes
fi
