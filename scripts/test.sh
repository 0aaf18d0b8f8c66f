#!/usr/bin/env bash
# Runs every check and every test, for `make test`: the checks of `make lint` beside the build, which uses one core of two for much of its
# time, and the tests of the Python package beside those in Swift. What ran beside is printed at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
status=0

# beside NAME COMMAND ...: starts it with its output in a file
declare -A jobs
beside() {
    "${@:2}" >"$logs/$1" 2>&1 &
    jobs[$1]=$!
}
# ended NAME: waits for it and prints its output
ended() {
    wait "${jobs[$1]}" || status=$?
    cat "$logs/$1"
}

beside lint make lint
# No test has this name: it only builds.
swift test -c release --disable-testable-imports --filter '^builds$' || status=$?
ended lint
[ "$status" -eq 0 ] || exit "$status"

scripts/build-library.sh
beside python env -C bindings/python SPANE_REQUIRE_LIBRARY=1 ../../.venv/bin/python -m pytest -q -n 2
swift test -c release --disable-testable-imports --skip-build || status=$?
ended python
exit "$status"
