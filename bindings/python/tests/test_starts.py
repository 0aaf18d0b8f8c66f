"""Where episodes start: one meaning in evaluations and in all environments."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import numpy as np
import pytest

import spane

pytestmark = pytest.mark.usefixtures("library")

VMS, LENGTH = 500, 20
LIMIT = VMS - 1 - LENGTH


@pytest.fixture(scope="module")
def trace(library: str) -> spane.Trace:
    return spane.Trace.generate(VMS, seed=1)


def by_evaluate(trace: spane.Trace, starts: Any) -> list[int]:
    return list(spane.evaluate(trace, starts, length=LENGTH).starts)


def by_vector(trace: spane.Trace, starts: Any, count: int = 12) -> list[int]:
    vector = spane.VectorEnvironment(trace, 1, starts=starts, length=LENGTH)
    played = []
    for _ in range(count):
        vector.reset()
        played += vector.start.tolist()
    return played


def by_set_starts(trace: spane.Trace, starts: Any, count: int = 12) -> list[int]:
    vector = spane.VectorEnvironment(trace, 1, length=LENGTH)
    vector.set_starts(starts)
    played = []
    for _ in range(count):
        vector.reset()
        played += vector.start.tolist()
    return played


def by_environment(trace: spane.Trace, starts: Any, count: int = 12) -> list[int]:
    gym = pytest.importorskip("spane.gym", exc_type=ImportError)
    environment = gym.PlacementEnv(trace, starts=starts, length=LENGTH)
    return [environment.reset()[1]["start"] for _ in range(count)]


def by_vector_environment(trace: spane.Trace, starts: Any, count: int = 12) -> list[int]:
    gym = pytest.importorskip("spane.gym", exc_type=ImportError)
    vector = gym.PlacementVectorEnv(3, trace, starts=starts, length=LENGTH)
    return [start for _ in range(count // 3) for start in vector.reset()[1]["start"].tolist()]


ENVIRONMENTS = [by_vector, by_environment, by_vector_environment]
EVERYWHERE = [by_evaluate, by_set_starts, *ENVIRONMENTS]
Play = Callable[[spane.Trace, Any], list[int]]


@pytest.mark.parametrize("play", EVERYWHERE)
@pytest.mark.parametrize("kind", ["list", "pair", "array", "file", "path", "repeated"])
def test_others_are_played_in_order(
    trace: spane.Trace, play: Play, kind: str, tmp_path: Path
) -> None:
    starts = {"pair": [7, 300], "repeated": [5, 5, 9]}.get(kind, [30, 10, 20])
    file = tmp_path / "starts.txt"
    file.write_text("\n".join(map(str, starts)) + "\n\n")
    given: dict[str, Any] = {"array": np.array(starts), "file": str(file), "path": file}
    played = play(trace, given.get(kind, starts))
    assert played == (starts if play is by_evaluate else (starts * 6)[:12])


@pytest.mark.parametrize("play", EVERYWHERE)
def test_a_text_draws_as_the_command_does(trace: spane.Trace, play: Play) -> None:
    """These numbers are those of `spane evaluate --starts '0..<400:4:1'`."""
    expected = [281, 208, 230, 158]
    assert play(trace, "0..<400:4:1")[:4] == expected


@pytest.mark.parametrize("play", ENVIRONMENTS)
@pytest.mark.parametrize("starts", [range(100, 104), (100, 104)])
def test_environments_draw_from_a_range(trace: spane.Trace, play: Any, starts: Any) -> None:
    assert set(play(trace, starts, count=60)) == {100, 101, 102, 103}


@pytest.mark.parametrize("starts", [range(100, 104), (100, 104)])
def test_an_evaluation_plays_all_of_a_range(trace: spane.Trace, starts: Any) -> None:
    assert by_evaluate(trace, starts) == [100, 101, 102, 103]
    assert by_evaluate(trace, range(300, 0, -100)) == [300, 200, 100]


def test_the_whole_range(trace: spane.Trace) -> None:
    played = by_vector(trace, None, count=6000)
    assert (min(played), max(played)) == (0, LIMIT - 1)
    assert by_evaluate(trace, [0, LIMIT - 1]) == [0, LIMIT - 1]


@pytest.mark.parametrize("play", EVERYWHERE)
@pytest.mark.parametrize(
    ("starts", "said"),
    [
        ([], "starts is empty"),
        (np.array([], np.int64), "starts is empty"),
        (range(5, 5), r"starts is range\(5, 5\); it must not be empty"),
        ((5, 5), r"starts is \(5, 5\); the first must be below the second"),
        ((1, 2, 3), r"a tuple must be \(low, high\)"),
        ([5, -1], r"starts\[1\] is -1; this trace allows such episodes from 0 \.\.\. 478"),
        ([5, LIMIT], r"starts\[1\] is 479; this trace allows"),
        (np.array([LIMIT]), r"starts\[0\] is 479; this trace allows"),
        (range(-1, 5), r"starts is range\(-1, 5\); this trace allows"),
        (range(5, 2**70), r"starts is range\(5, \d+\); this trace allows"),
        ((5, LIMIT + 1), r"starts is range\(5, 480\); this trace allows"),
        ("0..<500:500:1", r"starts \(0\.\.<500:500:1\)\[\d+\] is \d+; this trace allows"),
        ("5..<5:1:1", "5 must be below 5"),
        ([0.5, 1.0], "starts has values of float64; they must be of int64"),
        (np.array([1.0]), "starts has dtype float64"),
        (np.array([1], np.int32), "starts has dtype int32"),
        ([True, False], "starts has values of bool"),
        (["1", "2"], "starts has values of <U1"),
        ([2**63], "starts cannot be converted to an array of int64|starts has values of"),
        ([[1, 2]], r"starts has shape \(1, 2\)"),
    ],
)
def test_wrong_ones_are_refused_at_once(
    trace: spane.Trace, play: Play, starts: Any, said: str
) -> None:
    with pytest.raises((spane.InvalidArgumentError, spane.ShapeMismatchError), match=said):
        play(trace, starts)


@pytest.mark.parametrize("play", EVERYWHERE)
@pytest.mark.parametrize(
    ("starts", "said"), [(7, "starts is 7"), (0.5, "starts is 0.5"), ({1, 2}, "starts is a set")]
)
def test_wrong_types_are_refused_at_once(
    trace: spane.Trace, play: Play, starts: Any, said: str
) -> None:
    with pytest.raises(TypeError, match=f"^{said}; it must be a list or an array$"):
        play(trace, starts)


def test_wrong_files(trace: spane.Trace, tmp_path: Path) -> None:
    file = tmp_path / "starts.txt"
    for text, said in (("", "has no starts"), ("1\n1.5\n", "line 2"), ("1\n-4\n", "line 2")):
        file.write_text(text)
        with pytest.raises(spane.FormatError, match=said):
            spane.evaluate(trace, file)
    file.write_text("3\n499\n")
    with pytest.raises(spane.InvalidArgumentError, match=r"starts\.txt\)\[1\] is 499"):
        spane.evaluate(trace, file)
    with pytest.raises(spane.FileError, match=r"nowhere\.txt"):
        spane.evaluate(trace, tmp_path / "nowhere.txt")


def test_a_range_with_gaps_is_for_evaluations(trace: spane.Trace) -> None:
    for play in ENVIRONMENTS:
        with pytest.raises(spane.InvalidArgumentError, match=r"list\(range\(0, 300, 10\)\)"):
            play(trace, range(0, 300, 10))
        assert play(trace, list(range(0, 300, 10)))[:3] == [0, 10, 20]
    vector = spane.VectorEnvironment(trace, 2)
    with pytest.raises(spane.InvalidArgumentError, match="it must be a list"):
        vector.set_starts(range(5))
    with pytest.raises(spane.InvalidArgumentError, match="starts is None"):
        spane.evaluate(trace, None)  # type: ignore[call-overload]
    for ends in ((0.5, 3), (0, "3")):
        with pytest.raises(TypeError, match=r"starts\[\d\] is .*; it must be a whole number"):
            spane.evaluate(trace, ends)  # type: ignore[arg-type]


def test_ends_of_episodes_are_refused_at_once(trace: spane.Trace) -> None:
    gym = pytest.importorskip("spane.gym", exc_type=ImportError)
    for make in (gym.PlacementEnv, lambda trace, **end: gym.PlacementVectorEnv(2, trace, **end)):
        for end, said in (
            ({"length": 0}, "length is 0"),
            ({"length": VMS - 1}, r"length is 499; it must be in 1 \.\.\. 498"),
            ({"exceed": 0}, "exceed is 0"),
            ({"length": 5, "exceed": 5}, "length and exceed are both given"),
        ):
            with pytest.raises(spane.InvalidArgumentError, match=said):
                make(trace, **end)


def test_a_seed_begins_a_list_anew(trace: spane.Trace) -> None:
    gym = pytest.importorskip("spane.gym", exc_type=ImportError)
    environment = gym.PlacementEnv(trace, starts=[3, 1, 2])
    played = [environment.reset(seed=seed)[1]["start"] for seed in (None, None, 1, None, None)]
    assert played == [3, 1, 3, 1, 2]


def test_the_trace_may_be_closed(library: str) -> None:
    trace = spane.Trace.generate(100)
    vector = spane.VectorEnvironment(trace, 1)
    trace.close()
    vector.set_starts([4])
    vector.reset()
    assert vector.start.tolist() == [4]


def test_lists_are_not_cut_to_size(trace: spane.Trace) -> None:
    """The same for every other list of numbers."""
    cluster = spane.Cluster()
    vector = spane.VectorEnvironment(trace, 2)
    vector.reset()
    calls: list[Callable[[], Any]] = [
        lambda: vector.reset(starts=[0.5, 1]),
        lambda: vector.step([0, 1.5]),  # type: ignore[arg-type]
        lambda: spane.Session(cluster, "first-fit").choose_many([["4", "8"]]),
        lambda: spane.Trace.from_arrays([1, 1], [1, 1], [0, 1], [1, 1], ids=[0, 1.5]),
        lambda: spane.trimmed_mean([1, 2 + 1j]),
        lambda: spane.trimmed_mean([[1], [1, 2]]),
    ]
    for call in calls:
        with pytest.raises(spane.InvalidArgumentError):
            call()
    with pytest.raises(TypeError, match=r"server is 0\.5; it must be a whole number"):
        cluster.cordon(0.5)  # type: ignore[arg-type]
