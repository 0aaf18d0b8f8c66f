#!/usr/bin/env bash
# test-sanitizers.sh: runs the C tests with the library built for AddressSanitizer and for ThreadSanitizer, and under
# valgrind where it is there.
#   test-sanitizers.sh [address] [thread] [valgrind]   only these
set -euo pipefail
cd "$(dirname "$0")/.."
kinds=("$@")
[ ${#kinds[@]} -gt 0 ] || kinds=(address thread valgrind)

swift=$(swiftc -print-target-info | sed -n 's|.*"runtimeResourcePath": *"\(.*\)/lib/swift".*|\1|p')
static=$swift/lib/swift_static/linux
runtime=("$static"/*/swiftrt.o "$static/libswiftSynchronization.a" "$static/libswiftGlibc.a" "$static/libswiftCore.a")
read -ra hdf5 <<<"$(pkg-config --cflags --libs hdf5)"
read -ra flags <<<"${BUILD_FLAGS:-}"
mapfile -t tests < <(grep -l '#include "tests.h"' Tests/C/*.c)
export LSAN_OPTIONS=suppressions=$PWD/Tests/C/fuzz/lsan.supp:print_suppressions=0
# A vector environment goes on in the child of a fork, with threads of its own.
export TSAN_OPTIONS=halt_on_error=0:exitcode=66:die_after_fork=0

# Builds the library for a kind and links the programs with it. For addresses it is the one that is fuzzed, for valgrind the
# one that is installed, so that neither is built twice.
prepare() {
    local kind=$1 sanitize=() link=()
    case $kind in
    address)
        scratch=.build_fuzz
        sanitize=(-Xswiftc "-sanitize=address,fuzzer" -Xcc "-fsanitize=address,fuzzer-no-link")
        link=(-fsanitize=address)
        ;;
    thread)
        scratch=.build_thread
        sanitize=(-Xswiftc -sanitize=thread -Xcc -fsanitize=thread)
        # Swift's ThreadSanitizer watches Dispatch, whether it is used or not.
        link=(-fsanitize=thread "$static/libdispatch.a" "$static/libBlocksRuntime.a")
        ;;
    valgrind)
        scratch=.build
        # Valgrind cannot read the debug information of a newer compiler.
        link=("-Wl,--strip-debug")
        ;;
    *) echo "unknown kind $kind" && exit 1 ;;
    esac
    local build=(swift build -c release --product SpaneCAPI --scratch-path "$scratch" "${flags[@]}"
        "${sanitize[@]}")
    "${build[@]}"
    local objects
    objects=@$("${build[@]}" --show-bin-path)/SpaneCAPI.product/Objects.LinkFileList
    out=$scratch/tests-$kind
    mkdir -p "$out/scratch"
    for program in tests threads steps damage; do
        local sources=("Tests/C/$program.c")
        [ "$program" != tests ] || sources=("${tests[@]}")
        "$swift/bin/clang" -std=c99 -O1 -g -fuse-ld=lld -I include "${sources[@]}" Tests/C/check.c \
            -o "$out/$program" "$objects" "${runtime[@]}" "${hdf5[@]}" \
            "${link[@]}" -lstdc++ -lm -lpthread -ldl -Wl,-z,nostart-stop-gc
    done
}

for kind in "${kinds[@]}"; do
    echo "== $kind"
    prepare "$kind"
    case $kind in
    address)
        "$out/tests" data "$out/scratch"
        "$out/threads" data
        "$out/steps" data
        "$out/damage" data "$out/scratch"
        ;;
    thread)
        "$out/threads" data
        "$out/tests" data "$out/scratch"
        ;;
    valgrind)
        command -v valgrind >/dev/null || { echo "valgrind is not there"; continue; }
        valgrind -q --error-exitcode=9 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
            "$out/tests" data "$out/scratch"
        ;;
    esac
done
