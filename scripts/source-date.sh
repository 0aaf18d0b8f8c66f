#!/usr/bin/env bash
# Prints the time, in seconds since 1970, that packages give their files, so that the same source makes the same bytes:
# SOURCE_DATE_EPOCH where it is set, else when the last commit was made.
set -euo pipefail
cd "$(dirname "$0")/.."
echo "${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y include/spane.h)}"
