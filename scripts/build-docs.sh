#!/usr/bin/env bash
# Builds the documentation in dist/docs, which reads without a network; open dist/docs/index.html. A dead link, a name in the
# reference that nothing defines, or any other doubt of the tools is an error.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v doxygen >/dev/null; then
    echo "build-docs: installing the Debian package doxygen"
    as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends doxygen >/dev/null
fi
stamp=.venv-docs/.installed
if [ ! -e "$stamp" ] || [ docs/site/requirements.txt -nt "$stamp" ]; then
    echo "build-docs: installing the Python packages of docs/site/requirements.txt into .venv-docs"
    python3 -m venv .venv-docs
    .venv-docs/bin/python -m pip install -q --disable-pip-version-check -r docs/site/requirements.txt
    touch "$stamp"
fi

rm -rf dist/docs dist/docs-build
.venv-docs/bin/sphinx-build -q --fail-on-warning --keep-going -c docs/site -d dist/docs-build/doctrees . dist/docs
rm -rf dist/docs-build
echo "build-docs: dist/docs/index.html"
