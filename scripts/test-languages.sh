#!/usr/bin/env bash
# test-languages.sh PREFIX: builds the example schedulers in Go, Rust and Java against an installed library and runs them; each has to
# write what the one in C writes, byte for byte. A language whose tools are not there is left out with a line that says so.
#   JAVA=...  the java command, 22 or later, with javac beside it; the default is the first one that is, of JAVA_HOME, PATH and
#             /usr/lib/jvm
set -euo pipefail
prefix=$(cd "${1:?usage: scripts/test-languages.sh PREFIX}" && pwd)
cd "$(dirname "$0")/.."

out=$PWD/.build_languages
mkdir -p "$out"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export LD_LIBRARY_PATH=$prefix/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
passed=0 skipped=0

there() {
    local command
    for command in "$@"; do command -v "$command" >/dev/null || return 1; done
}

skip() {
    echo "$1: skipped: $2"
    skipped=$((skipped + 1))
}

java_of_22() {
    local java version
    for java in "${JAVA:-}" "${JAVA_HOME:+$JAVA_HOME/bin/java}" java /usr/lib/jvm/*/bin/java; do
        there "$java" || continue
        version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')
        if [ "${version:-0}" -ge 22 ] && there "${java}c"; then
            echo "$java"
            return
        fi
    done
    return 1
}

# The events of the examples, and a VM that no server is large enough for.
events=$out/events.csv
cp examples/data/events.csv "$events"
last=$(tail -n 1 "$events" | cut -d, -f1)
printf '%s,arrive,1000000,200,8\n%s,depart,1000000,200,8\n' "$last" "$last" >>"$events"

read -ra flags <<<"$(pkg-config --cflags --libs spane)"
"${CC:-cc}" examples/c/scheduler.c -o "$out/scheduler-c" "${flags[@]}"
policies=(best-fit balance-fit random:7 'capacity-lost,10*most-allocated+spread')
for policy in "${policies[@]}"; do
    "$out/scheduler-c" "$events" "$policy" >"$out/$policy.txt" 2>"$out/$policy.why"
    grep -q ' waits: ' "$out/$policy.why" && grep -q ' is refused: ' "$out/$policy.why"
done

# compare LANGUAGE COMMAND...: runs the command with the events and each policy.
compare() {
    local language=$1 policy
    shift
    for policy in "${policies[@]}"; do
        "$@" "$events" "$policy" >"$out/stdout" 2>"$out/stderr"
        diff "$out/$policy.txt" "$out/stdout"
        diff "$out/$policy.why" "$out/stderr"
    done
    echo "$language: ${#policies[@]} policies, decisions and explanations as in C"
    passed=$((passed + 1))
}

if there go gofmt; then
    [ -z "$(gofmt -l examples/go)" ] || { gofmt -d examples/go; exit 1; }
    # The flags stand here too: Go's cache takes no notice of what pkg-config says, and would link to a prefix of an earlier run.
    (cd examples/go && go vet scheduler.go && CGO_CFLAGS="-O2 -Wall -Wextra -Werror -I$prefix/include" CGO_LDFLAGS="-L$prefix/lib" \
        go build -o "$out/scheduler-go" scheduler.go)
    compare Go "$out/scheduler-go"
else
    skip Go "there is no go (Debian: golang-go)"
fi

if there cargo bindgen; then
    (
        cd examples/rust
        if there rustfmt; then cargo fmt --check; fi
        RUSTFLAGS="-D warnings" cargo build --quiet --release --locked --offline --target-dir "$out/rust"
    )
    compare Rust "$out/rust/release/scheduler"
else
    skip Rust "there is no cargo or no bindgen (Debian: cargo, bindgen)"
fi

if java=$(java_of_22); then
    "${java}c" -Xlint:all,-restricted -Werror -d "$out/java" examples/java/Scheduler.java
    compare Java "$java" --enable-native-access=ALL-UNNAMED -cp "$out/java" Scheduler "$prefix/lib/libspane.so"
else
    skip Java "there is no JDK of 22 or later, whose foreign functions the example calls (set JAVA)"
fi
echo "$passed languages passed, $skipped skipped"
