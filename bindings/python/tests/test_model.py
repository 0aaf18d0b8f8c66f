"""Networks from files and from memory."""

from __future__ import annotations

from pathlib import Path

import pytest

import spane

pytestmark = pytest.mark.usefixtures("library")


def test_what_a_model_is(weights: Path) -> None:
    model = spane.Model(weights)
    assert model.name == weights.stem
    info = model.info
    assert info.parameters > 100
    assert info.servers is None
    assert (info.node_cpu, info.node_mem) == (40, 90)
    assert (info.kind, info.units, list(info.nodes)) == ("spane", "trained-node", [2])
    assert int(info.layers["server_width"]) > 0
    assert info.bytes > 4 * info.parameters
    assert info.inputs[1] == ("node0_mem", "GB", "server", 90)
    assert info.inputs[-1] == ("request_is_split", "", "decision", 1)
    assert repr(model) == f"<spane.Model {weights.stem!r}>"


def test_a_bound_model(mlp: Path) -> None:
    info = spane.Model(mlp).info
    assert info.servers == 5
    assert (info.kind, info.layers["servers"]) == ("mlp", "5")


def test_from_memory(weights: Path) -> None:
    model = spane.Model(weights.read_bytes(), name="mine")
    assert model.name == "mine"
    assert model.info == spane.Model(str(weights)).info


def test_provenance(weights: Path) -> None:
    model = spane.Model(weights)
    tool = model.provenance("tool")
    assert tool is not None
    assert tool.startswith("spane")
    assert model.provenance("no such thing") is None


def test_saved(weights: Path, tmp_path: Path) -> None:
    model = spane.Model(weights)
    model.save(tmp_path / "again.h5")
    content = (tmp_path / "again.h5").read_bytes()
    again = spane.Model(content)
    assert model.to_bytes() == again.to_bytes() == content
    assert again.info == model.info
    assert again.provenance("tool") == model.provenance("tool")
    with pytest.raises(OSError, match="no such folder"):
        model.save(tmp_path / "no such folder" / "again.h5")
