#!/bin/sh
# Makes mobilenet-v1-025.tflite, its test inputs and its card. Some fifteen minutes on two cores.
# Needs the Debian packages python3-venv and dataset-fashion-mnist.
set -eu
. "$(dirname "$0")/../common/prepare.sh"
"$python" -m zoo.mobilenet-v1-025.train
"$python" -m zoo.common.check zoo/mobilenet-v1-025
"$python" -m zoo.common.on_target zoo/mobilenet-v1-025
