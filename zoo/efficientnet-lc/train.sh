#!/bin/sh
# Makes efficientnet-lc.tflite, its test inputs and its card. Some twenty minutes on two cores.
# Needs the Debian packages python3-venv and dataset-fashion-mnist.
set -eu
. "$(dirname "$0")/../common/prepare.sh"
"$python" -m zoo.efficientnet-lc.train
"$python" -m zoo.common.check zoo/efficientnet-lc
"$python" -m zoo.common.on_target zoo/efficientnet-lc
