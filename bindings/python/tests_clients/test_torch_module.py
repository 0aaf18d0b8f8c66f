"""PyTorch reads what `spane.convert` writes, and its modules compute what the library does. Run by
scripts/test-python-clients.sh."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
import weights_files

import spane
from spane.convert import convert_weights
from spane.convert._convert import weights_at
from spane.convert.torch import module


@pytest.mark.parametrize("kind", weights_files.KINDS)
def test_state_dict(kind: str, tmp_path: Path) -> None:
    weights = weights_files.make(tmp_path, kind)
    convert_weights(weights, tmp_path / "out.pt")
    state = torch.load(tmp_path / "out.pt", weights_only=True)
    network = module(weights)
    wanted = weights_at(weights).parameters
    assert list(state) == list(wanted) == list(network.state_dict())
    network.load_state_dict(state)
    for name, values in wanted.items():
        assert state[name].numpy().tobytes() == values.tobytes()
        assert network.state_dict()[name].numpy().tobytes() == values.tobytes()


def test_there_and_back_through_pytorch(tmp_path: Path) -> None:
    """As PyTorch itself saves it, a file has the same parameters, and needs the options again."""
    weights = weights_files.make(tmp_path, "spane-deep")
    torch.save(module(weights).state_dict(), tmp_path / "saved.pth")
    options = weights_files.OPTIONS["spane-deep"]
    convert_weights(tmp_path / "saved.pth", tmp_path / "back.h5", options)
    before, after = weights_at(weights), weights_at(tmp_path / "back.h5")
    assert (before.architecture, before.normalisation) == (after.architecture, after.normalisation)
    assert before.parameters_hash() == after.parameters_hash()


@pytest.mark.parametrize("kind", weights_files.KINDS)
def test_values(kind: str, tmp_path: Path) -> None:
    weights = weights_files.make(tmp_path, kind)
    model, network = spane.Model(weights), module(weights)
    for options in weights_files.settings(kind):
        states = weights_files.States(model, 60, **options)
        observation, mask, capacity = (
            torch.from_numpy(values)
            for values in (states.observation, states.mask, weights_files.capacity(options))
        )
        with torch.no_grad():
            q = network(observation, mask, capacity)
            action = network.action(observation, mask, capacity).numpy()
        assert (q.dtype, q.shape) == (torch.float32, mask.shape)
        error = weights_files.largest_error(q.numpy(), states, model)
        print(f"{kind}: {options}: largest error {error:.1e}")
        assert error < weights_files.LARGEST[model.info.kind], options
        loss = weights_files.largest_loss(action, states, model)
        assert loss < 2 * weights_files.LARGEST[model.info.kind], options


def test_training(tmp_path: Path) -> None:
    """Gradients reach all parameters; what is trained can be saved for the library."""
    weights = weights_files.make(tmp_path, "spane")
    network = module(weights)
    untrained = copy.deepcopy(network.state_dict())
    states = weights_files.States(spane.Model(weights), 40, servers=5)
    optimiser = torch.optim.Adam(network.parameters(), 1e-3)
    loss = network(torch.from_numpy(states.observation)).square().mean()
    loss.backward()
    assert all(parameter.grad is not None for parameter in network.parameters())
    optimiser.step()
    torch.save(network.state_dict(), tmp_path / "trained.pt")
    convert_weights(tmp_path / "trained.pt", tmp_path / "trained.h5")
    trained = spane.Model(tmp_path / "trained.h5")
    environment = spane.Environment(spane.Trace.generate(1000, seed=3))
    environment.reset(0, length=10)
    q = spane.EnvironmentSession(environment, trained).q_values()
    row = torch.from_numpy(environment.observation()[None])
    np.testing.assert_allclose(q, network(row)[0].detach().numpy(), rtol=1e-4)
    network.load_state_dict(untrained)
    assert not np.allclose(q, network(row)[0].detach().numpy(), rtol=1e-4)


def test_what_a_network_needs(tmp_path: Path) -> None:
    observation = torch.zeros(2, 11)
    afterstate = module(weights_files.make(tmp_path, "afterstate"))
    with pytest.raises(ValueError, match="mask is None; this network needs it: afterstate, "):
        afterstate(observation)
    potential = module(weights_files.make(tmp_path, "potential-own"))
    with pytest.raises(ValueError, match="capacity is None; this network needs it: potential, "):
        potential(observation)
    assert "units own-node" in repr(potential)
