"""The examples run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY

import spane

EXAMPLES = REPOSITORY / "examples"
pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="not in a checkout")


@pytest.mark.parametrize("policy", ["balance-fit", "network"])
def test_scheduler(library: str, weights: Path, policy: str) -> None:
    source = str(Path(spane.__file__).parents[1])
    chosen = str(weights) if policy == "network" else policy
    ran = subprocess.run(
        [sys.executable, "python/scheduler.py", "data/events.csv", chosen],
        cwd=EXAMPLES,
        env={**os.environ, "PYTHONPATH": source, "SPANE_LIBRARY": library},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = ran.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["placed", "waited", "gave", "utilisation"]
    placed, gave_up = int(lines[0].split()[1]), int(lines[2].split()[2])
    assert placed + gave_up == 1000
