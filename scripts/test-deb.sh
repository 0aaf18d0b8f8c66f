#!/usr/bin/env bash
# Checks the Debian packages of dist/ with lintian, installs them on this machine (as root), builds and runs an example against them
# with nothing but gcc and pkg-config, and removes them; nothing may be left.
set -euo pipefail
cd "$(dirname "$0")/.."
die() {
    echo "test-deb: $*" >&2
    exit 1
}
shopt -s nullglob
packages=(dist/*.deb)
[ ${#packages[@]} -eq 3 ] || die "dist must hold three packages; make deb builds them"
names=()
for package in "${packages[@]}"; do
    name=$(dpkg-deb -f "$package" Package)
    ! dpkg-query -W "$name" >/dev/null 2>&1 || die "$name is installed already"
    names+=("$name")
done
lintian --fail-on error,warning "${packages[@]}" 2>&1 | grep -v 'root privileges' || [ "${PIPESTATUS[0]}" -eq 0 ] || die "lintian objects"

work=$(mktemp -d)
# Whatever fails, the machine stays as it was.
trap 'dpkg --purge "${names[@]}" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
for package in "${packages[@]}"; do dpkg-deb -c "$package" | awk '$1 !~ /^d/ { print substr($6, 2) }'; done | sort >"$work/files"
dpkg -i "${packages[@]}" >"$work/log" 2>&1 || { cat "$work/log" >&2 && die "they cannot be installed"; }

clean() { env -i PATH=/usr/bin:/bin HOME="$work" LC_ALL=C.UTF-8 "$@"; }
version=$(scripts/version.sh)
[ "$(clean pkg-config --modversion spane)" = "$version" ] || die "pkg-config finds another version"
read -ra flags <<<"$(clean pkg-config --cflags --libs spane)"
clean gcc -std=c99 -Wall -Wextra -Werror examples/c/scheduler.c "${flags[@]}" -o "$work/scheduler"
clean "$work/scheduler" examples/data/events.csv best-fit >"$work/output" 2>"$work/log" || die "the example fails"
[ -s "$work/output" ] || die "the example prints nothing"
clean ldd "$work/scheduler" | grep -q "libspane.so.* => /.*/$(gcc -print-multiarch)/" || die "the example uses another library"
[ "$(clean spane --version)" = "$version" ] || die "spane has another version"

dpkg --purge "${names[@]}" >"$work/log" 2>&1 || { cat "$work/log" >&2 && die "they cannot be removed"; }
while read -r file; do
    if [ -e "$file" ] || [ -L "$file" ]; then die "$file is left"; fi
done <"$work/files"
echo "test-deb: ${names[*]}: installed, used and removed"
