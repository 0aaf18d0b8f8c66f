#!/usr/bin/env bash
# fuzz.sh SECONDS [TARGET...]: fuzzes the loaders and the C API, each of Tests/C/fuzz for that long, with the library
# instrumented for coverage and for address errors. Found inputs stay in .build_fuzz/found and are run again first.
# FUZZ_SEED=N makes a run that begins without a corpus try the same inputs each time; 0, the default, others each time.
set -euo pipefail
seconds=${1:?usage: scripts/fuzz.sh SECONDS [weights|trace|csv|fleet|snapshot|log|calls]...}
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(weights trace csv fleet snapshot log calls)
cd "$(dirname "$0")/.."

scratch=.build_fuzz
read -ra flags <<<"${BUILD_FLAGS:-}"
build=(swift build -c release --product SpaneCAPI --scratch-path "$scratch" "${flags[@]}"
    -Xswiftc "-sanitize=address,fuzzer" -Xcc "-fsanitize=address,fuzzer-no-link")
"${build[@]}"
objects=@$("${build[@]}" --show-bin-path)/SpaneCAPI.product/Objects.LinkFileList
swift=$(swiftc -print-target-info | sed -n 's|.*"runtimeResourcePath": *"\(.*\)/lib/swift".*|\1|p')
static=$swift/lib/swift_static/linux
runtime=("$static"/*/swiftrt.o "$static/libswiftSynchronization.a" "$static/libswiftGlibc.a" "$static/libswiftCore.a")
read -ra hdf5 <<<"$(pkg-config --cflags --libs hdf5)"

mkdir -p "$scratch/found"
export LSAN_OPTIONS=suppressions=$PWD/Tests/C/fuzz/lsan.supp:print_suppressions=0
export SPANE_FUZZ_WEIGHTS=$PWD/data/weights/untrained-1.h5

# Builds a target and fuzzes it; its output is what this prints.
fuzz() {
    local target=$1 status=0 corpus=$scratch/corpus/$1 input
    "$swift/bin/clang" -std=c11 -O1 -g -fsanitize=fuzzer,address -fuse-ld=lld -pedantic -Wall -Wextra -Wconversion \
        -Wshadow -Werror -I include -I Tests/SpaneHostileFiles/include "Tests/C/fuzz/$target.c" Tests/C/fuzz/fuzz.c \
        Tests/SpaneHostileFiles/hostile.c -o "$scratch/$target" \
        "$objects" "${runtime[@]}" "${hdf5[@]}" \
        -lstdc++ -lm -lpthread -ldl -Wl,-z,nostart-stop-gc
    mkdir -p "$corpus"
    case $target in
    weights) cp data/weights/untrained-1.h5 "$corpus/" ;;
    fleet) cp data/fleets/*.toml "$corpus/" ;;
    esac
    echo "fuzzed $target for $seconds s"
    for input in "$scratch/found/$target"-*; do
        [ ! -e "$input" ] || "$scratch/$target" "$input" >/dev/null 2>&1 || { echo "still fails: $input"; status=1; }
    done
    "$scratch/$target" -max_total_time="$seconds" -seed="${FUZZ_SEED:-0}" -max_len=16384 -timeout=20 \
        -rss_limit_mb=4096 -verbosity=0 -print_final_stats=1 -artifact_prefix="$scratch/found/$target-" "$corpus" 2>"$scratch/$target.log" || {
        grep -E 'ERROR|SUMMARY|does not hold|Test unit' "$scratch/$target.log" || tail -20 "$scratch/$target.log"
        status=1
    }
    grep -E 'stat::(number_of_executed_units|average_exec_per_sec)' "$scratch/$target.log" || true
    return $status
}

# As many targets at a time as there are processors; what they print comes in order.
status=0
jobs=$(nproc)
for ((first = 0; first < ${#targets[@]}; first += jobs)); do
    batch=("${targets[@]:first:jobs}")
    echo "fuzzing ${batch[*]} for $seconds s"
    pids=()
    for target in "${batch[@]}"; do
        fuzz "$target" >"$scratch/$target.out" 2>&1 &
        pids+=($!)
    done
    for index in "${!batch[@]}"; do
        wait "${pids[index]}" || status=1
        cat "$scratch/${batch[index]}.out"
    done
done
exit $status
