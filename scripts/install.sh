#!/usr/bin/env bash
# Builds the library and the command, and copies them to $DESTDIR$PREFIX; needs no Swift if they are built already.
#   install.sh [install | files | uninstall]
#   files         the same as install of what is built already, in whatever state it is
#   PREFIX        the folder, /usr/local unless told; the files work wherever it is moved to
#   DESTDIR       put before PREFIX, to make a package
#   LIBDIR        the folder of the library in PREFIX, lib unless told, such as lib/x86_64-linux-gnu
#   BUILD_FLAGS   more flags for swift build, such as "-j 1"
set -euo pipefail
cd "$(dirname "$0")/.."

mode=${1:-install}
prefix=${DESTDIR:-}${PREFIX:-/usr/local}
lib=${LIBDIR:-lib}
# The way from there to PREFIX.
up=$(realpath -ms --relative-to="/$lib" /)
version=$(scripts/version.sh)
abi=$(scripts/version.sh abi)
hdf5=$(pkg-config --libs hdf5 2>/dev/null || echo -lhdf5)
built=.build_shared/release
filled=$(mktemp -d)
trap 'rm -rf "$filled"' EXIT

# Each file is named once, for both ways.
case "$mode" in
install | files)
    put() { install -D -m "$1" "$2" "$prefix/$3"; }
    link() { ln -sfn "$1" "$prefix/$2"; }
    ;;
uninstall)
    put() { rm -f "$prefix/$3"; }
    link() { rm -f "$prefix/$2"; }
    ;;
*)
    echo "usage: install.sh [install | files | uninstall]" >&2
    exit 2
    ;;
esac

# fill TEMPLATE FILE: puts the version into a template and the result at FILE.
fill() {
    sed "s|@VERSION@|$version|g; s|@ABI@|$abi|g; s|@HDF5@|$hdf5|g; s|@LIBDIR@|$lib|g; s|@UP@|$up|g" "packaging/$1" >"$filled/$1"
    put 644 "$filled/$1" "$2"
}

if [ "$mode" = install ] && command -v swift >/dev/null; then
    scripts/build-library.sh
    scripts/build-command.sh
fi
if [ "$mode" != uninstall ]; then
    for file in libspane.so libspane.a spane-cli; do
        [ -e "$built/$file" ] && continue
        echo "install: $built/$file is missing; build it first, with swift on PATH" >&2
        exit 1
    done
fi

put 644 include/spane.h include/spane.h
[ ! -e bindings/cpp/spane.hpp ] || put 644 bindings/cpp/spane.hpp include/spane.hpp
put 755 "$built/libspane.so" "$lib/libspane.so.$version"
link "libspane.so.$version" "$lib/libspane.so.$abi"
link "libspane.so.$abi" "$lib/libspane.so"
put 644 "$built/libspane.a" "$lib/libspane.a"
fill spane.pc.in "$lib/pkgconfig/spane.pc"
fill spane-static.pc.in "$lib/pkgconfig/spane-static.pc"
fill spaneConfig.cmake.in "$lib/cmake/spane/spaneConfig.cmake"
fill spaneConfigVersion.cmake.in "$lib/cmake/spane/spaneConfigVersion.cmake"
put 755 "$built/spane-cli" bin/spane
fill spane.1.in share/man/man1/spane.1
put 644 LICENSE share/doc/spane/LICENSE
put 644 packaging/LICENSE-toml++ share/doc/spane/LICENSE-toml++
for weights in data/weights/*.h5; do put 644 "$weights" "share/spane/weights/${weights##*/}"; done

if [ "$mode" = uninstall ]; then
    for folder in "$lib/cmake/spane" share/spane/weights share/spane share/doc/spane; do
        rmdir --ignore-fail-on-non-empty "$prefix/$folder" 2>/dev/null || true
    done
fi
