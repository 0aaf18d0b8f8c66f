"""HDF5 files as libspane writes and reads them: everything but the values has a checksum."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from spane._extras import missing
from spane._replacing import replacement

try:
    import h5py
except ModuleNotFoundError as error:
    raise missing(error) from error

# A file with nothing in it whose root group keeps all links and attributes in its header. HDF5
# puts more than eight of them into a heap, which has no checksum. h5py cannot forbid that, but it
# can go on from a file that does.
_EMPTY = bytes.fromhex(
    "894844460d0a1a0a030808000000000000000000ffffffffffffffffbb000000000000003000000000000000ab89"
    "bb834f4844520210ffff00007c021200000000ffffffffffffffffffffffffffffffff0a0600010001ffff000000"
    "58" + "00" * 90 + "c6eacfbf"
)


def open_file(path: Path) -> Any:
    """An `h5py.File` to read from."""
    return h5py.File(path, locking=False)


def write_file(path: Path, content: Callable[[Any], None]) -> None:
    """Write what `content` puts into an `h5py.File`.

    A neighbour is written first and then renamed, so `path` never holds half a file.
    """
    with replacement(path) as temporary:
        temporary.write_bytes(_EMPTY)
        with h5py.File(temporary, "r+", libver=("v110", "v110"), locking=False) as file:
            content(file)


def is_group(item: Any) -> bool:
    """Whether this is a group, and not a dataset."""
    return isinstance(item, h5py.Group)


def put_group(file: Any, name: str) -> Any:
    """Make a group like the root group."""
    like_root = h5py.h5g.open(file.id, b"/").get_create_plist()
    return h5py.Group(h5py.h5g.create(file.id, name.encode(), gcpl=like_root))


def put_text(target: Any, name: str, value: str) -> None:
    """Write an attribute of fixed length: strings of variable length lie in a heap."""
    text = value.encode()
    target.attrs.create(name, text, dtype=h5py.string_dtype("utf-8", max(1, len(text))))
