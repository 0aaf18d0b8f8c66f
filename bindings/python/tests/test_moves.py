"""Live migrations that make room: environments, evaluations and Gymnasium."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import spane

pytestmark = pytest.mark.usefixtures("library")

STARTS = np.arange(0, 1000, 200)
MOVES: dict[str, Any] = {"moves": 3, "move_budget": 200, "move_seconds_per_gb": 0.5}


@pytest.fixture(scope="module")
def trace(library: str) -> spane.Trace:
    return spane.Trace.generate(3000, seed=1)


def play(environment: spane.Environment) -> float:
    while not environment.info.finished:
        environment.step(int(environment.mask().argmax()))
    return environment.info.total_wait


@pytest.mark.parametrize("queue", [True, False])
def test_evaluate(trace: spane.Trace, queue: bool) -> None:
    policies = ["first-fit", "best-fit"]
    options: dict[str, Any] = {"servers": 3, "length": 400, "queue": queue}
    plain = spane.evaluate(trace, STARTS, policies, **options)
    assert plain.moves is None
    moving = spane.evaluate(trace, STARTS, policies, **options, **MOVES)
    assert moving.moves is not None
    assert moving.moves.count.shape == moving.moves.moved.shape == (2, 5)
    assert moving.moves.count.dtype == np.int64
    assert moving.moves.count.sum() > 0
    assert (moving.moves.moved + moving.moves.moved_local > 0).sum() > 0
    assert ((moving.moves.count > 0) == (moving.moves.moved + moving.moves.moved_local > 0)).all()
    none = spane.evaluate(trace, STARTS, policies, **options, moves=0)
    if isinstance(plain, spane.Evaluation):
        assert isinstance(none, spane.Evaluation)
        assert isinstance(moving, spane.Evaluation)
        assert none.waits.tolist() == plain.waits.tolist()
        assert (moving.waits >= moving.bounds).all()
        assert moving.waits.sum() < plain.waits.sum()
        sampled = spane.evaluate(trace, STARTS, policies, **options, **MOVES, samples=2)
        assert sampled.moves is not None
        assert sampled.moves.count.tolist() == moving.moves.count.tolist()
    else:
        assert isinstance(none, spane.LossEvaluation)
        assert isinstance(moving, spane.LossEvaluation)
        assert none.losses.tolist() == plain.losses.tolist()
        assert moving.refused()[0] < plain.refused()[0]


def test_environment(trace: spane.Trace) -> None:
    """Played by First Fit it waits as long, and moves as much, as an evaluation says."""
    result = spane.evaluate(trace, [200], ["first-fit"], servers=3, length=400, **MOVES)
    assert result.moves is not None
    with spane.Environment(trace, servers=3, **MOVES) as environment:
        environment.reset(200, length=400)
        assert environment.info.moves == 0
        for _ in range(300):
            environment.step(int(environment.mask().argmax()))
        copies = [environment.clone(), pickle.loads(pickle.dumps(environment))]
        for one in [environment, *copies]:
            assert play(one) == result.waits[0, 0]
            info = one.info
            assert info.moves == result.moves.count[0, 0] > 0
            assert info.moved == result.moves.moved[0, 0]
            assert info.moved_local == result.moves.moved_local[0, 0]


def test_vector(trace: spane.Trace) -> None:
    vector = spane.VectorEnvironment(
        trace, 2, starts=[200, 400], length=400, servers=3, autoreset="same-step", **MOVES
    )
    vector.reset()
    for _ in range(400):
        vector.step(vector.mask.argmax(axis=1).astype(np.int32))
    assert vector.terminated.all()
    result = spane.evaluate(trace, [200, 400], ["first-fit"], servers=3, length=400, **MOVES)
    assert result.moves is not None
    assert vector.moves.tolist() == result.moves.count[0].tolist()
    assert vector.moved.tolist() == result.moves.moved[0].tolist()
    assert vector.moved_local.tolist() == result.moves.moved_local[0].tolist()
    assert vector.info(0).moves == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("moves", 65), ("moves", -1), ("move_budget", -1), ("move_price", float("nan"))],
        *[("move_seconds_per_gb", -1.0), ("move_seconds_per_gb", 2e6)],
    ],
)
def test_bad_options(trace: spane.Trace, name: str, value: float) -> None:
    options: dict[str, Any] = {name: value}
    with pytest.raises(spane.InvalidArgumentError, match=f"{name} is "):
        spane.Environment(trace, **options)
    with pytest.raises(spane.InvalidArgumentError, match=f"{name} is "):
        spane.evaluate(trace, [0], ["first-fit"], length=10, **options)


def test_gym(trace: spane.Trace) -> None:
    pytest.importorskip("gymnasium")
    import spane.gym

    single = spane.gym.PlacementEnv(trace, length=400, servers=3, **MOVES)
    _, info = single.reset(options={"start": 200})
    assert info["moves"] == 0
    for _ in range(400):
        *_, info = single.step(int(info["action_mask"].argmax()))
    result = spane.evaluate(trace, [200], ["first-fit"], servers=3, length=400, **MOVES)
    assert result.moves is not None
    assert info["moves"] == result.moves.count[0, 0] > 0
    for limit in (None, 400):
        vector = spane.gym.PlacementVectorEnv(
            2,
            trace,
            starts=[200, 200],
            length=401,
            max_episode_steps=limit,
            autoreset_mode="SameStep",
            servers=3,
            **MOVES,
        )
        _, infos = vector.reset()
        for _ in range(400):
            *_, infos = vector.step(infos["action_mask"].argmax(axis=1))
        counted = infos["moves"]
        assert counted.tolist() == [vector._vector.moves[0]] * 2
        assert counted[0] >= info["moves"]
    plain = spane.gym.PlacementEnv(trace, length=5, servers=3)
    assert "moves" not in plain.reset()[1]
    assert "moves" not in plain.step(0)[4]
