#!/usr/bin/env bash
# make-data.sh SPANE [HUAWEI TEST_STARTS]: makes data/synthetic.h5, data/fleets/mixed.csv and data/weights again, bit for
# bit. potential.h5 needs the trace of the paper, as `spane trace import` wrote it, and its test starts.
set -euo pipefail
spane=$1 huawei=${2-} test_starts=${3-}
synthetic=data/synthetic.h5
runs=$(mktemp -d)
trap 'rm -rf "$runs"' EXIT

# Trains CONFIGURATION.toml with SEED, plays the test starts once, and keeps what is known with the best weights.
train() { # CONFIGURATION SEED TRACE TEST_STARTS
    local name=$1 seed=$2 trace=$3 starts=$4 configuration=data/configurations/$1.toml weights=data/weights/$1.h5 wait commit
    "$spane" train "$configuration" --seed "$seed" --trace "$trace" --output "$runs/$name"
    cp "$runs/$name/best.h5" "$weights"
    wait=$("$spane" evaluate --trace "$trace" --starts "$starts" --servers 5 --policy "$weights" --json |
        sed -n 's/^ *"trimmed_mean" : \([0-9.]*\).*/\1/p')
    "$spane" model note "$weights" "test=trimmed mean total wait $wait s, 5 servers, starts ${starts##*/}"
    # The commit that it follows from, where there is one.
    if commit=$(git log -1 --format=%H -- Sources "$configuration" 2>/dev/null) &&
        git diff --quiet HEAD -- Sources "$configuration"; then
        "$spane" model note "$weights" "commit=$commit"
    fi
}

"$spane" trace generate --count 100000 --seed 2 --output $synthetic
scripts/make-fleets.py
# Networks are chosen on the validation part of the trace; the demo plays its test part.
"$spane" search untrained --trace $synthetic --starts '50000..<70000:150:1' --servers 5 \
    --trials 1000 --seed 1 --keep 3 --output data/weights
# Seeds are the best of five in validation.
train potential-synthetic 2 $synthetic '70000..<95000:500:1'
train spane-synthetic 3 $synthetic '70000..<95000:500:1'
if [ -n "$huawei" ]; then train potential 5 "$huawei" "$test_starts"; fi
