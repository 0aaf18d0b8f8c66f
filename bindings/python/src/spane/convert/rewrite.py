"""Write a file that is in an older format of HDF5 anew, as libspane reads it.

python3 -m spane.convert.rewrite OLD.h5 NEW.h5

The older formats have no checksums, and HDF5 can crash on a file that was damaged: use this on
files that you trust.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TOOL = "spane.convert.rewrite"

_FILTERS = ("chunks", "compression", "compression_opts", "shuffle", "fletcher32")


def rewrite(source: Path, target: Path) -> None:
    """Copy groups, datasets with their filters, and attributes."""
    # Imported late: without h5py the command can still say what to install.
    import h5py

    from spane.convert._hdf5_file import put_group, write_file

    def put(new: Any) -> None:
        _copy_attributes(old, new)
        for name in sorted(_names(old)):
            item = old[name]
            if isinstance(item, h5py.Group):
                _copy_attributes(item, put_group(new, name))
            else:
                filters = {key: getattr(item, key) for key in _FILTERS}
                made = new.create_dataset(name, data=item[()], track_times=False, **filters)
                _copy_attributes(item, made)

    with h5py.File(source, locking=False) as old:
        write_file(target, put)


def _names(file: Any) -> list[str]:
    names: list[str] = []
    file.visit(names.append)
    return names


def _copy_attributes(old: Any, new: Any) -> None:
    from spane.convert._hdf5_file import put_text

    for name, value in old.attrs.items():
        if isinstance(value, bytes):
            value = value.decode()
        if isinstance(value, str):
            put_text(new, name, value)
        else:
            new.attrs.create(name, value)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog=TOOL, description="Write an older HDF5 file anew, with checksums.", allow_abbrev=False
    )
    parser.add_argument("source", metavar="OLD.h5", type=Path)
    parser.add_argument("target", metavar="NEW.h5", type=Path)
    given = parser.parse_args(arguments)
    if given.target.exists():
        return _fail(f"{given.target} exists, must not")
    try:
        rewrite(given.source, given.target)
    except ModuleNotFoundError as error:
        if error.name != "h5py":
            raise
        return _fail("h5py is not installed, must be (pip: 'spane[h5]'; Debian: python3-h5py)")
    except (OSError, RuntimeError, UnicodeDecodeError) as error:
        return _fail(f"{given.source}: {error}")
    print(f"{TOOL}: wrote {given.target}")
    return 0


def _fail(message: str) -> int:
    print(f"{TOOL}: {' '.join(message.split())}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
