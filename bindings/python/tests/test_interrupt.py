"""Ctrl-C and other signals while the library works: none is lost, and long calls end early."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from ctypes import byref
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest

import spane
from spane import _library, _structs

pytestmark = pytest.mark.usefixtures("library", "handlers")


@pytest.fixture
def handlers() -> Iterator[None]:
    """Puts the handler of SIGINT back."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def trace(library: str) -> spane.Trace:
    return spane.Trace.generate(200_000, seed=1)


def interrupted(call: Callable[[], Any], until: Callable[[], bool] = lambda: True) -> list[Any]:
    """Makes a call, presses Ctrl-C during it, and returns what it has returned, if anything."""
    returned: list[Any] = []
    begun = threading.Event()

    def press() -> None:
        begun.wait()
        while not any(thread.name == "spane call" for thread in threading.enumerate()):
            if returned:
                break
        while not until():
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGINT)

    finger = threading.Thread(target=press)
    finger.start()
    try:
        begun.set()
        returned.append(call())
    finally:
        finger.join()
    return returned


def waited(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def many(trace: spane.Trace) -> np.ndarray[Any, Any]:
    """Starts whose evaluation takes seconds, so that it is not over when the key is pressed."""
    return np.arange(0, len(trace) - 10_000, 10)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("progress", [None, lambda done, total: None])
def test_evaluate(trace: spane.Trace, threads: int, progress: Any) -> None:
    def evaluate() -> spane.Evaluation:
        return spane.evaluate(
            trace, many(trace), ["best-fit"], servers=20, threads=threads, progress=progress
        )

    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            interrupted(evaluate, waited(0.01))


def test_while_lengths_are_found(trace: spane.Trace) -> None:
    """Before the first episode is played."""
    with pytest.raises(KeyboardInterrupt):
        interrupted(lambda: spane.evaluate(trace, many(trace), servers=20), waited(0.01))


def test_generate() -> None:
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            interrupted(lambda: spane.Trace.generate(10_000_000), waited(0.01))


def test_an_episode_that_takes_long(trace: spane.Trace) -> None:
    def evaluate() -> spane.Evaluation:
        return spane.evaluate(trace, [0], ["best-fit"], servers=2000, length=190_000)

    with pytest.raises(KeyboardInterrupt):
        interrupted(evaluate, waited(0.01))


def test_files(model: spane.Model, tmp_path: Path) -> None:
    trace = spane.Trace.generate(5000)
    trace.save(tmp_path / "trace.h5")
    model.save(tmp_path / "model.h5")
    data = (tmp_path / "trace.h5").read_bytes()
    calls: list[Callable[[], Any]] = [
        lambda: spane.Trace(tmp_path / "trace.h5"),
        lambda: spane.Trace.from_bytes(data),
        lambda: trace.save(tmp_path / "again.h5"),
        lambda: spane.Model(tmp_path / "model.h5"),
    ]
    for call in calls:
        # A short call may be over before the key is pressed; the signal arrives in any case.
        with pytest.raises(KeyboardInterrupt):
            interrupted(call)


def test_interrupts_while_progress_is_told(trace: spane.Trace) -> None:
    """Ten of ten arrive, wherever the signal finds the thread."""
    arrived = 0
    for after in range(10):
        told: list[int] = []

        def hear(done: int, total: int, told: list[int] = told, after: int = after % 3) -> None:
            told.append(done)
            if len(told) == after + 1:
                os.kill(os.getpid(), signal.SIGINT)

        try:
            spane.evaluate(trace, many(trace), ["first-fit"], threads=1, progress=hear)
        except KeyboardInterrupt:
            arrived += 1
        assert len(told) == after % 3 + 1
    assert arrived == 10


class Enough(BaseException):
    pass


def test_a_handler_that_raises_something_else(trace: spane.Trace) -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        raise Enough

    signal.signal(signal.SIGINT, stop)
    with pytest.raises(Enough):
        interrupted(lambda: spane.evaluate(trace, many(trace), ["best-fit"]), waited(0.01))


def test_a_handler_that_raises_nothing(trace: spane.Trace) -> None:
    """It runs while the call goes on."""
    begun = threading.Event()
    handled: list[bool] = []
    signal.signal(signal.SIGINT, lambda number, frame: handled.append(True))

    def hear(done: int, total: int) -> None:
        if not begun.is_set():
            os.kill(os.getpid(), signal.SIGINT)
            begun.set()

    starts = range(0, 400, 20)
    result = spane.evaluate(trace, starts, ["first-fit"], threads=1, progress=hear)
    assert len(handled) == 1
    assert (result.waits == spane.evaluate(trace, starts, ["first-fit"]).waits).all()
    (again,) = interrupted(lambda: spane.evaluate(trace, starts, ["first-fit"]))
    assert (result.waits == again.waits).all()
    assert len(handled) == 2


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, spane.CancelledError])
@pytest.mark.parametrize(("threads", "after"), [(1, 3), (3, 1)])
def test_exceptions_of_progress(
    trace: spane.Trace, error: type[BaseException], threads: int, after: int
) -> None:
    told: list[int] = []

    def hear(done: int, total: int) -> None:
        assert threading.current_thread() is caller
        told.append(done)
        if len(told) == after:
            raise error("mine")

    def evaluate() -> None:
        starts = range(0, 150_000, 5)
        spane.evaluate(trace, starts, ["first-fit"], length=90, threads=threads, progress=hear)

    caller = threading.current_thread()
    with pytest.raises(error, match="mine"):
        evaluate()
    assert len(told) == after

    # The same from another thread, in which it arrives.
    told.clear()
    raised: list[BaseException] = []

    def work() -> None:
        try:
            evaluate()
        except BaseException as found:
            raised.append(found)

    caller = threading.Thread(target=work)
    caller.start()
    caller.join()
    assert [type(found) for found in raised] == [error]
    assert len(told) == after


def test_a_call_in_another_thread_goes_on(trace: spane.Trace) -> None:
    """Signals belong to the main thread, which here waits for the other one."""
    results: list[spane.Evaluation] = []
    starts = range(0, 20_000, 20)
    worker = threading.Thread(
        target=lambda: results.append(spane.evaluate(trace, starts, ["best-fit"]))
    )

    def wait() -> None:
        worker.start()
        while worker.is_alive():
            time.sleep(0.001)

    with pytest.raises(KeyboardInterrupt):
        interrupted(wait)
    worker.join()
    assert (results[0].waits == spane.evaluate(trace, starts, ["best-fit"]).waits).all()


def test_errors_of_the_library_arrive(trace: spane.Trace) -> None:
    with pytest.raises(spane.InvalidArgumentError, match="worst-fit"):
        spane.evaluate(trace, [5], ["worst-fit"])
    with pytest.raises(spane.FileError, match="/nowhere/at/all"):
        spane.Trace("/nowhere/at/all")


def test_an_exception_right_after_a_call_loses_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    gc.collect()
    freed: list[int] = []
    library = _library.library()
    free = library.spane_trace_free
    monkeypatch.setattr(library, "spane_trace_free", lambda value: freed.append(value))
    pointer = _structs.TracePointer()
    library.spane_trace_generate(10, 1, None, byref(pointer))
    value = pointer.value
    del pointer
    gc.collect()
    assert freed == [value]
    free(value)


def test_inside_a_policy_of_ones_own(trace: spane.Trace) -> None:
    calls = 0

    def press(decisions: spane.Decisions) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            os.kill(os.getpid(), signal.SIGINT)
        return decisions.mask.argmax(axis=1)

    with pytest.raises(KeyboardInterrupt):
        spane.evaluate(trace, range(0, 4000, 40), [press], length=200)
    assert calls == 3
