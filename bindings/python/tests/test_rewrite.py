"""Files in HDF5's older formats: refused, and read once they are written anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import spane
from spane.convert.rewrite import main


def _in_oldest_format(source: Path, target: Path) -> Path:
    with h5py.File(source) as new, h5py.File(target, "w", libver="earliest") as old:
        for name, value in new.attrs.items():
            old.attrs[name] = value.decode() if isinstance(value, bytes) else value
        for name in new:
            new.copy(name, old)
    assert target.read_bytes()[8] == 0
    return target


def _trace(folder: Path, weights: Path) -> Path:
    spane.Trace.generate(300, seed=1).save(folder / "new.h5")
    return folder / "new.h5"


def _cluster(folder: Path, weights: Path) -> Path:
    cluster = spane.Cluster()
    cluster.add_servers(3, node_cpu=40, node_mem=90)
    cluster.place(7, (1, (0,)), 1, 2)
    cluster.save(folder / "new.h5")
    return folder / "new.h5"


def _model(folder: Path, weights: Path) -> Path:
    return weights


@pytest.mark.parametrize(
    ("make", "load"),
    [(_trace, spane.Trace), (_cluster, spane.Cluster.load), (_model, spane.Model)],
)
def test_an_older_format(
    make: Any, load: Any, tmp_path: Path, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = make(tmp_path, weights)
    old, rewritten = _in_oldest_format(new, tmp_path / "old.h5"), tmp_path / "rewritten.h5"
    with pytest.raises(spane.UnknownVersionError, match=r"old\.h5.*spane\.convert\.rewrite"):
        load(old)
    assert main([str(old), str(rewritten)]) == 0
    assert capsys.readouterr().out == f"spane.convert.rewrite: wrote {rewritten}\n"
    load(rewritten)
    with h5py.File(new) as first, h5py.File(rewritten) as second:
        _expect_equal(first, second)


def test_what_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, target = tmp_path / "text", tmp_path / "new.h5"
    text.write_text("no HDF5 file")
    assert main([str(text), str(target)]) == 2
    assert str(text) in capsys.readouterr().err
    assert not target.exists()
    target.write_text("keep me")
    assert main([str(text), str(target)]) == 2
    said = f"{target} exists already; name a new file"
    assert capsys.readouterr().err == f"spane.convert.rewrite: {said}\n"
    assert target.read_text() == "keep me"


def _expect_equal(first: Any, second: Any) -> None:
    names: list[str] = []
    first.visit(names.append)
    others: list[str] = []
    second.visit(others.append)
    assert names == others
    for name in ["/", *names]:
        assert dict(first[name].attrs) == dict(second[name].attrs)
        if isinstance(first[name], h5py.Dataset):
            np.testing.assert_array_equal(first[name][()], second[name][()])
            assert first[name].dtype == second[name].dtype
            assert first[name].chunks == second[name].chunks
            assert first[name].fletcher32 == second[name].fletcher32
