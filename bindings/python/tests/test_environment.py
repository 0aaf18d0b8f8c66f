"""Single environments."""

from __future__ import annotations

from typing import Any, Callable

import numpy as np
import pytest

import spane

pytestmark = pytest.mark.usefixtures("library")


@pytest.fixture(scope="module")
def trace(library: str) -> spane.Trace:
    return spane.Trace.generate(5000, seed=1)


@pytest.fixture
def environment(trace: spane.Trace) -> spane.Environment:
    made = spane.Environment(trace, servers=3)
    made.reset(100, length=200)
    return made


def finish(environment: spane.Environment) -> list[spane.Step]:
    steps = [environment.step(environment.mask().argmax())]
    while not (steps[-1].terminated or steps[-1].truncated):
        steps.append(environment.step(environment.mask().argmax()))
    return steps


def test_an_episode(environment: spane.Environment, trace: spane.Trace) -> None:
    info = environment.info
    assert (info.start, info.head, info.placed, info.length) == (100, 100, 0, 200)
    assert (info.finished, info.clock) == (False, trace.arrival[100])
    steps = finish(environment)
    assert len(steps) == 200
    assert steps[-1].terminated
    assert not steps[-1].truncated
    info = environment.info
    assert (info.finished, info.terminated, info.placed) == (True, True, 200)
    assert info.total_wait == sum(step.wait for step in steps)
    assert all(step.reward == pytest.approx(-np.log1p(step.wait)) for step in steps)


def test_the_end_of_the_trace_truncates(trace: spane.Trace) -> None:
    environment = spane.Environment(trace)
    environment.reset(len(trace) - 10, exceed=1000)
    last = finish(environment)[-1]
    assert (last.terminated, last.truncated) == (False, True)


def test_lengths(trace: spane.Trace) -> None:
    environment = spane.Environment(trace, servers=2)
    environment.reset(0)
    placed = len(finish(environment))
    environment.reset(0, exceed=1)
    assert len(finish(environment)) + 40 == placed
    with pytest.raises(spane.InvalidArgumentError, match="give only one"):
        environment.reset(0, length=1, exceed=1)
    with pytest.raises(spane.InvalidArgumentError):
        environment.reset(0, length=0)
    with pytest.raises(spane.InvalidArgumentError):
        environment.reset(len(trace))


def test_observation(environment: spane.Environment, trace: spane.Trace) -> None:
    observation = environment.observation()
    assert observation.dtype == np.float32
    assert observation[:12].tolist() == [40, 90] * 6
    request = environment.request
    assert observation[12:].tolist() == [request.cpu, request.mem, request.is_split]
    assert (request.cpu, request.mem) == (trace.cpu[100], trace.mem[100])
    normalised = spane.Environment(trace, servers=3, normalised=True)
    normalised.reset(100)
    node = np.array([40, 90], np.float32)
    expected = observation / np.concatenate([np.tile(node, 7), [1]]).astype(np.float32)
    assert normalised.observation() == pytest.approx(expected)


def test_outputs_of_the_caller(environment: spane.Environment) -> None:
    observation = np.empty(environment.observation_size, np.float32)
    mask = np.empty(environment.actions, np.bool_)
    assert environment.observation(observation) is observation
    assert environment.mask(mask) is mask
    with pytest.raises(spane.InvalidArgumentError, match="dtype"):
        environment.mask(np.empty(6, np.int64))
    with pytest.raises(spane.ShapeMismatchError):
        environment.observation(np.empty(3, np.float32))
    watch = environment.watch()
    finish(environment)
    watch.update()
    assert watch.observation.tolist() == environment.observation().tolist()
    assert watch.mask.tolist() == environment.mask().tolist()


def test_an_action_without_room_changes_nothing(trace: spane.Trace) -> None:
    environment = spane.Environment(trace, servers=1)
    environment.reset(0)
    while environment.mask().all():
        environment.step(0 if environment.mask()[0] else 1)
    before = environment.to_bytes()
    with pytest.raises(spane.InfeasibleActionError):
        environment.step(int((~environment.mask()).argmax()))
    for number in (-1, 2, 2**31, 2**32):
        with pytest.raises((spane.InfeasibleActionError, spane.InvalidArgumentError)):
            environment.step(number)
    assert environment.to_bytes() == before


def test_states(environment: spane.Environment, trace: spane.Trace) -> None:
    for _ in range(50):
        environment.step(environment.mask().argmax())
    state = environment.to_bytes()
    copies = [environment.clone(), spane.Environment.from_bytes(trace, state)]
    expected = finish(environment)
    for copy in copies:
        assert copy.servers == 3
        assert finish(copy) == expected
    environment.restore(state)
    assert finish(environment) == expected
    with pytest.raises(spane.FormatError):
        environment.restore(b"nothing")
    with pytest.raises(spane.ShapeMismatchError):
        spane.Environment.from_bytes(spane.Trace.generate(5000, seed=2), state)


def test_balance_reward(trace: spane.Trace) -> None:
    rewards = []
    for weight in (None, 0.0, 0.5):
        environment = spane.Environment(trace, balance_weight=weight)
        environment.reset(0, length=30)
        rewards.append([step.reward for step in finish(environment)])
    assert rewards[0] == rewards[1]
    assert rewards[0] != rewards[2]


def test_options_are_checked(trace: spane.Trace) -> None:
    for wrong in ({"servers": 0}, {"node_cpu": -1.0}, {"servers": 2**31}, {"node_cpu": 2.0}):
        with pytest.raises(spane.InvalidArgumentError):
            spane.Environment(trace, **wrong)
    with pytest.raises(TypeError):
        spane.Environment(trace, nodes=3)  # type: ignore[call-arg]


def test_before_the_first_reset(trace: spane.Trace) -> None:
    environment = spane.Environment(trace)
    assert environment.info.start is None
    for use in (environment.observation, environment.mask, lambda: environment.step(0)):
        with pytest.raises(spane.BadStateError):
            use()


def test_the_trace_may_be_closed_first() -> None:
    trace = spane.Trace.generate(1000)
    environment = spane.Environment(trace)
    trace.close()
    environment.reset(0)
    finish(environment)
    with pytest.raises(spane.ClosedError, match="this Trace is closed"):
        spane.Environment(trace)


USES: list[Callable[[spane.Environment], Any]] = [
    lambda environment: environment.reset(0),
    lambda environment: environment.step(0),
    lambda environment: environment.observation(),
    lambda environment: environment.mask(),
    lambda environment: environment.request,
    lambda environment: environment.info,
    lambda environment: environment.clone(),
    lambda environment: environment.to_bytes(),
    lambda environment: environment.restore(b"123"),
    lambda environment: environment.watch().update(),
]


@pytest.mark.parametrize("use", USES)
def test_closed(environment: spane.Environment, use: Callable[[spane.Environment], Any]) -> None:
    environment.close()
    environment.close()
    with pytest.raises(spane.ClosedError, match="this Environment is closed"):
        use(environment)
