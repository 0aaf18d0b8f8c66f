#!/usr/bin/env bash
# test-c.sh PREFIX: builds the C and C++ tests and examples against an installed library, warnings as errors, and runs
# them. It needs pkg-config and HDF5, and uses those of gcc and clang that are there.
set -euo pipefail
prefix=$(cd "${1:?usage: scripts/test-c.sh PREFIX}" && pwd)
cd "$(dirname "$0")/.."

out=$PWD/.build_c
mkdir -p "$out/scratch"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
read -ra spane <<<"$(pkg-config --cflags --libs spane) -Wl,-rpath,$(pkg-config --variable=libdir spane)"
read -ra hdf5 <<<"$(pkg-config --cflags --libs hdf5)"
warnings=(-pedantic -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Werror)
cxx_include=(-I bindings/cpp)
mapfile -t shared < <(grep -l '#include "tests.h"' Tests/C/*.c)

compilers=()
for compiler in gcc clang; do command -v "$compiler" >/dev/null && compilers+=("$compiler"); done
[ ${#compilers[@]} -gt 0 ] || { echo "neither gcc nor clang is there"; exit 1; }

# The example of README.md as a program, with what it leaves to the reader.
{
    echo '#include <spane.h>'
    echo '__attribute__((noreturn)) void fail(const char *message);'
    echo 'void start_on(int32_t server, uint32_t nodes);'
    echo 'void example(void);'
    echo 'void example(void) {'
    # shellcheck disable=SC2016
    sed -n '/^```c$/,/^```$/p' README.md | grep -v -e '^```' -e '^#include'
    echo '}'
} >"$out/readme.c"

# Builds everything with one compiler, into a folder of its own, and runs what shows how the C++ header was compiled.
build() {
    local cc=$1 cxx to=$out/$1 standard example language program exceptions c
    mkdir -p "$to"
    cxx=${cc/gcc/g++}
    cxx=${cxx/clang/clang++}
    for standard in c99 c11 c17; do
        "$cc" -std=$standard "${warnings[@]}" -fsyntax-only -x c include/spane.h
        "$cc" -std=$standard "${warnings[@]}" -fsyntax-only "$out/readme.c" "${spane[0]}"
        for example in scheduler fleet day shadow; do
            "$cc" -std=$standard "${warnings[@]}" "examples/c/$example.c" -o "$to/$example" "${spane[@]}"
        done
    done
    for language in c c++; do
        "$cc" -x $language "${warnings[@]}" -DUSE -c Tests/C/ignores.c -o /dev/null "${spane[0]}"
        if "$cc" -x $language "${warnings[@]}" -c Tests/C/ignores.c -o /dev/null "${spane[0]}" 2>/dev/null; then
            echo "$cc -x $language: the status of spane_session_choose can be ignored"
            exit 1
        fi
    done
    c=("$cc" -std=c99 -O1 -g "${warnings[@]}")
    "${c[@]}" "${shared[@]}" Tests/C/check.c -o "$to/tests" "${spane[@]}" "${hdf5[@]}" -lpthread -lm
    for program in threads steps damage allocations; do
        "${c[@]}" "Tests/C/$program.c" Tests/C/check.c -o "$to/$program" "${spane[@]}" -lpthread
    done
    "${c[@]}" Tests/C/memory.c Tests/C/memory_calls.c Tests/C/check.c -o "$to/memory" "${spane[@]}"
    for standard in c++17 c++20; do
        for exceptions in -fexceptions -fno-exceptions; do
            "$cxx" -std=$standard $exceptions "${warnings[@]}" "${cxx_include[@]}" Tests/C/wrapper.cpp -o "$to/wrapper" \
                "${spane[@]}"
            "$to/wrapper" data
        done
        for example in scheduler fleet; do
            "$cxx" -std=$standard "${warnings[@]}" "${cxx_include[@]}" "examples/cpp/$example.cpp" -o "$to/$example-cpp" \
                "${spane[@]}"
        done
    done
}

# The compilers at the same time, and what they print one after the other.
pids=()
for cc in "${compilers[@]}"; do
    build "$cc" >"$out/$cc.log" 2>&1 &
    pids+=($!)
done
status=0
for index in "${!compilers[@]}"; do
    wait "${pids[index]}" || status=1
    cat "$out/${compilers[index]}.log"
done
[ "$status" -eq 0 ] || exit 1

built=$out/${compilers[-1]}
# Beside the others, as it takes as long as all of them.
mkdir -p "$out/scratch-memory"
"$built/memory" data "$out/scratch-memory" >"$out/memory.log" 2>&1 &
memory=$!
trap 'kill "$memory" 2>/dev/null || true' EXIT
"$built/tests" data "$out/scratch"
"$built/threads" data
"$built/steps" data
"$built/damage" data "$out/scratch"
"$built/allocations" data
wait "$memory" || status=1
cat "$out/memory.log"
[ "$status" -eq 0 ] || exit 1
for policy in balance-fit data/weights/untrained-1.h5; do
    for scheduler in scheduler scheduler-cpp; do
        echo "$scheduler $policy"
        "$built/$scheduler" examples/data/events.csv "$policy"
    done
done
# What C and Python make of a day is the same, with a log and without.
"$built/day" | tee "$out/scratch/day.txt"
diff examples/data/day.txt "$out/scratch/day.txt"
rm -f "$out/scratch/day.log"
"$built/day" 'capacity-lost,10*most-allocated+spread' "$out/scratch/day.log" | diff examples/data/day.txt -
echo "shadow"
"$built/shadow" examples/data/events.csv best-fit "$out/scratch/shadow.log" |
    tee "$out/scratch/shadow.txt"
diff examples/data/shadow.txt "$out/scratch/shadow.txt"
# What C and C++ make of a fleet is the same; bindings/python/tests compare with the same files.
for policy in best-fit data/weights/potential-synthetic.h5; do
    echo "fleet $policy"
    expected=examples/data/fleet-$(basename "$policy" .h5).txt
    "$built/fleet" data/fleets/small.toml examples/data/events.csv "$policy" | tee "$out/scratch/fleet.txt"
    diff "$expected" "$out/scratch/fleet.txt"
    "$built/fleet-cpp" data/fleets/small.toml examples/data/events.csv "$policy" | diff "$expected" -
done
