#!/usr/bin/env bash
# Builds the Python package as a wheel that carries the library, and an sdist without it, into dist/.
#   build-wheel.sh [LIBRARY]   LIBRARY: default .build_shared/release/libspane.so, built when it is missing
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
library=${1:-$root/.build_shared/release/libspane.so}
[ -e "$library" ] || [ $# -gt 0 ] || "$root/scripts/build-library.sh"
library=$(readlink -f "$library")

venv=$root/.venv-wheel
if [ ! -x "$venv/bin/pyproject-build" ]; then
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install -q --disable-pip-version-check build hatchling
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$root/bindings/python/." "$work"
rm -rf "$work/src/spane/lib" "$work/dist"
mkdir -p "$work/src/spane/lib"
cp "$library" "$work/src/spane/lib/libspane.so"
cp "$root/packaging/LICENSE-toml++" "$work/src/spane/lib/"
strip --strip-unneeded "$work/src/spane/lib/libspane.so"

"$venv/bin/python" -m build --no-isolation --wheel --outdir "$root/dist" "$work" >/dev/null
"$venv/bin/python" -m build --no-isolation --sdist --outdir "$root/dist" "$work" >/dev/null
ls -1 "$root"/dist/spane-*
