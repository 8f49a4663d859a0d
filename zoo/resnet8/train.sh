#!/bin/sh
# Makes resnet8.tflite, its test inputs and its card. Some ten minutes on two cores.
# Needs the Debian packages python3-venv and dataset-fashion-mnist.
set -eu
. "$(dirname "$0")/../common/prepare.sh"
"$python" -m zoo.resnet8.train
"$python" -m zoo.common.check zoo/resnet8
"$python" -m zoo.common.on_target zoo/resnet8
