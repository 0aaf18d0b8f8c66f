"""What a weights file says, attribute by attribute."""

from __future__ import annotations

import hashlib

import h5py
import networks
import numpy as np
import pytest
import torch_maker
from conftest import Command


def test_spane_file(command: Command) -> None:
    arrays = networks.spane((16, 2), (4, 3), (32, 1), aggregators=2)
    torch_maker.write_torch(command.source, torch_maker.state_dict(arrays))
    line = command.run("--aggregators", "std,mean", "--cpu", "20", "--mem", "45.5")
    assert line == (
        f"spane.convert.torch: wrote {command.target}: spane, aggregators std,mean, "
        "server 16x2, value 4x3, advantage 32x1, 18 tensors, 2543 parameters"
    )
    with h5py.File(command.target) as file:
        assert networks.attributes(file) == {
            "format": "spane-weights",
            "format_version": 1,
            "architecture": "spane",
            "parameters_sha256": _hash(arrays),
            "normalisation_cpu": 20.0,
            "normalisation_mem": 45.5,
            "aggregators": "std,mean",
            "server_width": 16,
            "server_depth": 2,
            "value_width": 4,
            "value_depth": 3,
            "advantage_width": 32,
            "advantage_depth": 1,
        }
        assert set(file) == {"parameters", "provenance"}
        _check_parameters(file, arrays)


def test_mlp_file(command: Command) -> None:
    arrays = networks.mlp(width=6, layers=3, servers=4)
    torch_maker.write_torch(command.source, torch_maker.state_dict(arrays))
    line = command.run()
    assert line == (
        f"spane.convert.torch: wrote {command.target}: mlp, hidden 6x3, servers 4, "
        "12 tensors, 341 parameters"
    )
    with h5py.File(command.target) as file:
        assert networks.attributes(file) == {
            "format": "spane-weights",
            "format_version": 1,
            "architecture": "mlp",
            "parameters_sha256": _hash(arrays),
            "normalisation_cpu": 40.0,
            "normalisation_mem": 90.0,
            "hidden_width": 6,
            "hidden_layers": 3,
            "servers": 4,
        }
        _check_parameters(file, arrays)


def test_provenance_defaults(command: Command) -> None:
    torch_maker.write_torch(command.source, torch_maker.state_dict(networks.spane()))
    command.run()
    with h5py.File(command.target) as file:
        assert networks.attributes(file["provenance"]) == {
            "tool": "spane.convert.torch",
            "source": "IN.th",
            "source_sha256": hashlib.sha256(command.source.read_bytes()).hexdigest(),
            "licence": "unknown",
            "note": "",
        }


@pytest.mark.parametrize(
    ("name", "kind"),
    [("format_version", "<i8"), ("server_width", "<i8"), ("normalisation_cpu", "<f8")],
)
def test_stored_types(command: Command, name: str, kind: str) -> None:
    torch_maker.write_torch(command.source, torch_maker.state_dict(networks.spane()))
    command.run()
    with h5py.File(command.target) as file:
        attribute = file.attrs.get_id(name)
        assert (attribute.dtype, attribute.shape) == (np.dtype(kind), ())
        text = h5py.check_string_dtype(file.attrs.get_id("format").dtype)
        assert text.encoding == "utf-8"
        # A string of variable length would lie in a heap, which has no checksums.
        assert text.length == len("spane-weights")


def test_everything_has_a_checksum(command: Command) -> None:
    arrays = networks.spane((16, 2), (4, 3), (32, 1), aggregators=2)
    torch_maker.write_torch(command.source, torch_maker.state_dict(arrays))
    command.run("--aggregators", "std,mean")
    assert command.target.read_bytes()[8] >= 2
    with h5py.File(command.target) as file:
        for name in ("/", "parameters", "provenance"):
            information = h5py.h5o.get_info(file[name].id)
            assert information.hdr.version == 2
            assert information.meta_size.obj.heap_size == 0
            assert information.meta_size.attr.heap_size == 0


def test_the_same_input_gives_the_same_bytes(command: Command) -> None:
    torch_maker.write_torch(command.source, torch_maker.state_dict(networks.spane()))
    command.run()
    first = command.target.read_bytes()
    command.run("--force")
    assert command.target.read_bytes() == first


def _hash(arrays: networks.Arrays) -> str:
    """These networks list their tensors in the order in which they are hashed."""
    return hashlib.sha256(
        b"".join(values.astype("<f4").tobytes() for values in arrays.values())
    ).hexdigest()


def _check_parameters(file: h5py.File, arrays: networks.Arrays) -> None:
    assert set(file["parameters"]) == set(arrays)
    for name, values in arrays.items():
        stored = file["parameters"][name]
        assert stored.dtype == np.dtype("<f4")
        np.testing.assert_array_equal(stored[()], values)
