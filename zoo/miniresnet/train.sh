#!/bin/sh
# Makes miniresnet.tflite, its clips and its card from nothing but this folder: synthesises the sounds, trains,
# quantizes, evaluates and checks. Some ten minutes on two cores.
# Needs the Debian packages python3-venv, espeak-ng and a C++23 compiler (CXX, by default clang++-19).
set -eu
export CXX="${CXX:-clang++-19}"
. "$(dirname "$0")/../common/prepare.sh" espeak-ng "$CXX"

rm -f build/zoo/miniresnet/data.npz
"$python" -m zoo.miniresnet.train
"$python" -m zoo.miniresnet.publish
"$python" -m zoo.common.check zoo/miniresnet
"$python" -m zoo.common.on_target zoo/miniresnet
