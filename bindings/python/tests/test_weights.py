"""Weights from each kind of file to each: nothing of them changes."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networks
import numpy as np
import pytest
import torch_maker
import weights_files
from conftest import REPOSITORY

import spane
from spane.convert import OutputRefusal, Refusal, WeightsOptions, convert_weights, main
from spane.convert._convert import weights_at
from spane.convert._weights import texts_of

onnx = pytest.importorskip("onnx")

ENDINGS = [".h5", ".pt", ".onnx"]


@pytest.fixture
def made(tmp_path: Path) -> Callable[[str], Path]:
    return lambda kind: weights_files.make(tmp_path, kind)


@pytest.mark.parametrize("kind", weights_files.KINDS)
def test_all_ways(made: Callable[[str], Path], tmp_path: Path, kind: str) -> None:
    """Every parameter, the architecture, the normalisation and the provenance, to the bit."""
    first = made(kind)
    wanted = weights_at(first)
    assert wanted.provenance["licence"] == "CC BY-NC 4.0"
    for one in ENDINGS:
        convert_weights(first, tmp_path / f"a{one}")
    for one in ENDINGS:
        for other in ENDINGS:
            target = tmp_path / f"{one[1:]}-to{other}"
            said = convert_weights(tmp_path / f"a{one}", target)
            assert said == str(wanted)
            found = weights_at(target)
            assert texts_of(found) == texts_of(wanted)
            assert list(found.parameters) == list(wanted.parameters)
            for name, values in wanted.parameters.items():
                assert found.parameters[name].tobytes() == values.tobytes(), name
            # Whichever way it came, the file is the same.
            assert target.read_bytes() == (tmp_path / f"a{other}").read_bytes()


@pytest.mark.parametrize("ending", ENDINGS[1:])
@pytest.mark.parametrize("name", ["potential.h5", "spane-synthetic.h5"])
def test_what_the_library_wrote(library: str, tmp_path: Path, name: str, ending: str) -> None:
    source = REPOSITORY / "data" / "weights" / name
    if not source.exists():
        pytest.skip("not in a checkout")
    convert_weights(source, tmp_path / f"out{ending}")
    convert_weights(tmp_path / f"out{ending}", tmp_path / name)
    before, after = spane.Model(source), spane.Model(tmp_path / name)
    # Both as the library writes them, with all attributes and the provenance.
    assert after.to_bytes() == before.to_bytes()


def test_licence_and_note_may_change(made: Callable[[str], Path], tmp_path: Path) -> None:
    target = tmp_path / "out.onnx"
    options = WeightsOptions(licence="MIT", note="mine")
    convert_weights(made("mlp"), target, options)
    provenance = weights_at(target).provenance
    assert (provenance["licence"], provenance["note"]) == ("MIT", "mine")
    assert provenance["tool"] == "spane.convert.torch"
    properties = {each.key: each.value for each in onnx.load(target).metadata_props}
    assert properties["spane.provenance.licence"] == "MIT"


def test_the_network_is_said_once(made: Callable[[str], Path], tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="file says what its network is; --cpu is for files of"):
        convert_weights(made("spane"), tmp_path / "out.pt", WeightsOptions(cpu=20))


# Files of others


def foreign(path: Path, arrays: networks.Arrays, **others: Any) -> Path:
    """An ONNX file whose initializers are these arrays."""
    made = [onnx.numpy_helper.from_array(values, name) for name, values in arrays.items()]
    made += [onnx.numpy_helper.from_array(values, name) for name, values in others.items()]
    info = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
    node = onnx.helper.make_node("Identity", ["x"], ["y"])
    out = onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1])
    graph = onnx.helper.make_graph([node], "other", [info], [out], made)
    path.write_bytes(onnx.helper.make_model(graph).SerializeToString())
    return path


def test_onnx_of_others_with_the_names_of_a_network(tmp_path: Path) -> None:
    arrays = networks.spane(aggregators=2)
    source = foreign(tmp_path / "in.onnx", arrays, shape=np.array([1, 2]))
    convert_weights(source, tmp_path / "out.h5", WeightsOptions(aggregators=("max", "std")))
    found = weights_at(tmp_path / "out.h5")
    assert found.provenance["tool"] == "spane.convert.onnx"
    assert found.provenance["source"] == "in.onnx"
    for name, values in arrays.items():
        np.testing.assert_array_equal(found.parameters[name], values)


def test_onnx_of_others(tmp_path: Path) -> None:
    arrays = {"conv.weight": np.ones((2, 2), np.float32)}
    with pytest.raises(Refusal, match="none of its initializers has a name of a network"):
        convert_weights(foreign(tmp_path / "in.onnx", arrays), tmp_path / "out.h5")
    assert not (tmp_path / "out.h5").exists()


def test_a_potential_without_a_description(tmp_path: Path) -> None:
    source = tmp_path / "in.pt"
    torch_maker.write_torch(source, torch_maker.state_dict(networks.potential(inputs=7)))
    with pytest.raises(Refusal, match="set --activation to one of relu, softsign, tanh"):
        convert_weights(source, tmp_path / "out.h5")
    with pytest.raises(Refusal, match="aggregators are mean; a potential network has none"):
        convert_weights(source, tmp_path / "out.h5", WeightsOptions(aggregators=("mean",)))
    said = convert_weights(source, tmp_path / "out.h5", WeightsOptions(activation="relu"))
    assert said == (
        "potential, hidden 16x1, activation relu, context request, units trained-node, "
        "3 tensors, 144 parameters"
    )


def test_a_potential_with_other_inputs(tmp_path: Path) -> None:
    source = tmp_path / "in.pt"
    torch_maker.write_torch(source, torch_maker.state_dict(networks.potential(inputs=5)))
    with pytest.raises(Refusal, match=r"5 inputs; it must have one of 4 \(none\), 7 \(request\)"):
        convert_weights(source, tmp_path / "out.h5", WeightsOptions(activation="relu"))


def test_one_advantage_is_an_afterstate(made: Callable[[str], Path], tmp_path: Path) -> None:
    assert weights_at(made("afterstate")).architecture.name == "afterstate"
    assert weights_at(made("spane")).architecture.name == "spane"


# Damage


def changed_onnx(path: Path, change: Callable[[Any], None]) -> Path:
    model = onnx.load(path)
    change(model)
    path.write_bytes(model.SerializeToString())
    return path


@pytest.fixture
def graph(made: Callable[[str], Path], tmp_path: Path) -> Path:
    convert_weights(made("spane"), tmp_path / "in.onnx")
    return tmp_path / "in.onnx"


def _set(model: Any, name: str, value: str) -> None:
    (entry,) = [each for each in model.metadata_props if each.key == f"spane.{name}"]
    entry.value = value


def _drop(model: Any) -> None:
    del model.graph.initializer[3]


def _change(model: Any) -> None:
    tensor = model.graph.initializer[0]
    tensor.raw_data = bytes(4) + tensor.raw_data[4:]


def _shorten(model: Any) -> None:
    model.graph.initializer[0].raw_data = model.graph.initializer[0].raw_data[4:]


def _external(model: Any) -> None:
    tensor = model.graph.initializer[0]
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")


def _doubles(model: Any) -> None:
    tensor = model.graph.initializer[0]
    values = onnx.numpy_helper.to_array(tensor).astype(np.float64)
    tensor.CopyFrom(onnx.numpy_helper.from_array(values, tensor.name))


def _twice(model: Any) -> None:
    model.graph.initializer.append(model.graph.initializer[0])


def _huge(model: Any) -> None:
    model.graph.initializer[0].dims[0] = 1 << 40


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda model: _set(model, "format_version", "2"), "format_version is '2'; it must be 1"),
        (lambda model: _set(model, "architecture", "x"), "architecture is 'x'; it must be one of"),
        (lambda model: _set(model, "server_depth", "0"), "server_depth is '0'; it must be an"),
        (lambda model: _set(model, "server_depth", "2"), "tensor 'server_embedding.4.weight' is"),
        (lambda model: _set(model, "server_width", "9"), "shape (8, 4); it must be (9, 4)"),
        (lambda model: _set(model, "aggregators", "sum"), "aggregators is 'sum'; it must be one"),
        (lambda model: _set(model, "normalisation_cpu", "0"), "normalisation_cpu is '0'; it must"),
        (_drop, "tensor 'server_embedding.2.bias' is missing"),
        (_change, "the file was changed after it was written"),
        (_shorten, "has another number of values than its shape"),
        (_external, "is in another file; all must be in the ONNX file"),
        (_doubles, "has type double; it must be float (float32)"),
        (_twice, "occurs twice; it must be unique"),
        (_huge, "has an impossible shape; no network has it"),
    ],
)
def test_changed_onnx(
    graph: Path, tmp_path: Path, change: Callable[[Any], None], said: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        convert_weights(changed_onnx(graph, change), tmp_path / "out.h5")
    assert said in str(refusal.value)
    assert not (tmp_path / "out.h5").exists()


@pytest.mark.parametrize("word", [b"spane.format", b"spane-weights", b"server_embedding.0.weight"])
def test_onnx_texts_that_are_no_utf8(graph: Path, tmp_path: Path, word: bytes) -> None:
    content = graph.read_bytes()
    assert word in content
    graph.write_bytes(content.replace(word, b"\xff" + word[1:]))
    with pytest.raises(Refusal, match=r"has b'\\xff.*' as a text; texts must be UTF-8"):
        convert_weights(graph, tmp_path / "out.h5")


@pytest.mark.parametrize("text", ["[1]", "{", '{"format": 1}'])
def test_changed_description_in_pytorch(
    made: Callable[[str], Path], tmp_path: Path, text: str
) -> None:
    convert_weights(made("spane"), tmp_path / "in.pt")
    with zipfile.ZipFile(tmp_path / "in.pt") as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    assert json.loads(entries["archive/spane.json"])["format"] == "spane-weights"
    entries["archive/spane.json"] = text.encode()
    torch_maker.write_entries(tmp_path / "in.pt", entries)
    with pytest.raises(Refusal, match=r"spane\.json' is damaged; it must be an object of texts"):
        convert_weights(tmp_path / "in.pt", tmp_path / "out.h5")


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_such_file_inside(tmp_path: Path, ending: str) -> None:
    for content in (b"", b"junk", bytes(1000)):
        (tmp_path / f"in{ending}").write_bytes(content)
        with pytest.raises(Refusal):
            convert_weights(tmp_path / f"in{ending}", tmp_path / "out.pt")


def test_another_hdf5_file(tmp_path: Path) -> None:
    trace = REPOSITORY / "data" / "synthetic.h5"
    if not trace.exists():
        pytest.skip("not in a checkout")
    with pytest.raises(Refusal, match="group /parameters is missing; it must be a weights file"):
        convert_weights(trace, tmp_path / "out.pt")


# The command


def test_command(
    made: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = made("mlp"), tmp_path / "out.onnx"
    assert main([str(source), str(target)]) == 0
    assert capsys.readouterr().out == (
        f"spane.convert: wrote {target}: mlp, hidden 32x3, servers 5, 12 tensors, 3331 parameters\n"
    )
    assert main([str(source), str(target)]) == 2
    assert capsys.readouterr().err == (
        f"spane.convert: {target}: output exists already; --force replaces it\n"
    )
    assert main([str(source), str(target), "--force", "--licence", "MIT"]) == 0
    assert weights_at(target).provenance["licence"] == "MIT"


def test_endings(
    made: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = made("mlp")
    known = "it must end in one of .h5, .hdf5, .pt, .pth, .th, .onnx"
    with pytest.raises(OutputRefusal, match=r"file name ends in '\.bin'; it must end in one of"):
        convert_weights(source, tmp_path / "out.bin")
    assert main([str(source), str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        f"spane.convert: {tmp_path / 'out'}: file name ends in ''; {known}\n"
    )
    assert main([str(tmp_path / "missing.h5"), str(tmp_path / "out.pt")]) == 2
    assert capsys.readouterr().err == (
        f"spane.convert: {tmp_path / 'missing.h5'}: No such file or directory\n"
    )


def test_without_onnx(
    made: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    for name in [name for name in sys.modules if name.startswith("spane.convert.onnx._")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r"onnx is not installed; pip install 'spane\[onnx\]'"):
        convert_weights(made("mlp"), tmp_path / "out.onnx")
