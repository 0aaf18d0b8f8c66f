#!/usr/bin/env bash
# Makes dist/: a tarball of what `make install` installs, one of the source, the wheel and the Debian packages that are there, a bill of
# materials of all (CycloneDX), and SHA256SUMS.
#   SOURCE_DATE_EPOCH   the time in the archives; default that of the last commit
set -euo pipefail
cd "$(dirname "$0")/.."
SOURCE_DATE_EPOCH=$(scripts/source-date.sh)
export SOURCE_DATE_EPOCH
version=$(scripts/version.sh)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p dist
name=libspane-$version-$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m)

if command -v swift >/dev/null; then
    scripts/build-library.sh
    scripts/build-command.sh
fi
DESTDIR='' PREFIX=$work/$name scripts/install.sh files
# As many bytes whoever packs them, and wherever.
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -C "$work" -c "$name" |
    gzip -n9 >"dist/$name.tar.gz"
git archive --prefix="libspane-$version/" HEAD | gzip -n9 >"dist/libspane-$version.tar.gz"

cd dist
files=()
for file in libspane-"$version"*.tar.gz spane-*.whl spane-*.tar.gz ./*.deb; do [ ! -e "$file" ] || files+=("${file#./}"); done
../scripts/sbom.py "${files[@]}" >"libspane-$version.cdx.json"
../.venv-wheel/bin/python -m pip install -q --disable-pip-version-check 'cyclonedx-python-lib[json-validation]'
../.venv-wheel/bin/python ../scripts/check-sbom.py "libspane-$version.cdx.json"
sha256sum "${files[@]}" "libspane-$version.cdx.json" >SHA256SUMS
cat SHA256SUMS
