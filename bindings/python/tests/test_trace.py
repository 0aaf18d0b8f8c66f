"""Traces: files, columns, copies."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
    assert trace.span.dtype == np.int32
    assert trace.span.tolist() == [0, 0, 0]
    assert trace.resources == {}
    assert trace.info == (3, 3, 0, 5, 1, 2, 4, 16, ())


def test_columns_are_read_once_and_cannot_be_written(trace: spane.Trace) -> None:
    for name in ("ids", *COLUMNS, "span"):
        column = getattr(trace, name)
        assert column is trace.columns[name]
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 3
    cpu = trace.cpu
    trace.close()
    assert cpu.tolist() == [1, 2, 4]
    for name in ("columns", "cpu", "span", "resources"):
        with pytest.raises(spane.ClosedError):
            getattr(trace, name)


def test_spans_and_resources(tmp_path: Path) -> None:
    trace = spane.Trace.from_arrays(
        [1, 2, 4],
        [2, 4, 16],
        [0, 5, 5],
        [10, 0, 3.5],
        span=[0, 2, 4],
        resources={"gpu": [0, 1, 2], "disk": np.array([10.0, 0.5, 0.0])},
    )
    assert trace.info.resources == ("gpu", "disk")
    assert trace.span.tolist() == [0, 2, 4]
    assert trace.resources["gpu"].tolist() == [0, 1, 2]
    trace.save(tmp_path / "trace.h5")
    again = spane.Trace(tmp_path / "trace.h5")
    assert set(again.columns) == {"ids", *COLUMNS, "span", "resource:gpu", "resource:disk"}
    assert same(again, trace)
    for wrong, message in (
        ({"span": [0, 9, 0]}, "VM 1: span is 9"),
        ({"span": np.zeros(3)}, "span has dtype float64"),
        ({"resources": {"gpu": [0, -1, 0]}}, "VM 1: gpu is -1"),
        ({"resources": {"mem": [0, 1, 0]}}, "mem"),
        ({"resources": {"gpu": [0, 1]}}, r"resources\['gpu'\] has shape"),
    ):
        with pytest.raises(spane.Error, match=message):
            spane.Trace.from_arrays([1, 1, 1], [1, 1, 1], [0, 0, 0], [1, 1, 1], **wrong)


def test_pandas(trace: spane.Trace) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(trace.columns)
    assert list(frame) == ["ids", *COLUMNS, "span"]
    again = spane.Trace.from_arrays(**{name: frame[name] for name in frame})
    assert same(again, trace)


def test_progress(tmp_path: Path) -> None:
    path, size = tmp_path / "trace.h5", 20_000
    trace = spane.Trace.generate(size)
    trace.save(path)
    numbers = np.ones(size)
    data = path.read_bytes()
    calls: list[tuple[int, Callable[[spane.Progress], Any]]] = [
        (size, lambda tell: spane.Trace.generate(size, progress=tell)),
        (
            size,
            lambda tell: spane.Trace.from_arrays(numbers, numbers, numbers, numbers, progress=tell),
        ),
        (size, lambda tell: trace.save(path, progress=tell)),
        (len(data), lambda tell: spane.Trace(path, progress=tell)),
        (len(data), lambda tell: spane.Trace.load(path, progress=tell)),
        (len(data), lambda tell: spane.Trace.from_bytes(data, progress=tell)),
    ]

    def stop(done: int, total: int) -> None:
        raise KeyError("enough")

    for total, call in calls:
        told: list[tuple[int, int]] = []
        call(lambda *news, told=told: told.append(news))
        assert told == sorted(told)
        assert told[-1] == (total, total)
        with pytest.raises(KeyError, match="enough"):
            call(stop)
    assert path.read_bytes() == data


def test_tqdm() -> None:
    tqdm = pytest.importorskip("tqdm")
    with tqdm.tqdm(unit="VM", disable=None) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        spane.Trace.generate(50_000, progress=show)
        assert bar.disable or bar.n == bar.total == 50_000


def same(one: spane.Trace, other: spane.Trace) -> bool:
    """Whether two traces have equal columns."""
    mine, theirs = one.columns, other.columns
    return set(mine) == set(theirs) and all((mine[name] == theirs[name]).all() for name in mine)


def test_files(trace: spane.Trace, tmp_path: Path) -> None:
    path = tmp_path / "trace.h5"
    trace.save(path, source="by hand", licence="MIT")
    for again in (spane.Trace(path), spane.Trace.load(str(path))):
        assert same(again, trace)
        assert again.provenance("source") == "by hand"
        assert again.provenance("licence") == "MIT"
        assert again.provenance("content_sha256") == trace.provenance("content_sha256")
        assert again.provenance("no such thing") is None
    assert same(spane.Trace.from_bytes(path.read_bytes()), trace)
    spane.Trace(path).save(tmp_path / "copy.h5")
    assert spane.Trace(tmp_path / "copy.h5").provenance("source") == "by hand"


def test_csv(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    path.write_text("vmid,cpu,mem,at,lt\n3,1,2,0,5\n4,2,4,1,6\n")
    rows = zip(*(column.tolist() for column in spane.Trace(path).columns.values()))
    assert list(rows) == [(3, 1, 2, 0, 5, 0), (4, 2, 4, 1, 6, 0)]


def test_generated_traces_repeat() -> None:
    trace = spane.Trace.generate(1000, seed=3)
    assert len(trace) == 1000
    assert same(trace, spane.Trace.generate(1000, seed=3))
    assert not same(trace, spane.Trace.generate(1000, seed=4))


def test_copies(trace: spane.Trace) -> None:
    assert copy.copy(trace) is trace
    assert copy.deepcopy([trace])[0] is trace
    assert same(pickle.loads(pickle.dumps(trace)), trace)


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


@pytest.mark.parametrize("name", ["trace.h5", "trace.csv"])
def test_parts(tmp_path: Path, name: str) -> None:
    n = 70_000
    arrival = np.arange(n, dtype=float)
    whole = spane.Trace.from_arrays(1.0 + np.arange(n) % 5, np.full(n, 4.0), arrival, np.ones(n))
    path = tmp_path / name
    if name.endswith("h5"):
        whole.save(path, source="a test", licence="MIT")
    else:
        rows = (f"{i},{1 + i % 5},4,{i},1" for i in range(n))
        path.write_text("vmid,cpu,mem,at,lt\n" + "\n".join(rows) + "\n")
    part = spane.Trace.load_part(path, 65_530, 20)
    assert len(part) == 20
    assert part.arrival.tolist() == arrival[65_530:65_550].tolist()
    assert part.cpu.tolist() == whole.cpu[65_530:65_550].tolist()
    assert str(part.provenance("source")).startswith("VMs 65530 ..< 65550 of ")
    same = spane.Trace.from_arrays(part.cpu, part.mem, part.arrival, part.lifetime, part.ids)
    assert same.provenance("content_sha256") == part.provenance("content_sha256")
    with pytest.raises(spane.ShapeMismatchError, match=f"it has {n}"):
        spane.Trace.load_part(path, n - 1, 2)
    for first, count, told in ((-1, 5, "first is -1"), (0, 1, "count is 1")):
        with pytest.raises(spane.InvalidArgumentError, match=told):
            spane.Trace.load_part(path, first, count)
