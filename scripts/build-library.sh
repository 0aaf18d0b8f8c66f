#!/usr/bin/env bash
# Builds .build_shared/release/libspane.so and libspane.a: the C API with the Swift runtime inside, so that users need
# no Swift. Both export the functions that include/spane.h declares and nothing else.
#   build-library.sh [with-hdf5]
#   with-hdf5     libspane-hdf5.so too, which has HDF5 inside as well: for packages that cannot ask for it
#   BUILD_FLAGS   more flags for swift build, such as "-j 1"
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
'' | with-hdf5) ;;
*)
    echo "usage: build-library.sh [with-hdf5]" >&2
    exit 2
    ;;
esac

read -ra flags <<<"${BUILD_FLAGS:-}"
# As everything else is built in .build, so that nothing is compiled twice: that the runtime is to be inside concerns the linker.
build=(swift build -c release --product SpaneCAPI "${flags[@]}")
"${build[@]}"
built=$("${build[@]}" --show-bin-path)
# Not the archive, in which objects of files stay that are gone.
objects=@$built/SpaneCAPI.product/Objects.LinkFileList
out=.build_shared/release
mkdir -p "$out"

is_newest() {
    local source
    for source in "$built/libSpaneCAPI.a" include/spane.h packaging/hdf5-streams.c packaging/discard.ld \
        scripts/build-library.sh scripts/header_functions.py scripts/version.sh; do
        [ "$1" -nt "$source" ] || return 1
    done
}
# The archive is made last of the two.
want_plain=true want_hdf5=false
if [ -e "$out/libspane.so" ] && is_newest "$out/libspane.a"; then want_plain=false; fi
if [ "${1:-}" = with-hdf5 ] && ! is_newest "$out/libspane-hdf5.so"; then want_hdf5=true; fi
if ! $want_plain && ! $want_hdf5; then exit 0; fi

# The compiler knows where its runtime is; the static one lies beside it.
swift=$(swiftc -print-target-info | sed -n 's|.*"runtimeResourcePath": *"\(.*\)/lib/swift".*|\1|p')
static=$swift/lib/swift_static/linux
runtime=(
    # Registers the types of the library when it is loaded; without it the first cast crashes.
    "$static"/*/swiftrt.o
    # No concurrency, which would bring Dispatch: whoever uses it fails to link here.
    "$static/libswiftSynchronization.a" "$static/libswiftGlibc.a" "$static/libswiftCore.a"
)

scripts/header_functions.py include/spane.h >"$out/exports.txt"
{
    echo '{ global:'
    sed 's/$/;/' "$out/exports.txt"
    echo 'local: *; };'
} >"$out/exports.map"

# Other programs may be using the files, so each is replaced in one step.
replace() { mv -f "$out/new-$1" "$out/$1"; }

# lld, because gold leaves hidden names in the table of exports. It would drop the sections in which Swift registers
# types, but for nostart-stop-gc. A function that the header declares and nobody defines is an error.
#   link FILE FLAG ...   the flags say where HDF5 is
link() {
    "$swift/bin/clang" -shared -fuse-ld=lld -o "$out/new-$1" \
        "$objects" "${runtime[@]}" \
        "${@:2}" -lstdc++ -lm -lpthread -ldl -Wl,--as-needed -Wl,--gc-sections -Wl,-z,nostart-stop-gc \
        -Wl,-T,packaging/discard.ld -Wl,-soname="libspane.so.$(scripts/version.sh abi)" -Wl,--version-script="$out/exports.map" \
        -Wl,--no-undefined-version -Wl,-z,defs -Wl,-z,nodelete -Wl,-z,relro -Wl,-z,now -Wl,--strip-all
    replace "$1"
}

read -ra hdf5 <<<"$(pkg-config --libs hdf5)"
if $want_hdf5; then
    # The archive's drivers for files on the net are left out, as nothing calls them, so neither curl nor OpenSSL comes along.
    archive=$(pkg-config --libs-only-L hdf5 | sed 's/^-L//; s/ *$//')/libhdf5.a
    "$swift/bin/llvm-objcopy" --redefine-sym stdout=spane_hdf5_stdout --redefine-sym stderr=spane_hdf5_stderr \
        "$archive" "$out/libhdf5-shared.a"
    "$swift/bin/clang" -O2 -fPIC -c packaging/hdf5-streams.c -o "$out/hdf5-streams.o"
    link libspane-hdf5.so "$out/hdf5-streams.o" -Wl,-Bstatic "$out/libhdf5-shared.a" -lsz -laec -lz -Wl,-Bdynamic
    rm "$out/libhdf5-shared.a" "$out/hdf5-streams.o"
fi
if ! $want_plain; then exit 0; fi
link libspane.so "${hdf5[@]}"

# One object, so that names can be hidden in it. Its section groups go: a C++ program that has the same template would
# otherwise replace a group whose names are hidden, and fail to link.
"$swift/bin/ld.lld" -r --force-group-allocation -o "$out/libspane.o" \
    "$objects" "${runtime[@]}"
"$swift/bin/llvm-objcopy" --remove-section=.swift_modhash --strip-unneeded --keep-global-symbols="$out/exports.txt" "$out/libspane.o"
rm -f "$out/new-libspane.a"
"$swift/bin/llvm-ar" rcsD "$out/new-libspane.a" "$out/libspane.o"
replace libspane.a
rm "$out/libspane.o"
