#!/usr/bin/env bash
# Installs what is missing and says so; prints nothing when all is there.
#   setup.sh          everything
#   setup.sh system   only what the build needs
#   setup.sh clients  that, and what it takes to check the installed library
#   setup.sh packages that of the build, and what it takes to make and check Debian packages
#   setup.sh hosts    what it takes to test searches on several hosts, which are skipped without it: PostgreSQL
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }

install_debian() {
    local missing=()
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    say "installing the Debian packages ${missing[*]}"
    local as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

if [ "${1:-all}" = hosts ]; then
    install_debian iproute2 postgresql
    exit 0
fi
if ! command -v swift >/dev/null; then
    say "swift is not on PATH; install Swift 6.3 or later first (https://www.swift.org/install/linux)"
    exit 1
fi
install_debian libhdf5-dev pkg-config

[ "${1:-all}" = system ] && exit 0
if [ "${1:-all}" = clients ]; then
    install_debian abigail-tools binutils cmake g++ gcc make valgrind
    exit 0
fi
if [ "${1:-all}" = packages ]; then
    install_debian debhelper gcc lintian
    exit 0
fi
install_debian shellcheck

python3 -c 'import ensurepip, venv' 2>/dev/null || install_debian python3-venv
stamp=.venv/.installed
if [ ! -e "$stamp" ] || [ bindings/python/pyproject.toml -nt "$stamp" ]; then
    say "installing the Python packages of bindings/python into .venv"
    python3 -m venv .venv
    .venv/bin/python -m pip install -q --disable-pip-version-check -e 'bindings/python[h5,dev]'
    touch "$stamp"
fi
