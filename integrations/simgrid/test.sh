#!/usr/bin/env bash
# test.sh PREFIX: replays VMs in SimGrid and in libspane's simulator, against the library installed in PREFIX, and compares each
# placement and each wait.
set -euo pipefail
prefix=$(cd "${1:?usage: integrations/simgrid/test.sh PREFIX}" && pwd)
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)

missing=()
for package in libsimgrid-dev libboost-dev pkg-config g++; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update -qq >/dev/null 2>&1 || true
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" \
        >/dev/null 2>&1 || { echo "simgrid: skipped: cannot install ${missing[*]}"; exit 0; }
fi

out=$root/.build_simgrid
mkdir -p "$out"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
read -ra libraries <<<"$(pkg-config --cflags --libs spane simgrid) -Wl,-rpath,$(pkg-config --variable=libdir spane)"
g++ -std=c++17 -O2 -pedantic -Wall -Wextra -Wconversion -Wshadow -Werror ./*.cpp -o "$out/spane-simgrid" "${libraries[@]}"

replay() { (cd "$root" && "$out/spane-simgrid" "$@"); }

# Rules by name, one that learns from what it is asked, and networks of two kinds.
for policy in best-fit 'capacity-lost,10*most-allocated+spread' data/weights/potential-synthetic.h5 \
    data/weights/spane-synthetic.h5; do
    replay --policy "$policy"
done | tee "$out/replays.log"
# Another cluster, other VMs.
replay --policy balance-fit --requests 4000 --servers 6 --start 5000 --node-cpu 48 --node-mem 128 | tee -a "$out/replays.log"
if grep 'bits differ' "$out/replays.log"; then echo "simgrid: whole seconds are not added up exactly"; exit 1; fi

# Times that are no whole seconds, which SimGrid adds up in another order.
awk 'BEGIN {
    srand(1)
    print "vmid,cpu,mem,at,lt"
    for (vm = 0; vm < 3002; vm++) {
        at += 30 * rand()
        printf "%d,%d,%d,%.7f,%.7f\n", vm, 2 ^ int(6 * rand()), 1 + int(40 * rand()), at, 9000 * rand()
    }
}' | sed -E 's/,(1),([0-9]+)/,2,\2/' >"$out/fractions.csv"
replay --trace "$out/fractions.csv" --requests 3000

# What the comparison is worth: a host with one core or one GB less than the scheduler believes is noticed.
status=0
replay --requests 1000 --host-cores 39 >"$out/cores.log" || status=$?
[ "$status" -eq 1 ] || { cat "$out/cores.log"; echo "simgrid: over-committed cores were not noticed"; exit 1; }
status=0
replay --host-mem 89 >"$out/memory.log" 2>&1 || status=$?
if [ "$status" -ne 2 ] || ! grep -q ' lacks .* GB' "$out/memory.log"; then
    cat "$out/memory.log"
    echo "simgrid: over-committed memory was not noticed"
    exit 1
fi
echo "simgrid: 47,000 VMs and as many decisions as in the simulator, 0 differences; over-committed cores and memory are noticed"
