"""Pickles that are hostile, odd or wrapped. Nothing a file names may ever run."""

from __future__ import annotations

import collections
import io
import os
import pickle
import pickletools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networks
import pytest
import torch_maker
from conftest import Command

from spane.convert._refusal import Refusal
from spane.convert.torch import _pickle as _torch_pickle
from spane.convert.torch._pickle import read_pickle

TORCH_TENSOR = b"ctorch._utils\n_rebuild_tensor_v2\n"


class _Hostile:
    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


def test_command_is_refused_and_not_run(refusal_of: Callable[..., str], tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    state = torch_maker.state_dict(networks.spane())
    state["extra"] = _Hostile(os.system, f"touch {witness}")
    assert refusal_of(state) == (
        f"IN.th: pickle names '{os.system.__module__}.system'; only tensors are allowed "
        "(save model.state_dict(), not the model)"
    )
    assert not witness.exists()


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("function", [eval, exec, os.open, collections.Counter])
def test_no_other_name_at_any_protocol(command: Command, protocol: int, function: Any) -> None:
    data = pickle.dumps(_Hostile(function, "1"), protocol)
    torch_maker.write_entries(command.source, {"a/data.pkl": data})
    said = command.refused()
    module = function.__module__
    if protocol < 3 and module == "builtins":
        module = "__builtin__"
    assert said == (
        f"IN.th: pickle names '{module}.{function.__qualname__}'; only tensors are allowed "
        "(save model.state_dict(), not the model)"
    )


@pytest.mark.parametrize(
    "name", ["torch.storage.FloatStorage", "torch.FloatStorage2", "torch.Storage", "torch._utils"]
)
def test_names_close_to_allowed_ones(name: str) -> None:
    module, _, last = name.rpartition(".")
    with pytest.raises(Refusal, match="only tensors are allowed"):
        read_pickle(f"c{module}\n{last}\n.".encode())


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_every_protocol_of_a_state_dict(command: Command, protocol: int) -> None:
    torch_maker.write_torch(command.source, torch_maker.state_dict(networks.spane()), protocol)
    command.run()


@pytest.mark.parametrize("name", ["state_dict", "model_state_dict", "model"])
def test_checkpoint(command: Command, name: str) -> None:
    state = torch_maker.state_dict(networks.spane())
    optimiser = {"state": {0: {"step": 3, "lr": 0.01}}, "groups": [[1, 2], [], None, True]}
    torch_maker.write_torch(command.source, {"epoch": 7, name: state, "optimizer": optimiser})
    command.run()


def test_two_state_dicts(refusal_of: Callable[..., str]) -> None:
    state = torch_maker.state_dict(networks.spane())
    assert refusal_of({"state_dict": state, "model": state}) == (
        "IN.th: dictionary holds no tensors and 2 state_dicts; it must hold tensors or exactly one "
        "state_dict named one of 'state_dict', 'model_state_dict', 'model'"
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([1], "file holds a list; it must hold a state_dict"),
        (None, "file holds None; it must hold a state_dict"),
        ({(1, 2): 3}, "dictionary key is a tuple; it must be text or an integer"),
        ({"model": {}, "state_dict": 5}, "tensor names fit no network; they must be "),
        ({"model": {5: 1}}, "state_dict has key 5; it must be text"),
        ({"model": {"lr": 0.5}}, "state_dict entry 'lr' is 0.5; it must be a tensor"),
    ],
)
def test_not_a_state_dict(refusal_of: Callable[..., str], value: Any, said: str) -> None:
    assert refusal_of(value).startswith(f"IN.th: {said}")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "pickle is damaged or truncated"),
        (b"\x80\x02}", "pickle is damaged or truncated"),
        (b"\xff.", "pickle is damaged or truncated"),
        (b".", "damaged or truncated"),
        (b"(.", "damaged or truncated"),
        (b"t.", "damaged or truncated"),
        (b"h\x05.", "damaged or truncated"),
        (b"K\x01K\x01K\x01s.", "not a dict"),
        (b"K\x01K\x01a.", "damaged or truncated"),
        (b"K\x01K\x01b.", "not a dict"),
        (b"(K\x01e.", "damaged or truncated"),
        (b"}(K\x01u.", "key without a value"),
        (b"K\x01K\x02\x93.", "damaged or truncated"),
        (b"K\x01Q.", "not a storage"),
        (b"K\x01)R.", "damaged or truncated"),
        (TORCH_TENSOR + b"K\x01R.", "damaged or truncated"),
        (b"ctorch\nFloatStorage\n)R.", "calls torch.FloatStorage with"),
        (TORCH_TENSOR + b")R.", "calls torch._utils._rebuild_tensor_v2 with"),
        (b"ccollections\nOrderedDict\nK\x01\x85R.", "calls collections.OrderedDict with"),
        (b"ccollections\nOrderedDict\n}b.", "not a dict"),
        (b"\x82\x01.", "opcode EXT1"),
        (b"(ios\nsystem\n.", "opcode INST"),
        (b"\x96\xff\xff\xff\xff\xff\xff\xff\x7f.", "opcode BYTEARRAY8"),
        (b"X\xff\xff\xff\xff.", "damaged or truncated"),
        (b"\x95\xff\xff\xff\xff\xff\xff\xff\x7f.", "damaged or truncated"),
    ],
)
def test_ill_formed(data: bytes, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        read_pickle(data)


def test_a_huge_memo_index_costs_nothing() -> None:
    assert read_pickle(b"Nr\xff\xff\xff\x7f.") is None


def test_keys_are_never_hashed_in_exponential_time() -> None:
    """60 tuples, each of which holds the one before it twice."""
    data = b")" + b"q\x00h\x00\x86" * 60
    with pytest.raises(Refusal, match="dictionary key is a tuple"):
        read_pickle(b"}" + data + b"Ns.")


def test_keys_are_never_hashed_recursively() -> None:
    """300,000 tuples, each inside the next: to hash them would overflow the stack."""
    with pytest.raises(Refusal, match="dictionary key is a tuple"):
        read_pickle(b"})" + b"\x85" * 300_000 + b"Ns.")


def test_every_other_opcode_is_refused() -> None:
    """Whatever stands before it."""
    plain = pickle.dumps({"a": [1, (2.5, None), True]}, 4)[:-1]
    allowed = set(_torch_pickle._ALLOWED)
    assert not allowed & {"INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "EXT1", "EXT2", "EXT4", "PERSID"}
    for opcode in pickletools.opcodes:
        if opcode.name not in allowed:
            with pytest.raises(Refusal, match=f"opcode {opcode.name};"):
                read_pickle(plain + opcode.code.encode("latin-1") + b"0" * 20 + b"\n.")


def test_a_pickle_leaves_nothing_behind() -> None:
    """BUILD sets attributes of dictionaries only, and even of them none."""
    name = b"ctorch\nFloatStorage\n"
    for target in (name, b")", b"]", b"X\x01\x00\x00\x00a"):
        with pytest.raises(Refusal, match="not a dict"):
            read_pickle(target + b"}X\x01\x00\x00\x00aK\x01sb.")
    assert read_pickle(b"}}X\x01\x00\x00\x00aK\x01sb.") == {}
    # The general unpickler is as it was.
    data = pickle.dumps(collections.Counter("aab"))
    assert pickle._Unpickler(io.BytesIO(data)).load() == {"a": 2, "b": 1}
