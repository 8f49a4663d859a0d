#!/usr/bin/env bash
# Measures again what benchmarks/ and docs/benchmarks.md hold: refresh_figures.sh [DIR], where DIR is a folder of
# further models for `bench`. Nothing is replaced if a result differs from the reference.
set -euo pipefail
cd "$(dirname "$0")/.."

models=()
[[ $# -eq 0 ]] || models=(--models "$(readlink -f "$1")")
./thimble bench "${models[@]}" --write
env -u THIMBLE_MODELS ./thimble zoo || [[ $? -eq 4 ]] # not every model fits the board of 16 KB
cp build/report/zoo.md benchmarks/zoo.md
