"""Traces: files, columns, copies."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import numpy as np
import pytest

import spane

pytestmark = pytest.mark.usefixtures("library")

COLUMNS = ("cpu", "mem", "arrival", "lifetime")


@pytest.fixture
def trace() -> spane.Trace:
    return spane.Trace.from_arrays([1, 2, 4], [2, 4, 16], [0, 5, 5], [10, 0, 3.5], ids=[7, 8, 9])


def test_columns(trace: spane.Trace) -> None:
    assert len(trace) == 3
    assert trace.ids.tolist() == [7, 8, 9]
    assert trace.cpu.tolist() == [1, 2, 4]
    assert trace.mem.tolist() == [2, 4, 16]
    assert trace.arrival.tolist() == [0, 5, 5]
    assert trace.lifetime.tolist() == [10, 0, 3.5]
    assert trace.vms[2].tolist() == (9, 4, 16, 5, 3.5)
    assert trace.info == (3, 3, 0, 5, 1, 2, 4, 16)


def test_columns_share_memory_and_cannot_be_written(trace: spane.Trace) -> None:
    assert trace.vms is trace.vms
    for name in COLUMNS:
        column = getattr(trace, name)
        assert np.shares_memory(column, trace.vms)
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 3
    vms = trace.vms
    trace.close()
    assert vms["cpu"].tolist() == [1, 2, 4]
    with pytest.raises(spane.ClosedError):
        _ = trace.vms


def test_files(trace: spane.Trace, tmp_path: Path) -> None:
    path = tmp_path / "trace.h5"
    trace.save(path, source="by hand", licence="MIT")
    for again in (spane.Trace(path), spane.Trace.load(str(path))):
        assert (again.vms == trace.vms).all()
        assert again.provenance("source") == "by hand"
        assert again.provenance("licence") == "MIT"
        assert again.provenance("content_sha256") == trace.provenance("content_sha256")
        assert again.provenance("no such thing") is None
    assert (spane.Trace.from_bytes(path.read_bytes()).vms == trace.vms).all()
    spane.Trace(path).save(tmp_path / "copy.h5")
    assert spane.Trace(tmp_path / "copy.h5").provenance("source") == "by hand"


def test_csv(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    path.write_text("vmid,cpu,mem,at,lt\n3,1,2,0,5\n4,2,4,1,6\n")
    assert spane.Trace(path).vms.tolist() == [(3, 1, 2, 0, 5), (4, 2, 4, 1, 6)]


def test_generated_traces_repeat() -> None:
    trace = spane.Trace.generate(1000, seed=3)
    assert len(trace) == 1000
    assert (trace.vms == spane.Trace.generate(1000, seed=3).vms).all()
    assert (trace.vms != spane.Trace.generate(1000, seed=4).vms).any()


def test_copies(trace: spane.Trace) -> None:
    assert copy.copy(trace) is trace
    assert copy.deepcopy([trace])[0] is trace
    assert (pickle.loads(pickle.dumps(trace)).vms == trace.vms).all()


def test_mistakes(tmp_path: Path) -> None:
    with pytest.raises(spane.InvalidArgumentError, match="arrival"):
        spane.Trace.from_arrays([1, 1], [1, 1], [5, 0], [1, 1])
    with pytest.raises(spane.ShapeMismatchError, match=r"mem has shape \(2,\)"):
        spane.Trace.from_arrays([1, 1, 1], [1, 1], [0, 0, 0], [1, 1, 1])
    with pytest.raises(spane.InvalidArgumentError, match="cpu has dtype float32"):
        spane.Trace.from_arrays(np.ones(3, np.float32), [1] * 3, [0] * 3, [1] * 3)
    with pytest.raises(spane.InvalidArgumentError, match="count"):
        spane.Trace.generate(1)
    with pytest.raises(spane.InvalidArgumentError, match="seed is -1"):
        spane.Trace.generate(10, seed=-1)
    (tmp_path / "trace.csv").write_text("nonsense\n")
    with pytest.raises(spane.FormatError):
        spane.Trace(tmp_path / "trace.csv")
