#!/usr/bin/env bash
# Prints the version number of include/spane.h.
#   version.sh          0.1.0
#   version.sh abi      the number in the name of the shared library
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-string}" in
string) sed -n 's/^#define SPANE_VERSION_\(MAJOR\|MINOR\|PATCH\) \([0-9]*\)$/\2/p' include/spane.h | paste -sd . ;;
abi) sed -n 's/^#define SPANE_ABI_VERSION \([0-9]*\)$/\1/p' include/spane.h ;;
*)
    echo "usage: version.sh [string | abi]" >&2
    exit 2
    ;;
esac
