#!/usr/bin/env bash
# Installs into a temporary folder, moves that elsewhere, and uses it from C and C++ through pkg-config and CMake, shared
# and static, with no Swift in reach.
set -euo pipefail
cd "$(dirname "$0")/.."

unset DESTDIR
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
step() { printf 'test-install: %s\n' "$*"; }
die() {
    echo "test-install: $*" >&2
    exit 1
}

step "install"
PREFIX=$work/first scripts/install.sh
mv "$work/first" "$work/prefix"
prefix=$work/prefix
scripts/check-library.sh "$prefix"

clean() { env -i PATH=/usr/bin:/bin HOME="$work" PKG_CONFIG_PATH="$prefix/lib/pkgconfig" "$@"; }
! clean sh -c 'command -v swift' || die "swift is in /usr/bin or /bin, so this would prove nothing"

version=$(scripts/version.sh)
weights=$(printf '%s\n' "$prefix"/share/spane/weights/*.h5 | head -1)
[ "$(clean pkg-config --modversion spane)" = "$version" ] || die "spane.pc has another version than spane.h"
[ "$(clean pkg-config --variable=weightsdir spane)" -ef "${weights%/*}" ] || die "spane.pc knows another folder of weights"

sources=(Tests/C/smoke.c)
for source in examples/c/*.c examples/cpp/*.cpp; do
    [ ! -e "$source" ] || sources+=("$source")
done

# build FOLDER SOURCE FLAG ...
build() {
    local to=$work/$1 source=$2 compiler=(gcc -std=c99)
    shift 2
    [ "${source##*.}" = c ] || compiler=(g++ -std=c++17)
    mkdir -p "$to"
    clean "${compiler[@]}" -pedantic -Wall -Wextra -Werror "$source" "$@" -o "$to/${source##*/}"
}

# Runs all programs in a folder. They must print the same however they were built.
run() {
    local source name
    for source in "${sources[@]}"; do
        name=${source##*/}
        case "$source" in
        Tests/*) clean "$work/$1/$name" "$weights" ;;
        */day.*) clean "$work/$1/$name" best-fit "$work/$1/$name.log" ;;
        */shadow.*) clean "$work/$1/$name" examples/data/events.csv best-fit "$work/$1/$name.log" ;;
        */fleet.*) clean "$work/$1/$name" data/fleets/small.toml examples/data/events.csv best-fit ;;
        *) clean "$work/$1/$name" examples/data/events.csv best-fit &&
            clean "$work/$1/$name" examples/data/events.csv "$weights" ;;
        esac >"$work/$1/$name.output" || die "$source fails ($1)"
        cmp "$work/shared/$name.output" "$work/$1/$name.output" || die "$source prints something else ($1)"
    done
}

is_linked_to() { readelf -d "$1" | grep -q "NEEDED.*$2"; }

step "pkg-config"
read -ra shared <<<"$(clean pkg-config --cflags --libs spane)"
read -ra static <<<"$(clean pkg-config --cflags --libs spane-static)"
for source in "${sources[@]}"; do
    build shared "$source" "${shared[@]}" -Wl,-rpath,"$prefix/lib"
    build static "$source" "${static[@]}"
done
run shared
run static
# Where there is nothing but the archive, the flags of spane will do.
mkdir "$work/lib"
cp "$prefix/lib/libspane.a" "$work/lib"
read -ra private <<<"$(clean pkg-config --cflags --libs --static spane)"
for source in "${sources[@]}"; do build archive "$source" -L"$work/lib" "${private[@]/#-L$prefix*/-L.}"; done
run archive

step "CMake"
logged() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2 && die "$1 $2 fails"; }; }
logged clean cmake -S Tests/C -B "$work/cmake" -DCMAKE_PREFIX_PATH="$prefix" -DSPANE_VERSION="${version%.*}"
logged clean cmake --build "$work/cmake"
run cmake/spane
run cmake/static
for folder in shared cmake/spane; do
    is_linked_to "$work/$folder/smoke.c" libspane || die "$folder is not linked to the shared library"
done
for folder in static archive cmake/static; do
    ! is_linked_to "$work/$folder/smoke.c" libspane || die "$folder is linked to the shared library"
done

step "the spane command"
! readelf -d "$prefix/bin/spane" | grep -E 'RPATH|RUNPATH|libswift|libFoundation' || die "spane needs Swift"
[ "$(clean "$prefix/bin/spane" --version)" = "$version" ] || die "spane --version is not $version"
clean "$prefix/bin/spane" trace generate --count 2000 --output "$work/trace.h5"
clean "$prefix/bin/spane" evaluate --trace "$work/trace.h5" --starts '0..<1000:2:1' --length 200 \
    --policy first-fit --policy "$weights" >/dev/null
# The manual names every command.
commands() { clean "$prefix/bin/spane" help "$@" | sed -n '/^SUBCOMMANDS:/,/^$/s/^  \([a-z-][a-z-]*\) .*/\1/p'; }
manual=$(sed 's/\\//g' "$prefix/share/man/man1/spane.1")
for command in $(commands); do
    for name in $(commands "$command" | sed "s/^/$command./") $command; do
        grep -q "^.B.* ${name/./ }" <<<"$manual" || grep -q "^.B ${name/./ }" <<<"$manual" ||
            die "spane.1 lacks the command ${name/./ }"
    done
done

step "uninstall"
touch "$prefix/share/spane/other"
PREFIX=$prefix scripts/install.sh uninstall
left=$(cd "$prefix" && find . -not -type d)
[ "$left" = ./share/spane/other ] || die "uninstall leaves $left"
