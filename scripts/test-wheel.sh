#!/usr/bin/env bash
# Installs the wheel of dist/ into fresh environments, and runs the first example of the Python README from there, where nothing of
# this checkout, no compiler and no HDF5 of the system is in reach; then beside h5py and PyTorch, whichever is imported first.
#   test-wheel.sh [VERSION ...]   of Python; default all that the wheel is for, where a missing one is said
#   CLIENTS                       the environment that has h5py and PyTorch, .venv-clients unless told
set -euo pipefail
cd "$(dirname "$0")/.."
say() { printf 'test-wheel: %s\n' "$*"; }

wheels=(dist/spane-*-manylinux_*.whl)
if [ ${#wheels[@]} -ne 1 ] || [ ! -e "${wheels[0]}" ]; then
    echo "test-wheel: dist must hold one wheel; make wheel builds it" >&2
    exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp scripts/test-wheel.py bindings/python/README.md "$work"
pip=("$PWD/.venv-wheel/bin/python" -m pip)
systems=$(.venv-wheel/bin/auditwheel show "${wheels[0]}" | tr '\n' ' ')
if [[ $systems != *"consistent with"*manylinux_* ]]; then
    echo "test-wheel: ${wheels[0]} would not run elsewhere: $systems" >&2
    exit 1
fi

# interpreter VERSION: prints its path
interpreter() {
    local found
    for found in "$(command -v "python$1" || true)" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
        if [ -x "$found" ] && "$found" -c '' 2>/dev/null; then
            echo "$found"
            return
        fi
    done
}
# check PYTHON [MODULE ...]: with an empty environment, in a folder of its own
check() {
    local folder
    folder=$(mktemp -d -p "$work")
    (cd "$folder" && env -i PATH=/nowhere HOME="$folder" ${beside:+PYTHONPATH="$beside"} PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1 \
        "$1" ../test-wheel.py ../README.md "${@:2}")
}

beside=
tested=0
versions=("$@")
[ $# -gt 0 ] || versions=(3.9 3.10 3.11 3.12 3.13)
for version in "${versions[@]}"; do
    python=$(interpreter "$version")
    if [ -z "$python" ]; then
        say "Python $version is not here"
        continue
    fi
    "$python" -m venv --without-pip "$work/$version"
    "${pip[@]}" --python "$work/$version/bin/python" install -q --disable-pip-version-check --only-binary :all: "${wheels[0]}"
    check "$work/$version/bin/python"
    say "Python $version: installed, and the example runs"
    tested=$((tested + 1))
done
[ "$tested" -gt 0 ] || exit 1

clients=${CLIENTS:-$PWD/.venv-clients}
if [ ! -x "$clients/bin/python" ]; then
    say "h5py and PyTorch are not here (make test-clients installs them)"
    exit 0
fi
beside=$work/beside
"${pip[@]}" install -q --disable-pip-version-check --no-deps --target "$beside" "${wheels[0]}"
for order in "spane h5py torch" "spane torch h5py" "h5py spane torch" "h5py torch spane" "torch spane h5py" "torch h5py spane"; do
    read -ra modules <<<"$order"
    check "$clients/bin/python" "${modules[@]}"
done
say "beside h5py and PyTorch, in each order of imports"
