"""The published models, against the golden copies of their weights."""

from __future__ import annotations

import hashlib
from pathlib import Path

import h5py
import networks
import numpy as np
import pytest
import torch_maker
from conftest import Command

NAMES = [
    "MLPAUG-NfJxi_1000",
    "MLPDQN-WWQEX_1750",
    "SPANE-44r8Q_3000",
    "SPANE-FFb8o_2500",
    "SPANE-ZHrai_2000",
]


@pytest.mark.parametrize("name", NAMES)
def test_weights_equal_the_golden_ones(reference: Path, command: Command, name: str) -> None:
    command.source = reference / "published" / "models" / f"{name}.th"
    command.run("--licence", "MIT", "--note", "größe")
    with (
        h5py.File(reference / "golden" / "q_values.h5") as golden,
        h5py.File(command.target) as file,
    ):
        wanted = golden["published_weights"][name.split("_")[0]]
        assert set(file["parameters"]) == set(wanted)
        for tensor in wanted:
            assert file["parameters"][tensor].dtype == np.dtype("<f4")
            np.testing.assert_array_equal(file["parameters"][tensor][()], wanted[tensor][()])
        assert networks.attributes(file["provenance"]) == {
            "tool": "spane.convert.torch",
            "source": f"{name}.th",
            "source_sha256": hashlib.sha256(command.source.read_bytes()).hexdigest(),
            "licence": "MIT",
            "note": "größe",
        }


def test_golden_random_networks_are_recognised(reference: Path, command: Command) -> None:
    with h5py.File(reference / "golden" / "q_values.h5") as golden:
        for name, network in golden["random"].items():
            arrays = {tensor: values[()] for tensor, values in network["weights"].items()}
            torch_maker.write_torch(command.source, torch_maker.state_dict(arrays))
            if name.startswith("mlp"):
                command.run("--force")
                wanted = {
                    "hidden_width": network.attrs["width"],
                    "hidden_layers": network.attrs["layers"],
                }
            else:
                command.run("--force", "--aggregators", network.attrs["aggregators"])
                wanted = {"aggregators": network.attrs["aggregators"]}
                for part in ("server", "value", "advantage"):
                    width, depth = network.attrs[part]
                    wanted.update({f"{part}_width": width, f"{part}_depth": depth})
            with h5py.File(command.target) as file:
                stored = networks.attributes(file)
                assert {key: stored[key] for key in wanted} == wanted
