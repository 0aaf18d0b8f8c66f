#!/usr/bin/env bash
# One idea a file: no Swift file is longer than 400 lines.
set -euo pipefail
cd "$(dirname "$0")/.."
status=0
while read -r file; do
    lines=$(wc -l <"$file")
    if [ "$lines" -gt 400 ]; then
        echo "$file has $lines lines; at most 400 are allowed"
        status=1
    fi
done < <(find Package.swift Sources Tests Benchmarks -name '*.swift' -not -path '*/.build*')
exit $status
