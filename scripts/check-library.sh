#!/usr/bin/env bash
# Checks an installed library: what it exports, what it needs, how it behaves as a guest, and that its headers compile.
#   check-library.sh PREFIX
set -euo pipefail
prefix=$(realpath "${1:?usage: check-library.sh PREFIX}")
cd "$(dirname "$0")/.."

library=$prefix/lib/libspane.so
header=$prefix/include/spane.h
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
fail() {
    echo "check-library: $*" >&2
    failures=$((failures + 1))
}

for file in "$library" "$prefix/lib/libspane.a" "$header"; do
    [ -e "$file" ] || fail "$file is missing"
done
[ "$failures" -eq 0 ] || exit 1

# --- Exports: what the header declares, in the shared library and in the archive
LC_ALL=C
export LC_ALL
scripts/header_functions.py "$header" | sort >"$work/declared"
# Of any binding: a hidden name in the table is a mistake of the linker.
readelf --dyn-syms -W "$library" |
    awk '$1 ~ /^[0-9]+:$/ && $7 != "UND" && $8 != "" { sub(/@.*/, "", $8); print $8 }' | sort >"$work/exported"
nm -g --defined-only "$prefix/lib/libspane.a" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort >"$work/archived"
diff "$work/declared" "$work/exported" >&2 || fail "libspane.so does not export what spane.h declares (< declared, > exported)"
diff "$work/declared" "$work/archived" >&2 || fail "libspane.a does not export what spane.h declares (< declared, > exported)"

# --- How it is linked
dynamic=$(readelf -dW "$library")
soname=libspane.so.$(scripts/version.sh abi)
grep -q "SONAME.*\[$soname\]" <<<"$dynamic" || fail "SONAME is not $soname"
! grep -E 'RPATH|RUNPATH' <<<"$dynamic" >&2 || fail "a folder of the build machine is in the library"
grep -q 'FLAGS_1.*NODELETE' <<<"$dynamic" || fail "NODELETE is not set; the Swift runtime cannot be unloaded"
! grep -E 'TEXTREL' <<<"$dynamic" >&2 || fail "the code needs relocation"
while read -r needed; do
    case "$needed" in
    libc.so.* | libm.so.* | libstdc++.so.* | libgcc_s.so.* | ld-linux* | libhdf5*) ;;
    *) fail "it needs $needed" ;;
    esac
done < <(sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' <<<"$dynamic")
! strings -n 8 "$library" | grep -F "$PWD" >&2 || fail "a path of the build machine is in the library"

# --- How it behaves
gcc -std=c99 -pedantic -Wall -Wextra -Werror -I"$prefix/include" Tests/C/guest.c -o "$work/guest" -ldl
weights=$(printf '%s\n' "$prefix"/share/spane/weights/*.h5 | head -1)
"$work/guest" "$library" "$weights" >"$work/output" 2>&1 || fail "it is no good guest"
if [ -s "$work/output" ]; then
    cat "$work/output" >&2
    fail "something was printed"
fi

# --- The headers, each alone
compiles() { # COMPILER LANGUAGE STANDARD HEADER [FLAG ...]
    local compiler=$1 language=$2 standard=$3 file=$4
    shift 4
    command -v "$compiler" >/dev/null || return 0
    echo "#include <$file>" |
        "$compiler" -x "$language" -std="$standard" -pedantic -Wall -Wextra -Werror "$@" \
            -I"$prefix/include" -fsyntax-only - || fail "$file is no $standard for $compiler $*"
}
for standard in c99 c11; do
    for compiler in gcc clang; do compiles $compiler c $standard spane.h; done
done
for standard in c++17 c++20; do
    for compiler in g++ clang++; do
        compiles $compiler c++ $standard spane.h
        [ -e "$prefix/include/spane.hpp" ] || continue
        compiles $compiler c++ $standard spane.hpp
        compiles $compiler c++ $standard spane.hpp -fno-exceptions
    done
done

[ "$failures" -eq 0 ] || exit 1
printf 'check-library: %s functions; libspane.so %s bytes, libspane.a %s bytes\n' \
    "$(wc -l <"$work/declared")" "$(stat -L -c %s "$library")" "$(stat -c %s "$prefix/lib/libspane.a")"
