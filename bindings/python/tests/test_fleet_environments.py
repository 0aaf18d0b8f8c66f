"""Environments, evaluation and Gymnasium on servers of any kind."""

from __future__ import annotations

from typing import Any, Callable

import numpy as np
import pytest

import spane

pytestmark = pytest.mark.usefixtures("library")


@pytest.fixture(scope="module")
def trace(library: str) -> spane.Trace:
    return spane.Trace.generate(3000, seed=3)


@pytest.fixture
def fleet() -> spane.Cluster:
    made = spane.Cluster(nodes=4, split_above=20, node_resources=["gpu"])
    made.add_servers(spane.ServerType([(40, 128)] * 4), 2)
    made.add_servers(spane.ServerType([(48, 256, 2)]))
    made.add_servers(spane.ServerType([(24, 96), (40, 128, 1)]))
    return made


def test_an_episode_on_a_fleet(trace: spane.Trace, fleet: spane.Cluster) -> None:
    # What runs on the cluster does not matter.
    fleet.place(1, (0, (0,)), 4, 8)
    environment = spane.Environment(trace, fleet=fleet)
    fleet.release(1)
    assert (environment.servers, environment.actions) == (4, 4 * 6)
    environment.reset(0, length=300)
    seen = environment.observation()
    assert np.array_equal(seen[:-3].reshape(4, 4, 3), fleet.amounts().free)
    vm = environment.request
    assert tuple(seen[-3:]) == (np.float32(vm.cpu), np.float32(vm.mem), vm.span)
    session = spane.EnvironmentSession(environment, "best-fit")
    waits, spans = [], set()
    for _ in range(300):
        vm = environment.request
        spans.add(vm.span)
        mask = environment.mask().reshape(4, 6)
        # A VM on one of four nodes has an action for each, then the first two again.
        assert mask.any() and (vm.span > 1 or np.array_equal(mask[:, 4:], mask[:, :2]))
        waits.append(environment.step(session.decide()).wait)
    assert spans == {1, 2}
    result = spane.evaluate(trace, [0], ["best-fit"], fleet=fleet, length=300)
    assert result.waits[0, 0] == sum(waits)


def test_what_has_no_room_and_saved_states(trace: spane.Trace, fleet: spane.Cluster) -> None:
    environment = spane.Environment(trace, fleet=fleet)
    environment.reset(0, length=300)
    for _ in range(40):
        environment.step(environment.mask().argmax())
    blocked = np.flatnonzero(~environment.mask())
    assert blocked.size
    with pytest.raises(spane.InfeasibleActionError, match="of server"):
        environment.step(blocked[-1])
    again = spane.Environment.from_bytes(trace, environment.to_bytes())
    assert (again.actions, again.observation_size) == (24, environment.observation_size)
    for _ in range(20):
        action = environment.mask().argmax()
        assert environment.step(action) == again.step(action)
    assert again.to_bytes() == environment.to_bytes()


def test_a_fleet_without_servers(trace: spane.Trace) -> None:
    with pytest.raises(spane.InvalidArgumentError, match="fleet has no servers"):
        spane.Environment(trace, fleet=spane.Cluster())
    small = spane.Cluster()
    small.add_servers(1, node_cpu=1, node_mem=1)
    closed = spane.Cluster()
    closed.close()
    with pytest.raises(spane.ClosedError, match="fleet"):
        spane.Environment(trace, fleet=closed)
    with pytest.raises(spane.ClosedError, match="fleet"):
        spane.evaluate(trace, [0], ["first-fit"], fleet=closed)
    with pytest.raises(spane.InvalidArgumentError, match="VM"):
        spane.evaluate(trace, [0], ["first-fit"], fleet=small)


@pytest.mark.parametrize(
    ("name", "value"), [("servers", 5), ("node_cpu", 40.0), ("node_mem", 64), ("split_above", 10)]
)
def test_a_fleet_and_servers_beside_it(
    trace: spane.Trace, fleet: spane.Cluster, name: str, value: float
) -> None:
    pytest.importorskip("gymnasium")
    from spane.gym import PlacementEnv, PlacementVectorEnv

    given: Any = {name: value, "fleet": fleet}
    takers: list[Callable[[], object]] = [
        lambda: spane.Environment(trace, **given),
        lambda: spane.VectorEnvironment(trace, 2, **given),
        lambda: spane.evaluate(trace, [0], ["first-fit"], **given),
        lambda: PlacementEnv(trace, **given),
        lambda: PlacementVectorEnv(2, trace, **given),
    ]
    for take in takers:
        with pytest.raises(spane.InvalidArgumentError, match=f"^{name} is {value} and fleet"):
            take()


def test_many_at_once_are_as_one(trace: spane.Trace, fleet: spane.Cluster) -> None:
    vector = spane.VectorEnvironment(trace, 3, fleet=fleet, starts=[5, 50, 500], length=60)
    singles = [spane.Environment(trace, fleet=fleet) for _ in range(3)]
    vector.reset()
    for single, start in zip(singles, (5, 50, 500)):
        single.reset(start, length=60)
    for _ in range(50):
        for row, single in enumerate(singles):
            assert np.array_equal(vector.observation[row], single.observation())
            assert np.array_equal(vector.mask[row], single.mask())
        actions = vector.mask.argmax(axis=1)
        vector.step(actions.astype(np.int32))
        for row, single in enumerate(singles):
            assert vector.wait[row] == single.step(actions[row]).wait


def test_potentials_learn_and_play_anywhere(trace: spane.Trace, fleet: spane.Cluster) -> None:
    potential = spane.Model("../../data/weights/potential-synthetic.h5")
    spane_network = spane.Model("../../data/weights/untrained-1.h5")
    result = spane.evaluate(trace, range(0, 1000, 250), [potential], fleet=fleet, length=200)
    assert np.isfinite(result.waits).all()
    with pytest.raises(spane.ShapeMismatchError, match="two"):
        spane.evaluate(trace, [0], [spane_network], fleet=fleet, length=200)


@pytest.mark.parametrize("normalised", [True, False])
def test_gymnasium(trace: spane.Trace, fleet: spane.Cluster, normalised: bool) -> None:
    pytest.importorskip("gymnasium")
    from gymnasium.utils.env_checker import check_env

    from spane.gym import PlacementEnv, PlacementVectorEnv

    made = PlacementEnv(
        trace, length=50, render_mode="rgb_array", fleet=fleet, normalised=normalised
    )
    check_env(made, skip_render_check=True)
    seen, info = made.reset(seed=1)
    for _ in range(40):
        assert made.observation_space.contains(seen)
        assert info["action_mask"].size == 24
        seen, *_, info = made.step(int(info["action_mask"].argmax()))
    picture = made.render()
    assert picture is not None and picture.ndim == 3
    many = PlacementVectorEnv(
        2, trace, length=50, render_mode="rgb_array", fleet=fleet, normalised=normalised
    )
    rows, _ = many.reset(seed=1)
    assert many.observation_space.contains(rows)
    assert len(many.render() or ()) == 2
