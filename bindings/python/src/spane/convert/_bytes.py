"""The bytes of a file, up to a limit."""

from __future__ import annotations

from pathlib import Path

from spane.convert._refusal import Refusal

# Real files are a few kilobytes; the limit only stops hostile or wrong ones.
MEBIBYTE = 1 << 20
LARGEST_FILE = 256 * MEBIBYTE


def read_bytes(path: Path) -> bytes:
    """The bytes of a file; of a huge one, too many for `check_size`."""
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def check_size(data: bytes) -> None:
    """Refuses a huge file."""
    if len(data) > LARGEST_FILE:
        raise Refusal(
            f"file has more than {LARGEST_FILE} bytes; "
            f"at most {LARGEST_FILE} ({LARGEST_FILE // MEBIBYTE} MiB) are allowed"
        )
