"""Names and shapes that are not exactly those of a network."""

from __future__ import annotations

from collections.abc import Callable

import networks
import numpy as np
import pytest
import torch_maker


@pytest.mark.parametrize("name", list(networks.spane()))
def test_missing_spane_tensor(refusal_of: Callable[..., str], name: str) -> None:
    arrays = networks.spane()
    del arrays[name]
    assert refusal_of(torch_maker.state_dict(arrays)) == (
        f"IN.th: tensor '{name}' is missing; this network needs it"
    )


@pytest.mark.parametrize("name", list(networks.mlp()))
def test_missing_mlp_tensor(refusal_of: Callable[..., str], name: str) -> None:
    arrays = networks.mlp()
    del arrays[name]
    assert refusal_of(torch_maker.state_dict(arrays)) == (
        f"IN.th: tensor '{name}' is missing; this network needs it"
    )


@pytest.mark.parametrize(
    "name",
    [
        "extra",
        "server_embedding.1.weight",
        "server_embedding.02.weight",
        "value_layers.0.weight_v",
        "adv_layers.0.weight\nx",
    ],
)
def test_extra_tensor(refusal_of: Callable[..., str], name: str) -> None:
    arrays = {**networks.spane(), name: np.zeros(8, np.float32)}
    assert refusal_of(torch_maker.state_dict(arrays)) == (
        f"IN.th: tensor {name!r} is not part of this network; remove it"
    )


def test_a_lone_far_layer_tells_the_first_gap(refusal_of: Callable[..., str]) -> None:
    arrays = {**networks.spane(), "value_layers.900000.bias": np.zeros(8, np.float32)}
    assert refusal_of(torch_maker.state_dict(arrays)) == (
        "IN.th: tensor 'value_layers.4.weight' is missing; this network needs it"
    )


@pytest.mark.parametrize("name", list(networks.spane((8, 2), (4, 3), (16, 2))))
def test_wrong_spane_shape(refusal_of: Callable[..., str], name: str) -> None:
    arrays = networks.spane((8, 2), (4, 3), (16, 2))
    arrays[name] = np.zeros((*arrays[name].shape, 2), np.float32)
    said = refusal_of(torch_maker.state_dict(arrays))
    assert said.startswith(f"IN.th: tensor '{name}' has shape (")
    assert ", 2); it must be (" in said


@pytest.mark.parametrize("name", list(networks.mlp(layers=3)))
def test_wrong_mlp_shape(refusal_of: Callable[..., str], name: str) -> None:
    arrays = networks.mlp(layers=3)
    arrays[name] = np.zeros((*arrays[name].shape, 2), np.float32)
    said = refusal_of(torch_maker.state_dict(arrays))
    assert said.startswith(f"IN.th: tensor '{name}' has shape (")
    assert ", 2); it must be (" in said


@pytest.mark.parametrize(
    ("name", "shape", "wanted"),
    [
        ("server_embedding.0.weight", (8, 5), "(8, 4)"),
        ("server_embedding.2.bias", (7,), "(8)"),
        ("value_layers.0.weight", (8, 12), "(8, 11)"),
        ("value_layers.2.weight", (2, 8), "(1, 8)"),
        ("adv_layers.2.weight", (16, 2), "(2, 16)"),
        ("adv_layers.0.weight", (0, 19), "(outputs, inputs)"),
    ],
)
def test_shapes_must_chain(
    refusal_of: Callable[..., str], name: str, shape: tuple[int, ...], wanted: str
) -> None:
    arrays = {**networks.spane(), name: np.zeros(shape, np.float32)}
    text = "(" + ", ".join(map(str, shape)) + ")"
    assert refusal_of(torch_maker.state_dict(arrays)) == (
        f"IN.th: tensor '{name}' has shape {text}; it must be {wanted}"
    )


def test_odd_number_of_actions(refusal_of: Callable[..., str]) -> None:
    arrays = {**networks.mlp(), "adv.weight": np.zeros((9, 9), np.float32)}
    assert refusal_of(torch_maker.state_dict(arrays)) == (
        "IN.th: tensor 'adv.weight' has 9 outputs; it must have an even number, 2 a server"
    )


def test_no_network(refusal_of: Callable[..., str]) -> None:
    arrays = {"layer.weight": np.zeros((2, 2), np.float32)}
    assert refusal_of(torch_maker.state_dict(arrays)) == (
        "IN.th: tensor names fit no network; they must be those of one: spane server_embedding, "
        "value_layers, adv_layers; mlp fc, value, adv; potential potential"
    )


def test_several_networks(refusal_of: Callable[..., str]) -> None:
    said = refusal_of(torch_maker.state_dict({**networks.spane(), **networks.mlp()}))
    assert said.startswith("IN.th: tensor names fit several networks; they must be ")


@pytest.mark.parametrize(
    ("count", "given", "number"), [(3, "mean", 1), (1, "mean,max", 2), (2, "mean,max,std", 3)]
)
def test_wrong_aggregator_count(
    refusal_of: Callable[..., str], count: int, given: str, number: int
) -> None:
    state = torch_maker.state_dict(networks.spane(aggregators=count))
    assert refusal_of(state, "--aggregators", given) == (
        f"IN.th: aggregators are {given} ({number}), but the tensor shapes need {count}: "
        "set --aggregators in the order in which the network concatenates them"
    )


def test_inputs_of_no_aggregator_count(refusal_of: Callable[..., str]) -> None:
    arrays = {**networks.spane(), "adv_layers.0.weight": np.zeros((16, 20), np.float32)}
    assert refusal_of(torch_maker.state_dict(arrays)) == (
        "IN.th: tensor 'adv_layers.0.weight' has 20 inputs; it must have one of 19, 27, 35 "
        "(1, 2 or 3 aggregators of width 8)"
    )


def test_aggregators_for_mlp(refusal_of: Callable[..., str]) -> None:
    state = torch_maker.state_dict(networks.mlp())
    assert refusal_of(state, "--aggregators", "mean") == (
        "IN.th: aggregators are mean; an mlp network has none"
    )
