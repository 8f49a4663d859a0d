# For the train.sh of each model, which sources it: goes to the root of the repository, sees that the programs named as
# arguments are there, and installs the pinned Python packages into build/zoo/venv. Sets `python`.
cd "$(dirname "$0")/../.."
export PYTHONPATH=. PYTHONDONTWRITEBYTECODE=1

for tool in python3 "$@"; do
  command -v "$tool" >/dev/null || { echo "$0: $tool is missing: install it (Debian) and start again" >&2; exit 1; }
done

venv=build/zoo/venv
python="$venv/bin/python"
if ! cmp -s zoo/common/requirements.txt "$venv/installed"; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --requirement zoo/common/requirements.txt
  cp zoo/common/requirements.txt "$venv/installed"
fi
