"""Policies of one's own take part in evaluations, and policies beside each other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import searches

import spane

pytestmark = pytest.mark.usefixtures("library")

STARTS = np.arange(0, 3000, 40)


@pytest.fixture(scope="module")
def trace(library: str) -> spane.Trace:
    return spane.Trace.generate(5000, seed=1)


def first(decisions: spane.Decisions) -> Any:
    return decisions.mask.argmax(axis=1)


def run(folder: Path, *words: str) -> str:
    """Runs the command, whose Python is this one; gives what it writes to standard error."""
    done = subprocess.run(
        [searches.command(), *words],
        cwd=folder,
        env={**os.environ, "SPANE_PYTHON": sys.executable},
        capture_output=True,
        text=True,
    )
    return done.stderr if done.returncode else f"done: {done.stderr}"


class Named:
    name = "mine"
    batch = 7

    def __call__(self, decisions: spane.Decisions) -> Any:
        assert len(decisions.vm) <= self.batch
        return first(decisions).tolist()


@pytest.mark.parametrize("options", [{}, {"moves": 2}, {"length": 50, "samples": 2}])
def test_first_fit(trace: spane.Trace, options: Any) -> None:
    result = spane.evaluate(trace, STARTS, [first, Named(), "first-fit"], servers=3, **options)
    assert result.policies == ("first", "mine", "first-fit")
    for policy in ("first", "mine"):
        assert (result[policy] == result["first-fit"]).all()
    assert result.waits.sum() > 0
    for name, values in result.fleet_metrics.items():
        assert (values[0] == values[2]).all(), name
    if result.moves is not None:
        assert (result.moves.count[0] == result.moves.count[2]).all()


def test_without_a_queue(trace: spane.Trace) -> None:
    result = spane.evaluate(
        trace, STARTS, [first, "first-fit"], servers=2, length=300, queue=False, moves=1
    )
    assert (result.losses[0] == result.losses[1]).all()
    assert result.losses[:, :, 0, 1].sum() > 0


def test_on_a_mixed_fleet(trace: spane.Trace) -> None:
    fleet = spane.Cluster(nodes=4, split_above=10)
    fleet.add_servers(spane.ServerType([(40, 90)] * 4))
    fleet.add_servers(spane.ServerType([(32, 128), (64, 128)]), 2)
    result = spane.evaluate(trace, STARTS, [first, "first-fit"], fleet=fleet)
    assert (result["first"] == result["first-fit"]).all()
    assert result.waits.sum() > 0


def test_what_a_policy_is_asked(trace: spane.Trace) -> None:
    seen: dict[int, list[int]] = {}
    thread = threading.current_thread()

    def look(decisions: spane.Decisions) -> Any:
        assert threading.current_thread() is thread
        count = len(decisions.episode)
        assert decisions.observation.shape == (count, 23)
        assert decisions.mask.shape == (count, 10)
        assert decisions.servers == 5
        assert decisions.mask.any(axis=1).all()
        for index, episode in enumerate(decisions.episode.tolist()):
            vms = seen.setdefault(episode, [])
            assert bool(decisions.first[index]) == (not vms)
            vms.append(int(decisions.vm[index]))
        # They are the policy's own.
        decisions.observation[:] = 7
        return first(decisions)

    result = spane.evaluate(trace, STARTS, [look, "first-fit"])
    assert (result["look"] == result["first-fit"]).all()
    for episode, start in enumerate(STARTS.tolist()):
        assert seen[episode] == list(range(start, start + result.lengths[episode]))


def test_observations_are_those_of_environments(trace: spane.Trace) -> None:
    class Normalised:
        normalised = True

        def __call__(self, decisions: spane.Decisions) -> Any:
            environment.mask()
            assert (decisions.observation[0] == environment.observation()).all()
            assert (decisions.mask[0] == environment.mask()).all()
            action = int(first(decisions)[0])
            environment.step(action)
            return [action]

    environment = spane.Environment(trace, normalised=True)
    environment.reset(70, length=60)
    spane.evaluate(trace, [70], [Normalised()], length=60)


def test_exceptions(trace: spane.Trace) -> None:
    class Enough(BaseException):
        pass

    def stop(decisions: spane.Decisions) -> Any:
        raise Enough

    with pytest.raises(Enough) as caught:
        spane.evaluate(trace, STARTS, ["first-fit", stop])
    assert caught.traceback[-1].name == "stop"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda n: np.full(n, 99), r"VM 0 of episode 0 \(start 0\): action is 99; .* 0 \.\.\. 9"),
        (lambda n: np.zeros(n), r"answer gave float64 of shape"),
        (lambda n: np.zeros((n, 1), int), r"it must give whole numbers of shape \(75,\)"),
        (lambda n: np.full(n, 2**32), "answer gave action 4294967296"),
        (lambda n: np.full(n, 2**32 - 1, np.uint32), "answer gave action 4294967295"),
        (lambda n: [[1], [1, 2]], "answer gave no array: .* it must give whole numbers"),
        (lambda n: None, "answer gave object"),
    ],
)
def test_wrong_answers(trace: spane.Trace, answer: Any, message: str) -> None:
    with pytest.raises((spane.InfeasibleActionError, spane.InvalidArgumentError), match=message):
        spane.evaluate(trace, STARTS, {"answer": lambda decisions: answer(len(decisions.vm))})


@pytest.mark.parametrize("batch", [0, -1, 2.5, 2**20 + 1])
def test_wrong_batches(trace: spane.Trace, batch: Any) -> None:
    policy = Named()
    policy.batch = batch
    with pytest.raises(spane.InvalidArgumentError, match="batch is"):
        spane.evaluate(trace, STARTS, [policy])


def test_elsewhere(trace: spane.Trace) -> None:
    wrong: Any = first
    with pytest.raises(TypeError, match="the name of a heuristic, a Rule, or a Model"):
        spane.EnvironmentSession(spane.Environment(trace), wrong)
    with pytest.raises(TypeError, match="policy is the class Named; it must be an object of it"):
        kind: Any = Named
        spane.evaluate(trace, STARTS, {"named": kind})
    with pytest.raises(spane.InvalidArgumentError, match="two policies are called 'first'"):
        spane.evaluate(trace, STARTS, [first, first])


def test_compare(trace: spane.Trace) -> None:
    result = spane.evaluate(trace, STARTS, ["first-fit", "balance-fit"], servers=3)
    compared = result.compare(resamples=200)
    assert [row.policy for row in compared.rows] == ["first-fit", "balance-fit", "lower bound"]
    row = compared.row("balance-fit")
    assert row.figure.value == spane.trimmed_mean(result["balance-fit"])
    assert row.figure.low <= row.figure.value <= row.figure.high
    assert row.difference is not None
    assert row.difference.value == row.figure.value - compared.row("first-fit").figure.value
    assert compared.row("first-fit").difference is None
    assert len(str(compared).splitlines()) == 4
    assert result.compare(resamples=200, threads=1) == compared
    with pytest.raises(spane.InvalidArgumentError, match="baseline is 'none'"):
        result.compare("none")
    with pytest.raises(spane.InvalidArgumentError, match="metric is 'mean'"):
        result.compare(metric="mean")
    with pytest.raises(spane.InvalidArgumentError, match="resamples is 1"):
        result.compare(resamples=1)


def test_compare_is_what_experiments_say(trace: spane.Trace, tmp_path: Path) -> None:
    """To the bit, with a policy of one's own among them."""
    trace.save(tmp_path / "trace.h5")
    (tmp_path / "mine.py").write_text("def policy(asked):\n    return asked.mask.argmax(axis=1)\n")
    run(
        tmp_path,
        *("experiment", "wait-time", "--trace", "trace.h5", "--starts", "0..<4000:80:1"),
        *("--servers", "3", "--policies", "mine=mine.py", "balance-fit", "first-fit"),
        *("--resamples", "300", "--threshold", "1000", "--output", "result"),
    )
    summary = json.loads((tmp_path / "result" / "summary.json").read_text())
    cluster = summary["clusters"][0]
    result = spane.evaluate(
        trace, "0..<4000:80:1", {"mine": first, "balance-fit": "balance-fit"}, servers=3
    )
    for metric in ("trimmed_mean_10", "trimmed_mean_15", "mean_log", "share_above"):
        compared = result.compare(metric=metric, resamples=300, threshold=1000)
        assert compared.block_length == cluster["block_length"]
        assert compared.blocks == cluster["block_count"]
        assert compared.spans == cluster["block_spans"]
        for row in cluster["rows"]:
            if row["name"] == "first-fit":
                row = {**row, "name": "mine", "differences": {}}
            mine = compared.row(row["name"])
            told = row["figures"][metric]
            assert mine.figure == (told["value"], told["low"], told["high"])
            if row["name"] == "balance-fit":
                told = row["differences"][metric]
                assert mine.difference == (told["value"], told["low"], told["high"])
