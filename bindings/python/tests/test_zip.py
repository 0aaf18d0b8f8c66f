"""Containers that are not a whole, plain, little-endian PyTorch zip."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Callable

import networks
import pytest
import torch_maker
from conftest import Command

from spane.convert._bytes import LARGEST_FILE
from spane.convert._infer import Unseen, infer
from spane.convert._refusal import Refusal
from spane.convert.torch._file import TorchFile


@pytest.fixture
def entries() -> dict[str, bytes]:
    return torch_maker.entries(torch_maker.state_dict(networks.spane()))


@pytest.fixture
def refusal_of_entries(command: Command) -> Callable[[dict[str, bytes]], str]:
    def refused(entries: dict[str, bytes]) -> str:
        torch_maker.write_entries(command.source, entries)
        return command.refused()

    return refused


Refused = Callable[[dict[str, bytes]], str]


def test_old_format(command: Command) -> None:
    command.source.write_bytes(b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.")
    assert command.refused() == (
        "IN.th: file is in the old PyTorch format (a bare pickle); it must be the zip format: load "
        "it with PyTorch 1.6 or later and save it again with torch.save(state_dict, path)"
    )


@pytest.mark.parametrize(
    ("data", "start"), [(b"", "none"), (b"hello", "68656c6c"), (b"PK", "504b")]
)
def test_not_a_zip(command: Command, data: bytes, start: str) -> None:
    command.source.write_bytes(data)
    assert command.refused() == (
        f"IN.th: file starts with bytes {start}; it must be a zip from torch.save"
    )


def test_truncated(command: Command, entries: dict[str, bytes]) -> None:
    torch_maker.write_entries(command.source, entries)
    command.source.write_bytes(command.source.read_bytes()[:-100])
    assert command.refused() == "IN.th: zip is damaged or truncated; it must be complete"


def test_flipped_bit(command: Command) -> None:
    arrays = networks.spane()
    torch_maker.write_torch(command.source, torch_maker.state_dict(arrays))
    data = bytearray(command.source.read_bytes())
    data[data.index(arrays["server_embedding.0.weight"].tobytes())] ^= 1
    command.source.write_bytes(data)
    assert command.refused() == (
        "IN.th: zip entry 'archive/data/0' is damaged; it must be readable"
    )


def test_no_pickle(refusal_of_entries: Refused) -> None:
    assert refusal_of_entries({"a/version": b"3"}) == (
        "IN.th: zip has 0 entries NAME/data.pkl; it must have exactly one"
    )


def test_two_pickles(refusal_of_entries: Refused, entries: dict[str, bytes]) -> None:
    assert refusal_of_entries({**entries, "other/data.pkl": b"."}) == (
        "IN.th: zip has 2 entries NAME/data.pkl; it must have exactly one"
    )


def test_missing_storage(refusal_of_entries: Refused, entries: dict[str, bytes]) -> None:
    del entries["archive/data/3"]
    assert refusal_of_entries(entries) == (
        "IN.th: zip entry 'archive/data/3' is missing; the file is not complete"
    )


@pytest.mark.parametrize("order", ["big", "middle"])
def test_other_byte_order(
    refusal_of_entries: Refused, entries: dict[str, bytes], order: str
) -> None:
    entries["archive/byteorder"] = order.encode()
    assert refusal_of_entries(entries) == f"IN.th: byteorder is '{order}'; it must be 'little'"


def test_little_byte_order(command: Command, entries: dict[str, bytes]) -> None:
    entries["archive/byteorder"] = b"little"
    torch_maker.write_entries(command.source, entries)
    command.run()


def test_doubled_entry(command: Command, entries: dict[str, bytes]) -> None:
    torch_maker.write_entries(command.source, entries)
    with (
        zipfile.ZipFile(command.source, "a") as archive,
        pytest.warns(UserWarning, match="Duplicate"),
    ):
        archive.writestr("archive/data/3", b"")
    assert command.refused() == (
        "IN.th: zip entry 'archive/data/3' occurs twice; it must be unique"
    )


@pytest.mark.parametrize(
    ("name", "size", "largest"),
    [
        ("archive/data/0", 256 * 2**20 + 1, "268435456 (256 MiB)"),
        ("archive/data.pkl", 16 * 2**20 + 1, "16777216 (16 MiB)"),
    ],
)
def test_huge_entry_is_refused_by_its_claim(
    command: Command, entries: dict[str, bytes], name: str, size: int, largest: str
) -> None:
    with zipfile.ZipFile(command.source, "w") as archive:
        for entry, data in entries.items():
            archive.writestr(entry, data)
        # Only the directory at the end of the zip claims it, and that comes first.
        archive.getinfo(name).file_size = size
    assert command.refused() == (
        f"IN.th: zip entry '{name}' has {size} bytes; at most {largest} are allowed"
    )


def test_compressed(command: Command, entries: dict[str, bytes]) -> None:
    with zipfile.ZipFile(command.source, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    assert command.refused() == (
        "IN.th: zip entry 'archive/data.pkl' is compressed or encrypted; it must be stored"
    )


def test_every_truncation_is_refused(entries: dict[str, bytes]) -> None:
    data = _bytes(entries)
    for length in range(0, len(data) - 1, 7):
        with pytest.raises(Refusal):
            TorchFile(data[:length])


def test_damage_anywhere_is_refused_or_harmless(entries: dict[str, bytes]) -> None:
    whole = _bytes(entries)
    for position in range(len(whole)):
        data = bytearray(whole)
        data[position] ^= 0x55
        _read_or_refuse(bytes(data))


def test_damage_in_the_pickle_is_refused_or_harmless(entries: dict[str, bytes]) -> None:
    pickled = entries["archive/data.pkl"]
    for position in range(len(pickled)):
        for flip in (0x01, 0x80, 0xFF):
            data = bytearray(pickled)
            data[position] ^= flip
            _read_or_refuse(_bytes({**entries, "archive/data.pkl": bytes(data)}))


def _read_or_refuse(data: bytes) -> None:
    """Everything up to the writing; any error but a refusal fails the test."""
    with contextlib.suppress(Refusal):
        file = TorchFile(data)
        infer({name: tensor.shape for name, tensor in file.tensors.items()}, Unseen())
        for name in file.tensors:
            file.array(name)


def _bytes(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_huge_file() -> None:
    with pytest.raises(Refusal, match=r"at most 268435456 \(256 MiB\) are allowed"):
        TorchFile(bytes(LARGEST_FILE + 1))
