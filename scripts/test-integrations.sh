#!/usr/bin/env bash
# test-integrations.sh PREFIX: runs the examples in other languages and the tests of all integrations with the library that is installed in
# PREFIX. What cannot be had is skipped with a line that says why.
set -euo pipefail
prefix=$(cd "${1:?usage: scripts/test-integrations.sh PREFIX}" && pwd)
cd "$(dirname "$0")/.."

failed=()
for test in scripts/test-languages.sh integrations/*/test.sh; do
    echo "== $test"
    "$test" "$prefix" || failed+=("$test")
done
[ ${#failed[@]} -eq 0 ] || { echo "failed: ${failed[*]}"; exit 1; }
