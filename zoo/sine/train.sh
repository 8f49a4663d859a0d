#!/bin/sh
# Makes sine.tflite, its test inputs and its card. A minute on two cores.
# Needs the Debian packages python3-venv.
set -eu
. "$(dirname "$0")/../common/prepare.sh"
"$python" -m zoo.sine.train
"$python" -m zoo.common.check zoo/sine
"$python" -m zoo.common.on_target zoo/sine
