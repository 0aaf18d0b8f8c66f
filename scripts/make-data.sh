#!/usr/bin/env bash
# make-data.sh SPANE: makes data/synthetic.h5 and data/weights again, bit for bit.
set -euo pipefail
spane=$1
"$spane" trace generate --count 100000 --seed 2 --output data/synthetic.h5
# Networks are chosen on the validation part of the trace; the demo plays its test part.
"$spane" search untrained --trace data/synthetic.h5 --starts '50000..<70000:150:1' --servers 5 \
    --trials 1000 --seed 1 --keep 3 --output data/weights
# Seed 5 is the best of five in validation.
runs=$(mktemp -d)
trap 'rm -rf "$runs"' EXIT
"$spane" train data/configurations/potential-synthetic.toml --seed 2 --output "$runs/potential"
"$spane" train data/configurations/spane-synthetic.toml --seed 5 --output "$runs/spane"
cp "$runs/potential/best.h5" data/weights/potential-synthetic.h5
cp "$runs/spane/best.h5" data/weights/spane-synthetic.h5
