#!/usr/bin/env bash
# What needs PyTorch, in an environment of its own, as that is large: training with Stable-Baselines3, the examples that
# learn, networks as modules.
#   TORCH=...  what pip installs as PyTorch; the default is a build without CUDA, a tenth of the size
set -euo pipefail
cd "$(dirname "$0")/.."
torch=${TORCH:-torch==2.13.0+cpu}
venv=.venv-clients
stamp=$venv/.installed
if [ ! -e "$stamp" ] || [ bindings/python/pyproject.toml -nt "$stamp" ]; then
    echo "test-python-clients: installing $torch and Stable-Baselines3 into $venv"
    python3 -m venv "$venv"
    pip=("$venv/bin/python" -m pip install -q --disable-pip-version-check)
    "${pip[@]}" --retries 1 --extra-index-url https://download.pytorch.org/whl/cpu --no-deps "$torch"
    "${pip[@]}" "$torch" sb3-contrib highspy pytest -e 'bindings/python[all]'
    touch "$stamp"
fi
[ -n "${SPANE_LIBRARY:-}" ] || [ -e .build_shared/release/libspane.so ] || scripts/build-library.sh
# The networks are small: more threads only wait for each other.
export OMP_NUM_THREADS=1
cd bindings/python
exec ../../$venv/bin/python -m pytest -q tests_clients "$@"
