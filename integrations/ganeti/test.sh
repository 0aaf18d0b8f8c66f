#!/usr/bin/env bash
# test.sh PREFIX: builds the allocator against the library installed in PREFIX, and checks its answers about random clusters
# against Ganeti's rules; hail and hspace, of the Debian package ganeti-htools, answer the same.
set -euo pipefail
prefix=$(cd "${1:?usage: integrations/ganeti/test.sh PREFIX}" && pwd)
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)

missing=()
for package in libjansson-dev ganeti-htools pkg-config gcc python3; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update -qq >/dev/null 2>&1 || true
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" \
        >/dev/null 2>&1 || { echo "ganeti: skipped: cannot install ${missing[*]}"; exit 0; }
fi

out=$root/.build_ganeti
mkdir -p "$out"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
read -ra libraries <<<"$(pkg-config --cflags --libs spane jansson) -lm -Wl,-rpath,$(pkg-config --variable=libdir spane)"
gcc -std=c11 -O2 -pedantic -Wall -Wextra -Wconversion -Wshadow -Werror ./*.c -o "$out/spane-iallocator" "${libraries[@]}"
PYTHONDONTWRITEBYTECODE=1 python3 tests/run.py "$out/spane-iallocator" "$root/data"
