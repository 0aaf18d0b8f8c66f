"""How tensors lie in their storages: strides, sharing, bounds, types, values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import h5py
import networks
import numpy as np
import pytest
import torch_maker
from conftest import Command
from torch_maker import Parameter, Tensor, storage

NAME = "server_embedding.2.weight"  # 8 by 8


@pytest.fixture
def state() -> dict[str, Any]:
    return torch_maker.state_dict(networks.spane())


def _stored(command: Command, name: str = NAME) -> Any:
    with h5py.File(command.target) as file:
        return file["parameters"][name][()]


def test_transposed_tensor(command: Command, state: dict[str, Any]) -> None:
    wanted = networks.spane()[NAME]
    state[NAME] = Tensor(storage("t", wanted.T), 0, (8, 8), (1, 8))
    torch_maker.write_torch(command.source, state)
    command.run()
    np.testing.assert_array_equal(_stored(command), wanted)


def test_shared_storage_with_offsets(command: Command, state: dict[str, Any]) -> None:
    values = np.arange(72, dtype=np.float32)
    shared = storage("s", values)
    state[NAME] = Tensor(shared, 8, (8, 8), (8, 1))
    state["server_embedding.2.bias"] = Tensor(shared, 0, (8,), (9,))
    torch_maker.write_torch(command.source, state)
    command.run()
    np.testing.assert_array_equal(_stored(command), values[8:].reshape(8, 8))
    np.testing.assert_array_equal(_stored(command, "server_embedding.2.bias"), values[:72:9])


def test_expanded_tensor(command: Command, state: dict[str, Any]) -> None:
    row = np.arange(8, dtype=np.float32)
    state[NAME] = Tensor(storage("e", row), 0, (8, 8), (0, 1))
    torch_maker.write_torch(command.source, state)
    command.run()
    np.testing.assert_array_equal(_stored(command), np.tile(row, (8, 1)))


def test_the_step_of_a_single_row_does_not_matter(command: Command, state: dict[str, Any]) -> None:
    name = "value_layers.2.weight"
    state[name] = replace(state[name], stride=(2**62, 1))
    torch_maker.write_torch(command.source, state)
    command.run()
    np.testing.assert_array_equal(_stored(command, name), networks.spane()[name])


def test_parameters_are_tensors(command: Command, state: dict[str, Any]) -> None:
    torch_maker.write_torch(command.source, {n: Parameter(t) for n, t in state.items()})
    command.run()
    np.testing.assert_array_equal(_stored(command), networks.spane()[NAME])


@pytest.mark.parametrize(
    ("offset", "stride", "reached"),
    [(1, (8, 1), "64"), (0, (8, 2), "70"), (2**62, (8, 1), str(2**62 + 63)), (0, (9, 1), "70")],
)
def test_out_of_bounds(
    refusal_of: Callable[..., str],
    state: dict[str, Any],
    offset: int,
    stride: tuple[int, ...],
    reached: str,
) -> None:
    state[NAME] = replace(state[NAME], offset=offset, stride=stride)
    assert refusal_of(state) == (
        f"IN.th: tensor '{NAME}' reaches value {reached} of storage '2'; it must stay below 64"
    )


def test_storage_shorter_than_claimed(
    refusal_of: Callable[..., str], state: dict[str, Any]
) -> None:
    state[NAME] = replace(state[NAME], storage=torch_maker.Storage("2", b"\0" * 60, count=64))
    assert refusal_of(state) == ("IN.th: storage '2' has 60 bytes; it must have 256 (64 float32)")


@pytest.mark.parametrize(
    ("offset", "shape", "stride"),
    [(-1, (8, 8), (8, 1)), (0, (8, -8), (8, 1)), (0, (8, 8), (-8, 1)), (0, (8, 8), (8,))],
)
def test_ill_formed_description(
    refusal_of: Callable[..., str],
    state: dict[str, Any],
    offset: int,
    shape: tuple[int, ...],
    stride: tuple[int, ...],
) -> None:
    state[NAME] = Tensor(state[NAME].storage, offset, shape, stride)
    assert refusal_of(state) == (
        "IN.th: tensor has a malformed description; it must be a storage, an offset, "
        "and a size and a stride of the same length, none negative"
    )


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [("Double", "float64"), ("Half", "float16"), ("BFloat16", "bfloat16"), ("Long", "int64")],
)
def test_other_types(
    refusal_of: Callable[..., str], state: dict[str, Any], kind: str, dtype: str
) -> None:
    state[NAME] = replace(state[NAME], storage=replace(state[NAME].storage, kind=kind))
    assert refusal_of(state) == (
        f"IN.th: tensor '{NAME}' has dtype {dtype}; it must be float32 "
        "(save model.float().state_dict())"
    )


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_values_that_are_not_finite(refusal_of: Callable[..., str], value: str) -> None:
    arrays = networks.spane()
    arrays[NAME][3, 5] = float(value)
    assert refusal_of(torch_maker.state_dict(arrays)) == (
        f"IN.th: tensor '{NAME}' has {value} at [3, 5]; it must be finite"
    )


def test_huge_total(refusal_of: Callable[..., str], state: dict[str, Any]) -> None:
    state[NAME] = replace(state[NAME], shape=(2**20, 2**20), stride=(0, 0))
    assert refusal_of(state) == (
        "IN.th: tensors have 4398046513132 bytes in all; at most 268435456 (256 MiB) are allowed"
    )
