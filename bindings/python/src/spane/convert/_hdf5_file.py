"""HDF5 files as libspane reads and writes them: all metadata has checksums."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spane._extras import missing
from spane._replacing import replacement

try:
    import h5py
except ModuleNotFoundError as error:
    raise missing(error) from error

# An empty file whose root group stores all links and attributes in its header. By default, HDF5
# moves more than eight of them to a heap, which has no checksum. h5py cannot turn that off, but it
# keeps the setting of an existing file.
_EMPTY = bytes.fromhex(
    "894844460d0a1a0a030808000000000000000000ffffffffffffffffbb000000000000003000000000000000ab89"
    "bb834f4844520210ffff00007c021200000000ffffffffffffffffffffffffffffffff0a0600010001ffff000000"
    "58" + "00" * 90 + "c6eacfbf"
)


def open_file(path: Path) -> Any:
    """Opens an `h5py.File` for reading."""
    return h5py.File(path, locking=False)


def open_bytes(data: bytes) -> Any:
    """Opens the bytes of a file as an `h5py.File` for reading."""
    return h5py.File(io.BytesIO(data), "r")


def write_file(path: Path, content: Callable[[Any], None]) -> None:
    """Writes what `content` puts into an `h5py.File`, atomically: `path` never holds a partial
    file."""
    with replacement(path) as temporary:
        temporary.write_bytes(_EMPTY)
        with h5py.File(temporary, "r+", libver=("v110", "v110"), locking=False) as file:
            content(file)


def is_group(item: Any) -> bool:
    """Whether this is a group rather than a dataset."""
    return isinstance(item, h5py.Group)


def put_group(file: Any, name: str) -> Any:
    """Creates a group with the same storage settings as the root group."""
    like_root = h5py.h5g.open(file.id, b"/").get_create_plist()
    return h5py.Group(h5py.h5g.create(file.id, name.encode(), gcpl=like_root))


def put_text(target: Any, name: str, value: str) -> None:
    """Writes a fixed-length string attribute: variable-length strings are stored in a heap."""
    text = value.encode()
    target.attrs.create(name, text, dtype=h5py.string_dtype("utf-8", max(1, len(text))))
