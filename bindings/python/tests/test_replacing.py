"""Files that are replaced in one step, and what is no file to replace."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from spane._replacing import replacement, write_bytes


def test_links_modes_and_names(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    link.symlink_to("target")
    # A link to nothing yet.
    write_bytes(link, b"one")
    target.chmod(0o640)
    write_bytes(link, b"two")
    assert target.read_bytes() == b"two"
    assert link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "target"]


def test_a_failure_leaves_the_earlier_file(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"precious")
    with pytest.raises(ValueError), replacement(target) as temporary:
        temporary.write_bytes(b"half")
        raise ValueError
    assert target.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [target]


def test_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    # Open for both, so that nobody waits.
    reader = os.open(pipe, os.O_RDWR)
    try:
        write_bytes(pipe, b"text")
        assert os.read(reader, 100) == b"text"
        match = "is not a regular file; it cannot be replaced"
        with pytest.raises(OSError, match=match), replacement(pipe):
            pass
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    with pytest.raises(IsADirectoryError):
        write_bytes(tmp_path, b"text")


@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_standard_output(name: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write_bytes(Path(name), b"text")
    assert capfdbinary.readouterr().out == b"text"
