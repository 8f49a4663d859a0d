#!/bin/sh
# Makes autoencoder.tflite, its test inputs and its card. Some five minutes on two cores.
# Needs the Debian packages python3-venv.
set -eu
. "$(dirname "$0")/../common/prepare.sh"
"$python" -m zoo.autoencoder.train
"$python" -m zoo.common.check zoo/autoencoder
"$python" -m zoo.common.on_target zoo/autoencoder
