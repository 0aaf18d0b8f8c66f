"""The examples that learn and plan run, and print what they promise. Run by
scripts/test-python-clients.sh."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import spane

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "python"
pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="not in a checkout")

SMALL = {
    "ppo_masked.py": ["--steps=1024", "--envs=8", "--rollout=64"],
    "ppo_cleanrl.py": ["--steps=1024", "--envs=8", "--rollout=64", "--select=3", "--every=9"],
    "dqn_masked.py": ["--steps=1000", "--envs=8", "--batch=64", "--select=3", "--n-step=5"],
    "cross_entropy.py": ["--generations=2", "--population=6", "--elite=3", "--train=6"],
    "window_oracle.py": ["--window=8"],
}
LEARNED = {"ppo_masked.py": "ppo", "ppo_cleanrl.py": "ppo", "dqn_masked.py": "dqn"}


def run(name: str, *options: str) -> str:
    ran = subprocess.run(
        [sys.executable, EXAMPLES / name, "--test=4", "--servers=2", *SMALL[name], *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def means(printed: str) -> dict[str, float]:
    """The trimmed means of the table, by policy."""
    rows = re.findall(r"^(\S.*?) +([\d,]+\.\d\d)  +[\d,]+\.\d\d  ", printed, re.MULTILINE)
    return {name: float(value.replace(",", "")) for name, value in rows}


@pytest.mark.parametrize("name", sorted(LEARNED))
def test_learners(name: str, tmp_path: Path) -> None:
    policy, saves = LEARNED[name], name != "ppo_masked.py"
    weights = tmp_path / "learned.h5"
    printed = run(name, *(["--output", str(weights)] if saves else []))
    assert re.search(r"^learned for \d+ s of processor time$", printed, re.MULTILINE)
    found = means(printed)
    wanted = [policy, "first-fit", "default rule", "lower bound"]
    assert found.keys() == {*wanted, *([f"{policy} as weights"] if saves else [])}
    assert all(found["lower bound"] <= value for value in found.values())
    assert "less default rule" in printed
    if not saves:
        return
    assert len(re.findall(r"^step [\d,]+: \d+\.\d{4}$", printed, re.MULTILINE)) >= 1
    model = spane.Model(weights)
    assert model.info.kind == ("potential" if policy == "ppo" else "spane")
    assert model.provenance("licence") == "MIT"


def test_cross_entropy() -> None:
    printed = run("cross_entropy.py")
    rules = re.findall(r"^generation \d: \d+\.\d{4} (\S+)$", printed, re.MULTILINE)
    assert len(rules) == 2
    # What is printed is the name of a rule.
    trace = spane.Trace.generate(500, seed=1)
    assert spane.evaluate(trace, [0], rules, length=100).waits.shape == (2, 1)
    assert means(printed).keys() == {"cross-entropy", "first-fit", "default rule", "lower bound"}


def test_window_oracle() -> None:
    printed = run("window_oracle.py")
    told = re.search(
        r"^([\d,]+) decisions of \d+\.\d ms; (\d+) with a program, (\d+) not as the rule$",
        printed,
        re.MULTILINE,
    )
    assert told, printed
    decisions, planned, changed = (int(number.replace(",", "")) for number in told.groups())
    assert decisions > planned > changed >= 0
    assert means(printed).keys() == {"oracle", "first-fit", "default rule", "lower bound"}


@pytest.mark.parametrize(
    ("name", "kind"), [("ppo_cleanrl.py", "Agent"), ("dqn_masked.py", "Spane")]
)
def test_what_is_saved_scores_the_same(name: str, kind: str, tmp_path: Path) -> None:
    example = runpy.run_path(str(EXAMPLES / name))
    torch.manual_seed(1)
    network = example[kind]()
    model = example["as_model"](network, tmp_path / "saved.h5")
    environment = spane.Environment(spane.Trace.generate(1000, seed=1))
    session = spane.EnvironmentSession(environment, model)
    environment.reset(0, length=40)
    for _ in range(39):
        seen = torch.from_numpy(environment.observation()[None])
        with torch.no_grad():
            found = (
                network(seen, torch.ones(1, 10, dtype=torch.bool))[0]
                if kind == "Agent"
                else network(seen)
            )
        np.testing.assert_allclose(found[0].numpy(), session.q_values(), atol=2e-6)
        environment.step(session.decide())


def test_the_program_of_the_oracle(tmp_path: Path) -> None:
    """Two servers, on which the rule's usual choice would keep a large VM waiting."""
    oracle_of = runpy.run_path(str(EXAMPLES / "window_oracle.py"))["WindowOracle"]
    # Two small VMs, then one that needs a whole server: both small ones must share a server.
    trace = spane.Trace.from_arrays(
        cpu=np.array([20.0, 20, 80, 4, 4]),
        mem=np.array([8.0, 8, 100, 8, 8]),
        arrival=np.array([0.0, 1, 2, 3, 4]),
        lifetime=np.full(5, 1000.0),
    )
    oracle = oracle_of(trace, window=4, servers=2)
    environment = spane.Environment(trace, servers=2)
    environment.reset(0, length=3)
    # A rule that fills both servers, so that there is something to improve.
    oracle.rule = "least-allocated+first"
    for vm in range(3):
        action = oracle.decide(0, vm, vm == 0)
        step = environment.step(action)
    assert step.terminated
    assert environment.info.total_wait == 0
    # The second one goes where the first one is, and not where the rule puts it.
    assert (oracle.planned, oracle.changed) == (2, 1)
