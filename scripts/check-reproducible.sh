#!/usr/bin/env bash
# Builds the library, the wheel and the Debian packages of the last commit in two folders, and says which files are not the same.
# Slow: everything is compiled twice.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SOURCE_DATE_EPOCH=$(scripts/source-date.sh)
export SOURCE_DATE_EPOCH

for folder in "$work/a" "$work/another/longer"; do
    git clone -q . "$folder"
    # The same versions of what is fetched.
    [ ! -e Package.resolved ] || cp Package.resolved "$folder"
    (cd "$folder" && scripts/build-library.sh with-hdf5 && scripts/build-command.sh && scripts/build-wheel.sh && scripts/build-deb.sh) >&2
done

status=0
for file in "$work"/a/.build_shared/release/{libspane.so,libspane-hdf5.so,libspane.a,spane-cli} "$work"/a/dist/*; do
    other=$work/another/longer/${file#"$work/a/"}
    if cmp -s "$file" "$other"; then
        echo "check-reproducible: ${file##*/}: the same"
    else
        echo "check-reproducible: ${file##*/}: $(cmp -l "$file" "$other" 2>/dev/null | wc -l) bytes differ"
        status=1
    fi
done
exit $status
