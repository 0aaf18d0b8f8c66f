#!/usr/bin/env bash
# Compares the interface of include/spane.h with packaging/libspane.abi: functions, their types, struct layouts and
# constants. What is new passes; what is changed or gone fails, but for growth that packaging/libspane.abignore allows.
#   abi.sh check      compares
#   abi.sh baseline   makes the present interface the one to compare with
set -euo pipefail
cd "$(dirname "$0")/.."

baseline=packaging/libspane.abi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

scripts/abi-stub.py include/spane.h >"$work/spane.c"
gcc -std=c11 -g -O0 -w -shared -fPIC -Iinclude -Wl,-soname="libspane.so.$(scripts/version.sh abi)" \
    -o "$work/libspane.so" "$work/spane.c"

case "${1:-check}" in
check)
    if ! abidiff --suppressions packaging/libspane.abignore --no-architecture --no-added-syms --no-show-locs --harmless "$baseline" "$work/libspane.so"; then
        echo "abi: programs that were compiled with an earlier header may break. Undo the change, or move" >&2
        echo "abi: SPANE_ABI_VERSION in include/spane.h and run make abi-baseline." >&2
        exit 1
    fi
    ;;
baseline)
    abidw --no-corpus-path --no-comp-dir-path --no-show-locs --no-architecture --out-file "$baseline" "$work/libspane.so"
    # Where the stub was compiled says nothing of the interface.
    sed -i "s|path='[^']*/|path='|" "$baseline"
    ;;
*)
    echo "usage: abi.sh [check | baseline]" >&2
    exit 2
    ;;
esac
