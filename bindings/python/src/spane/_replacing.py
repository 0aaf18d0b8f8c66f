"""Atomic replacement of files."""

from __future__ import annotations

import errno
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacement(path: Path) -> Iterator[Path]:
    """A temporary file in the same folder that replaces `path` when the block succeeds.

    A symbolic link is kept and its target replaced. The new file gets the old one's mode, and its
    owner where permissions allow. Anything but a regular file is refused.
    """
    target = Path(os.path.realpath(path))
    before = path.stat() if path.exists() else None
    if before is not None and not stat.S_ISREG(before.st_mode):
        number = errno.EISDIR if stat.S_ISDIR(before.st_mode) else errno.EINVAL
        reason = os.strerror(number) if number == errno.EISDIR else "is not a regular file"
        raise OSError(number, f"{reason}; it cannot be replaced", str(path))
    temporary = target.with_name(f".spane-{secrets.token_hex(8)}.tmp")
    try:
        # Exclusive creation does not follow links, and the umask applies.
        with temporary.open("xb"):
            pass
        yield temporary
        if before is not None:
            with suppress(PermissionError):
                os.chown(temporary, before.st_uid, before.st_gid)
            temporary.chmod(stat.S_IMODE(before.st_mode))
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Writes a file atomically; devices, pipes and standard output ("-") are written directly."""
    if str(path) == "-" or _is_standard_output(path):
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    elif path.exists() and not path.is_file() and not path.is_dir():
        with path.open("wb") as stream:
            stream.write(content)
    else:
        with replacement(path) as temporary:
            temporary.write_bytes(content)


def _is_standard_output(path: Path) -> bool:
    """Whether this path is the open standard output, as `/dev/stdout` is."""
    try:
        return path.samefile("/dev/stdout")
    except OSError:
        return False
