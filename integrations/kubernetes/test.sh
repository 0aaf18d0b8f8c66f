#!/usr/bin/env bash
# test.sh PREFIX: builds the extender against the library installed in PREFIX and runs its tests over loopback.
#   RACE=1   with Go's race detector, which takes a minute more
set -euo pipefail
prefix=$(cd "${1:?usage: integrations/kubernetes/test.sh PREFIX}" && pwd)
cd "$(dirname "$0")"

install_debian() {
    local missing=() as_root=()
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    echo "kubernetes: installing the Debian packages ${missing[*]}"
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends \
            "${missing[@]}" >/dev/null
}

if ! command -v go >/dev/null && ! install_debian golang-go gcc libc6-dev pkg-config; then
    echo "kubernetes: skipped: there is no go, and the Debian package golang-go cannot be installed"
    exit 0
fi

out=$PWD/../../.build_kubernetes
mkdir -p "$out"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export LD_LIBRARY_PATH=$prefix/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export GOFLAGS=-mod=mod GOPROXY=off # it needs the standard library alone

[ -z "$(gofmt -l .)" ] || { gofmt -d .; exit 1; }
go vet ./...
go build -o "$out/spane-extender" .
"$out/spane-extender" -help 2>&1 | grep -q -e -topologies
options=(-count=1)
[ -z "${RACE:-}" ] || options+=(-race)
if ! go test -v "${options[@]}" . >"$out/test.log" 2>&1; then
    cat "$out/test.log"
    exit 1
fi
grep '^kubernetes: ' "$out/test.log"
echo "kubernetes: $(grep -c '^--- PASS: ' "$out/test.log") tests passed"
