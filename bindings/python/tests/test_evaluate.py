"""Evaluations, episodes and their results."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

import spane

pytestmark = pytest.mark.usefixtures("library")

STARTS = np.arange(0, 2000, 100)


@pytest.fixture(scope="module")
def trace(library: str) -> spane.Trace:
    return spane.Trace.generate(5000, seed=1)


@pytest.fixture(scope="module")
def result(trace: spane.Trace) -> spane.Evaluation:
    return spane.evaluate(trace, STARTS, ["first-fit", "balance-fit"], servers=3)


def test_arrays(result: spane.Evaluation) -> None:
    assert result.policies == ("first-fit", "balance-fit")
    assert result.starts.tolist() == STARTS.tolist()
    assert result.waits.shape == (2, 20)
    assert (result.waits >= result.bounds).all()
    assert (result["balance-fit"] == result.waits[1]).all()
    with pytest.raises(KeyError):
        result["worst-fit"]


def test_threads_change_nothing(trace: spane.Trace, result: spane.Evaluation) -> None:
    for threads in (1, 3):
        again = spane.evaluate(trace, STARTS, result.policies, servers=3, threads=threads)
        assert (again.waits == result.waits).all()


def test_models_and_names(trace: spane.Trace, model: spane.Model) -> None:
    result = spane.evaluate(trace, [5], ["first-fit", model])
    assert result.policies == ("first-fit", "network")
    named = spane.evaluate(trace, [5], {"mine": model, "yours": model, "ff": "first-fit"})
    assert named.policies == ("mine", "yours", "ff")
    assert named["mine"] == named["yours"] == result["network"]
    with pytest.raises(spane.InvalidArgumentError, match="two policies are called 'network'"):
        spane.evaluate(trace, [5], [model, model])
    with pytest.raises(TypeError):
        spane.evaluate(trace, [5], "first-fit")


def test_without_policies(trace: spane.Trace, result: spane.Evaluation) -> None:
    bare = spane.evaluate(trace, STARTS, servers=3)
    assert bare.waits.shape == (0, 20)
    assert (bare.bounds == result.bounds).all()
    assert (bare.lengths == result.lengths).all()
    assert spane.evaluate(trace, STARTS, length=30).lengths.tolist() == [30] * 20


@pytest.mark.parametrize("policy", ["first-fit", "best-fit", "balance-fit", "move-to-front"])
def test_play_is_evaluate(trace: spane.Trace, policy: str) -> None:
    result = spane.evaluate(trace, STARTS[:4], [policy], servers=3)
    for index, start in enumerate(STARTS[:4]):
        episode = spane.play(trace, policy, start, servers=3)
        assert episode.total_wait == result.waits[0, index]
        assert len(episode.actions) == result.lengths[index]
        assert episode.used.shape == (len(episode.actions), 3, 2, 2)
        assert 0 <= episode.used.min() <= episode.used.max() <= 1


def test_play_a_model(trace: spane.Trace, model: spane.Model) -> None:
    result = spane.evaluate(trace, [70], [model], servers=2)
    assert spane.play(trace, model, 70, servers=2).total_wait == result.waits[0, 0]


def test_progress(trace: spane.Trace, result: spane.Evaluation) -> None:
    told: list[tuple[int, int]] = []
    again = spane.evaluate(
        trace, STARTS, result.policies, servers=3, progress=lambda *told_: told.append(told_)
    )
    assert told[-1] == (60, 60)  # each for its length, and under two policies
    assert told == sorted(told)
    assert (again.waits == result.waits).all()


def test_an_exception_in_progress_stops(trace: spane.Trace) -> None:
    class Enough(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Enough

    with pytest.raises(Enough):
        spane.evaluate(trace, STARTS, ["first-fit"], progress=stop)


def test_other_threads_run_meanwhile(trace: spane.Trace) -> None:
    count = 0
    done = threading.Event()

    def work() -> None:
        spane.evaluate(trace, np.tile(STARTS, 20), ["best-fit"], threads=1)
        done.set()

    worker = threading.Thread(target=work)
    worker.start()
    while not done.wait(0.0001):
        count += 1
    worker.join()
    assert count > 0


def test_mistakes(trace: spane.Trace, mlp: Path) -> None:
    with pytest.raises(spane.InvalidArgumentError, match="starts has dtype int32"):
        spane.evaluate(trace, STARTS.astype(np.int32), ["first-fit"])
    with pytest.raises(spane.InvalidArgumentError, match="5000"):
        spane.evaluate(trace, [5000], ["first-fit"])
    with pytest.raises(spane.InvalidArgumentError, match="worst-fit"):
        spane.evaluate(trace, [5], ["worst-fit"])
    with pytest.raises(spane.InvalidArgumentError, match="length is 0"):
        spane.evaluate(trace, [5], ["first-fit"], length=0)
    with pytest.raises(spane.ShapeMismatchError):
        spane.evaluate(trace, [5], [spane.Model(mlp)], servers=4)
    closed = spane.Model(mlp)
    closed.close()
    with pytest.raises(spane.ClosedError):
        spane.evaluate(trace, [5], [closed])


def test_trimmed_mean() -> None:
    values = [100.0, 1, 2, 3, 4, 5, 6, 7, 8, -100]
    assert spane.trimmed_mean(values) == 4.5
    assert spane.trimmed_mean(values, 0) == np.mean(values)
    for wrong in (([], 0.1), (values, 0.5), ([np.nan], 0.1)):
        with pytest.raises(spane.InvalidArgumentError):
            spane.trimmed_mean(*wrong)


def test_summary(result: spane.Evaluation) -> None:
    summary = result.summary()
    assert [row.policy for row in summary.rows] == ["lower bound", "first-fit", "balance-fit"]
    row = summary.row("balance-fit")
    assert row.mean == result.waits[1].mean()
    assert row.trimmed_mean == np.sort(result.waits[1])[2:-2].mean()
    assert "balance-fit" in str(summary)
    assert len(str(summary).splitlines()) == 4
    with pytest.raises(KeyError):
        summary.row("worst-fit")


def test_csv(result: spane.Evaluation, tmp_path: Path) -> None:
    path = tmp_path / "waits.csv"
    result.save_csv(path)
    again = spane.Evaluation.load_csv(path)
    assert again.policies == result.policies
    for name in ("starts", "lengths", "bounds", "waits"):
        assert (getattr(again, name) == getattr(result, name)).all()
    for content, said in (
        ("", "first line"),
        ("a,b\n", "first line"),
        ("start,length,bound,x\n1,2,3\n", ":2: has 3 columns"),
        ("start,length,bound,x\n1,2,3,y\n", "could not convert"),
    ):
        path.write_text(content)
        with pytest.raises(spane.FormatError, match=said):
            spane.Evaluation.load_csv(path)
