"""Files in memory, which HDF5 tells apart by their names alone, in several calls at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import spane

pytestmark = pytest.mark.usefixtures("library")

# So many that a call works on them for longer than it takes to tell of progress.
VMS = 120_000


def trace(seed: int) -> spane.Trace:
    sizes = np.random.default_rng(seed).integers(1, 17, VMS).astype(np.float64)
    arrivals = np.arange(VMS, dtype=np.float64)
    return spane.Trace.from_arrays(sizes, sizes, arrivals, sizes)


def test_traces_from_bytes_in_two_threads_are_those_of_the_bytes() -> None:
    """The threads take turns within the calls, while these tell of their progress."""
    traces = [trace(seed) for seed in (1, 2)]
    with ThreadPoolExecutor(2) as pool:
        contents = list(pool.map(spane.Trace.to_bytes, traces))
        loaded = list(pool.map(spane.Trace.from_bytes, contents * 3))
    for index, copy in enumerate(loaded):
        np.testing.assert_array_equal(copy.cpu, traces[index % 2].cpu)
    assert contents == [original.to_bytes() for original in traces]


def test_progress_may_load_and_save_others() -> None:
    outer, inner = trace(1), trace(2)
    content = inner.to_bytes()
    within: list[spane.Trace] = []

    def show(done: int, total: int) -> None:
        if done < total and not within:
            within.append(spane.Trace.from_bytes(content))
            assert inner.to_bytes() == content

    copy = spane.Trace.from_bytes(outer.to_bytes(), progress=show)
    assert within
    np.testing.assert_array_equal(copy.cpu, outer.cpu)
    np.testing.assert_array_equal(within[0].cpu, inner.cpu)
