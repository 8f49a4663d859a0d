#!/bin/sh
# Makes miniresnet.tflite, its clips and its card from nothing but this folder: installs the pinned Python packages
# into build/zoo/venv, synthesises the sounds, trains, quantizes, evaluates and checks. Some ten minutes on two cores.
# Needs the Debian packages python3-venv, espeak-ng and a C++23 compiler (CXX, by default clang++-19).
set -eu
cd "$(dirname "$0")/../.."
export CXX="${CXX:-clang++-19}" PYTHONPATH=. PYTHONDONTWRITEBYTECODE=1

for tool in python3 espeak-ng "$CXX"; do
  command -v "$tool" >/dev/null || { echo "$0: $tool is missing: install it (Debian) and start again" >&2; exit 1; }
done

venv=build/zoo/venv
if ! cmp -s zoo/common/requirements.txt "$venv/installed"; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --requirement zoo/common/requirements.txt
  cp zoo/common/requirements.txt "$venv/installed"
fi

rm -f build/zoo/miniresnet/data.npz
"$venv/bin/python" -m zoo.miniresnet.train
"$venv/bin/python" -m zoo.miniresnet.publish
"$venv/bin/python" -m zoo.common.check_clips zoo/miniresnet
