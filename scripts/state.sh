# shellcheck shell=bash
# What is in place and what is missing. Sourced by the launcher, the set-up and the doctor, so it only looks, changes
# nothing, and starts no program when all is well but one `find`: every call of the launcher pays for it.

packages_file=$THIMBLE_ROOT/scripts/packages.txt
requirements_file=$THIMBLE_ROOT/scripts/requirements.txt
python_folder=$THIMBLE_ROOT/build/python
python_stamp=$python_folder/requirements.txt # a copy of requirements_file, written when the environment is complete
build_folder=$THIMBLE_ROOT/build/host
build_stamp=$build_folder/built              # as old as the start of the last build that succeeded
tool=$build_folder/compiler/cli/thimble

# for_each_package GROUP FUNCTION: calls FUNCTION package probe why for each package of the group. `test` is `run` and
# more; `only-test` is that more.
for_each_package() {
  local group package probe why
  while read -r group package probe why; do
    case $1:$group in
      run:run | test:run | test:test | only-test:test) "$2" "$package" "$probe" "$why" ;;
    esac
  done < "$packages_file"
}

add_if_missing() { [[ -e $2 ]] || missing+=("$1"); }

# missing_packages GROUP: sets the array `missing`.
missing_packages() {
  missing=()
  for_each_package "$1" add_if_missing
}

# The environment is complete and made from the requirements as they are now.
python_is_ready() {
  local wanted have
  [[ -f $python_stamp && -x $python_folder/bin/python ]] || return 1
  mapfile wanted < "$requirements_file"
  mapfile have < "$python_stamp"
  [[ ${wanted[*]} == "${have[*]}" ]]
}

# Nothing in the tree, folders included, has changed since the tool was built.
build_is_ready() {
  [[ -x $tool && -f $build_stamp ]] || return 1
  [[ -z $(find "$THIMBLE_ROOT" \( -name .git -o -path "$THIMBLE_ROOT/build" -o -name __pycache__ \) -prune \
    -o -newer "$build_stamp" -print -quit) ]]
}

is_ready() {
  local missing
  missing_packages "$1"
  [[ ${#missing[@]} -eq 0 ]] && python_is_ready && build_is_ready
}
