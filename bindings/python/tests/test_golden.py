"""Against what the published implementation printed: every decision, reward and total."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import spane
from spane.convert.torch import main

h5py = pytest.importorskip("h5py")
pytestmark = pytest.mark.usefixtures("library")

HEURISTICS = ("first_fit", "best_fit", "balance_fit", "move_to_front")
MODELS = ("SPANE-44r8Q", "SPANE-FFb8o", "SPANE-ZHrai", "MLPDQN-WWQEX", "MLPAUG-NfJxi")


@pytest.fixture(scope="module")
def trace(library: str, reference: Path) -> spane.Trace:
    return spane.Trace(reference / "trace" / "Huawei-East-1-lt.csv")


@pytest.fixture(scope="module")
def models(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, spane.Model]:
    folder = tmp_path_factory.mktemp("models")
    loaded = {}
    for name in MODELS:
        target = folder / f"{name}.h5"
        (source,) = (reference / "published" / "models").glob(f"{name}_*.th")
        assert main([str(source), str(target)]) == 0
        loaded[name] = spane.Model(target)
    return loaded


def episodes(reference: Path) -> list[tuple[str, Any]]:
    """Name and content of every recorded episode."""
    with h5py.File(reference / "golden" / "validation_steps.h5") as file:
        found = []
        for group, policies in file.items():
            for policy, episode in policies.items():
                data = {key: values[()] for key, values in episode.items()}
                found.append((f"{group}/{policy}", {**data, **episode.attrs}))
    assert len(found) > 20
    return found


def servers_of(name: str) -> int:
    """The groups servers1, servers2, ... have their number in the name; the others have 5."""
    group = name.split("/")[0]
    return int(group[len("servers") :]) if group.startswith("servers") else 5


def test_environments_replay_every_recorded_step(trace: spane.Trace, reference: Path) -> None:
    for name, golden in episodes(reference):
        if "action" not in golden:
            continue
        servers = servers_of(name)
        environment = spane.Environment(trace, servers=servers)
        environment.reset(golden["start"], length=golden["length"])
        for index, action in enumerate(golden["action"]):
            where = (name, index)
            assert environment.info.clock == golden["time"][index], where
            if "observation" in golden:
                observation = environment.observation()[:-3].reshape(servers, 2, 2)
                assert observation.tolist() == golden["observation"][index].tolist(), where
                assert environment.mask().tolist() == (golden["available"][index] != 0).tolist()
            step = environment.step(action)
            if "reward" in golden:
                assert step.reward == pytest.approx(golden["reward"][index], rel=1e-12), where
        assert step.terminated
        assert environment.info.total_wait == golden["total_wait"]


def test_policies_decide_as_recorded(
    trace: spane.Trace, reference: Path, models: dict[str, spane.Model]
) -> None:
    for name, golden in episodes(reference):
        policy_name = name.split("/")[1]
        if "action" not in golden or policy_name not in (*HEURISTICS, *MODELS):
            continue
        policy = models.get(policy_name, policy_name.replace("_", "-"))
        servers = servers_of(name)
        episode = spane.play(
            trace, policy, golden["start"], servers=servers, length=golden["length"]
        )
        actions = np.array(golden["action"])
        split = trace.mem[golden["start"] :][: len(actions)] > 10
        # Both actions of a server mean the same for a split VM.
        actions[split] -= actions[split] % 2
        assert episode.actions.tolist() == actions.tolist(), name
        assert episode.clock.tolist() == golden["time"].tolist(), name
        assert episode.total_wait == golden["total_wait"], name


def test_the_balance_reward(trace: spane.Trace, reference: Path) -> None:
    golden = dict(episodes(reference))["balance_reward/first_fit"]
    environment = spane.Environment(trace, balance_weight=golden["reward_weight"])
    environment.reset(golden["start"], length=golden["length"])
    for reward in golden["reward"]:
        step = environment.step(environment.mask().argmax())
        assert step.reward == pytest.approx(reward, abs=1e-9)


def test_a_thousand_episodes(trace: spane.Trace, reference: Path) -> None:
    starts = np.loadtxt(reference / "trace" / "test_starts.txt", np.int64)
    summary = spane.evaluate(trace, starts, ["first-fit", "balance-fit"]).summary()
    assert summary.row("first-fit").trimmed_mean == pytest.approx(89_822.5225, abs=1e-6)
    assert summary.row("balance-fit").trimmed_mean == pytest.approx(86_009.90875, abs=1e-6)


def test_published_totals(
    trace: spane.Trace, reference: Path, models: dict[str, spane.Model]
) -> None:
    starts = np.loadtxt(reference / "trace" / "test_starts.txt", np.int64)
    name = "SPANE-44r8Q"
    published = np.loadtxt(reference / "published" / "episodes" / f"{name}.txt")
    result = spane.evaluate(trace, starts[:200], [models[name]])
    assert (result.waits[0] == published[:200]).mean() > 0.99
