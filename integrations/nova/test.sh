#!/usr/bin/env bash
# Tests the package with Nova of PyPI and the library that is installed in PREFIX.
#   test.sh PREFIX
set -euo pipefail
prefix=$(cd "${1:?the first argument is the PREFIX where libspane is installed}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
venv=$root/.venv-nova
export SPANE_LIBRARY=$prefix/lib/libspane.so
[ -e "$SPANE_LIBRARY" ] || { echo "nova: there is no $SPANE_LIBRARY" >&2; exit 1; }

skip() {
    echo "nova: skipped: $*"
    exit 0
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
stamp=$venv/.installed
if [ ! -e "$stamp" ] || [ "$here/pyproject.toml" -nt "$stamp" ]; then
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || skip "Nova 34 needs Python 3.11"
    echo "nova: installing Nova and what tests it into $venv"
    python3 -m venv "$venv" >"$log" 2>&1 || skip "no virtual environment: $(tail -n 1 "$log")"
    pip=("$venv/bin/python" -m pip install -q --disable-pip-version-check --retries 1)
    packages=$("$venv/bin/python" "$here/tests/requirements.py" "$here/pyproject.toml")
    mapfile -t packages <<<"$packages"
    "${pip[@]}" hatchling editables "${packages[@]}" >"$log" 2>&1 || skip "not to be had from PyPI: $(tail -n 1 "$log")"
    "${pip[@]}" --no-deps --no-build-isolation -e "$root/bindings/python" -e "$here"
    # Where Nova's tests look for its sample files.
    ln -sfn ../../../etc "$(echo "$venv"/lib/python3.*/site-packages)/etc"
    touch "$stamp"
fi

cd "$here"
python=$venv/bin/python
"$python" -m ruff check -q .
"$python" -m ruff format -q --check .
"$python" -m mypy >"$log" || { cat "$log"; exit 1; }
"$python" -m pytest -q --no-header >"$log" 2>&1 || { cat "$log"; exit 1; }
grep '^nova' "$log"
tail -n 1 "$log"
# In a process of its own, as Nova patches Python.
cd tests
"$python" -W ignore -m testtools.run whole_nova >"$log" 2>&1 || { cat "$log"; exit 1; }
grep '^nova' "$log"
