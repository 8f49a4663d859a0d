#!/bin/sh
# Makes keyword-dscnn.tflite, its test inputs and its card. Some ten minutes on two cores.
# Needs the Debian packages python3-venv and espeak-ng.
set -eu
. "$(dirname "$0")/../common/prepare.sh" espeak-ng
"$python" -m zoo.keyword-dscnn.train
"$python" -m zoo.common.check zoo/keyword-dscnn
"$python" -m zoo.common.on_target zoo/keyword-dscnn
