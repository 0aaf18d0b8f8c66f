#!/usr/bin/env bash
# demo.sh SPANE TRACE WEIGHTS...: compares the heuristics and the networks on the last part of a trace.
set -euo pipefail
spane=$1 trace=$2
shift 2
policies=()
for weights in "$@"; do policies+=(--policy "$weights"); done

"$spane" evaluate --trace "$trace" --starts '70000..<95000:500:1' --servers 5 \
    --policy first-fit --policy best-fit --policy balance-fit --policy move-to-front --policy random:1 \
    --policy most-allocated+spread --policy 'capacity-lost,10*most-allocated+spread' "${policies[@]}"
cat <<END

What it means: a lower wait is better, and the gap to the lower bound is what better placement can at most win; each row is one way to place the same VMs (the networks named untrained have random weights).
Next, with a trace of your own (CSV, columns vmid,cpu,mem,at,lt): $spane evaluate --trace yours.csv --starts '0..<N:100:1' --servers 5 --policy first-fit --policy 'capacity-lost,10*most-allocated+spread'
END
