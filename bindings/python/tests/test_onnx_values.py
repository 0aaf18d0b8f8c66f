"""ONNX graphs compute what the library does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import weights_files
from conftest import REPOSITORY
from numpy.typing import NDArray

import spane
from spane.convert import convert_weights

onnxruntime = pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")
h5py = pytest.importorskip("h5py")
pytestmark = pytest.mark.usefixtures("library")


def run(path: Path, **inputs: NDArray[Any]) -> Any:
    """Q and actions."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    wanted = {each.name for each in session.get_inputs()}
    return session.run(None, {name: value for name, value in inputs.items() if name in wanted})


def compare(weights: Path, settings: list[dict[str, Any]], tmp_path: Path) -> None:
    """Compares random situations of all of these environments."""
    graph = tmp_path / "network.onnx"
    convert_weights(weights, graph)
    model = spane.Model(weights)
    largest = weights_files.LARGEST[model.info.kind]
    for options in settings:
        states = weights_files.States(model, 60, **options)
        capacity = weights_files.capacity(options)
        q, action = run(graph, observation=states.observation, mask=states.mask, capacity=capacity)
        assert q.dtype == np.float32 and action.dtype == np.int64
        error = weights_files.largest_error(q, states, model)
        print(f"{model.name}: {options}: largest error {error:.1e}")
        assert error < largest, options
        assert weights_files.largest_loss(action, states, model) < 2 * largest, options


@pytest.mark.parametrize("kind", weights_files.KINDS)
def test_random_networks(kind: str, tmp_path: Path) -> None:
    weights = weights_files.make(tmp_path, kind)
    compare(weights, weights_files.settings(kind), tmp_path)


@pytest.mark.parametrize(
    "name", ["potential-synthetic.h5", "potential.h5", "spane-synthetic.h5", "untrained-1.h5"]
)
def test_shipped_networks(name: str, tmp_path: Path) -> None:
    weights = REPOSITORY / "data" / "weights" / name
    if not weights.exists():
        pytest.skip("not in a checkout")
    compare(weights, [{"servers": servers} for servers in (1, 5, 20, 100)], tmp_path)


def test_published_networks(reference: Path, tmp_path: Path) -> None:
    """Against what the published implementation gave."""
    with h5py.File(reference / "golden" / "q_values.h5") as golden:
        requests, masks = golden["request"][()], golden["available"][()] != 0
        for source in sorted((reference / "published" / "models").glob("*.th")):
            graph = tmp_path / f"{source.stem}.onnx"
            convert_weights(source, graph)
            free = golden["observation"][()].reshape(len(requests), -1)
            observation = np.concatenate([free, requests], axis=1).astype(np.float32)
            q, _ = run(graph, observation=observation, mask=masks)
            wanted = golden["published"][source.stem.split("_")[0]][()]
            error = np.abs(q - wanted) / np.abs(wanted).max(axis=1, keepdims=True)
            assert error.max() < weights_files.LARGEST["spane"], source.stem


def test_no_action_has_room(tmp_path: Path) -> None:
    weights = weights_files.make(tmp_path, "afterstate")
    graph = tmp_path / "network.onnx"
    convert_weights(weights, graph)
    observation = np.zeros((3, 4 * 2 + 3), np.float32)
    q, action = run(graph, observation=observation, mask=np.zeros((3, 4), np.bool_))
    assert np.isfinite(q).all()
    assert action.tolist() == [0, 0, 0]
