#!/usr/bin/env bash
# Builds the Debian packages libspane1, libspane-dev and spane-tools into dist/, of what packaging/debian says. Needs debhelper.
#   SOURCE_DATE_EPOCH   the time in the archives; default that of the last commit
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(scripts/version.sh)
abi=$(scripts/version.sh abi)
SOURCE_DATE_EPOCH=$(scripts/source-date.sh)
export SOURCE_DATE_EPOCH

if command -v swift >/dev/null; then
    scripts/build-library.sh
    scripts/build-command.sh
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/built"
cp -r packaging/debian "$work/debian"
for file in "$work"/debian/libspane.*; do mv "$file" "${file/libspane./libspane$abi.}"; done
sed -i "s|@VERSION@|$version|; s|@ABI@|$abi|; s|@DATE@|$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")|" "$work"/debian/{changelog,control}
# Each function is promised to exist since this version, which is never too little.
{
    echo "libspane.so.$abi libspane$abi #MINVER#"
    sed "s/.*/ &@Base $version/" .build_shared/release/exports.txt
} >"$work/debian/libspane$abi.symbols"

# What is there for the environment of a build is not to change the packages.
(cd "$work" && umask 022 && SPANE_ROOT=$OLDPWD SPANE_OUTPUT=$work/built DEB_BUILD_OPTIONS=noautodbgsym \
    debian/rules binary >"$work/log" 2>&1) || { cat "$work/log" >&2 && exit 1; }
mkdir -p dist
rm -f dist/*.deb
mv "$work"/built/*.deb dist
ls -1 dist/*.deb
