"""A small search and the command that runs it, for the tests of searches on several hosts."""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]


def command() -> str:
    """The `spane` command; skips the test without it."""
    named = os.environ.get("SPANE_COMMAND")
    file = Path(named) if named else REPOSITORY / ".build" / "release" / "spane-cli"
    if not file.is_file():
        pytest.skip(f"the spane command is missing: {file}; build it, or let SPANE_COMMAND name it")
    return str(file)


def write(folder: Path, settings: str, generations: int = 60) -> None:
    """Writes `trace.csv` and `space.toml`."""
    draw = random.Random(6)
    lines, time = ["vmid,cpu,mem,at,lt"], 0
    for vm in range(600):
        time += draw.randrange(4)
        cpu = draw.choice((1, 2, 4, 8, 16))
        lines.append(f"{vm},{cpu},{cpu * draw.randint(1, 4)},{time},{draw.randrange(60)}")
    (folder / "trace.csv").write_text("\n".join(lines) + "\n")
    (folder / "space.toml").write_text(
        f"""
        [search]
        {settings}
        [space]
        learner.sigma = {{ log-uniform = [0.1, 1] }}
        network.activation = ["tanh", "relu"]
        network.hidden_width = {{ integers = [2, 4] }}
        [run]
        preset = "potential"
        checkpoint_seconds = 0.01
        [data]
        servers = [2]
        traces = [{{ file = "trace.csv", starts = "0..<300" }}]
        [validation]
        starts = "300..<450:8:1"
        every = 7
        [learner]
        generations = {generations}
        population = 4
        episodes = 4
        """
    )


def _environment() -> Mapping[str, str]:
    path = f"{REPOSITORY}/bindings/python/src"
    return {**os.environ, "SPANE_PYTHON": sys.executable, "PYTHONPATH": path}


_started: list[subprocess.Popen[str]] = []


def end_all() -> None:
    """Ends what a test that failed has left running."""
    while _started:
        process = _started.pop()
        if process.poll() is None:
            process.kill()
            process.communicate()


def start(
    folder: Path, output: str, *more: str, prefix: tuple[str, ...] = ()
) -> subprocess.Popen[str]:
    """Starts `spane search` on the search of the folder."""
    process = subprocess.Popen(
        [*prefix, command(), "search", "space.toml", "--output", output, *more],
        cwd=folder,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    _started.append(process)
    return process


def search(folder: Path, output: str, *more: str) -> tuple[int, str, str]:
    """Runs it to its end: its status and what it printed."""
    process = start(folder, output, *more)
    printed, errors = process.communicate(timeout=120)
    return process.returncode, printed, errors


def rows(folder: Path) -> list[dict[str, str]]:
    """The results of a search without the times."""
    with (folder / "results.csv").open(newline="") as lines:
        return [{**row, "seconds": ""} for row in csv.DictReader(lines)]


def weights(folder: Path) -> dict[str, bytes]:
    """The files of the weights that are kept."""
    return {file.name: file.read_bytes() for file in folder.glob("trial-*.h5")}
