"""Copies an HDF5 file object by object."""

from __future__ import annotations

from typing import Any

from spane import _arguments as arguments

_FILTERS = ("chunks", "compression", "compression_opts", "shuffle", "fletcher32")


def rewrite_hdf5(source: arguments.Path, target: arguments.Path) -> None:
    """Copies groups, datasets with their filters, and attributes. An existing file is replaced."""
    old_path, new_path = (
        arguments.file(source, "source"),
        arguments.file(target, "target"),
    )
    # Imported here so that the command can say what to install when h5py is missing.
    from spane.convert._hdf5_file import is_group, open_file, put_group, write_file

    def put(new: Any) -> None:
        _copy_attributes(old, new)
        for name in sorted(_names(old)):
            item = old[name]
            if is_group(item):
                _copy_attributes(item, put_group(new, name))
            else:
                filters = {key: getattr(item, key) for key in _FILTERS}
                made = new.create_dataset(name, data=item[()], track_times=False, **filters)
                _copy_attributes(item, made)

    with open_file(old_path) as old:
        write_file(new_path, put)


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
