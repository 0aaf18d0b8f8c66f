"""Folders as the `spane` command leaves them."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

PLAIN = ("trimmed_mean_10", "trimmed_mean_15", "mean_log", "share_above")
SERVERS = ("servers_mean", "servers_p90")
SERVERS_BOUNDED = ("servers_above_bound", "servers_saved")
BOUNDED = ("above_bound_10", "saved_10", "above_bound_15", "saved_15")


def experiment(
    folder: Path, servers: tuple[int, ...] = (5,), episodes: int = 40, kind: str | None = None
) -> Path:
    """A group of two among three policies; the figures are made up."""
    folder.mkdir(parents=True)
    names = ["first-fit", "balance-fit", "nets/1", "nets/2"]
    trace = {"file": "t.h5", "source": "a <test>", "licence": "CC0", "sha256": "ab" * 32}
    manifest = {
        "format": "spane-experiment",
        "format_version": 1,
        "spane_version": "0.1.0",
        "experiment": kind or ("wait-time" if len(servers) == 1 else "flexibility"),
        "trace": trace,
        "starts": {"given": "0..<9:3:1", "count": episodes, "sha256": "cd" * 32},
        "length": "auto",
        "servers": list(servers),
        "node_cpu": 40,
        "node_mem": 90,
        "split_above": 10,
        "policies": [{"name": n, "group": "nets" if "/" in n else None} for n in names],
    }
    (folder / "experiment.json").write_text(json.dumps(manifest))
    summary = {
        "format": "spane-experiment-summary",
        "format_version": 1,
        "baseline": "first-fit",
        "threshold": 500000,
        "confidence": 0.95,
        "resamples": 5000,
        "seed": 1,
        "clusters": [_cluster(folder, count, names, episodes, kind) for count in servers],
    }
    (folder / "summary.json").write_text(json.dumps(summary))
    return folder


def servers_by_moves(folder: Path, numbers: Sequence[int] = (0, 4)) -> Path:
    """Servers counted with several numbers of moves."""
    experiment(folder, (1,), kind="servers")
    summary = json.loads((folder / "summary.json").read_text())
    cluster = summary["clusters"][0]
    summary["clusters"] = []
    for moves in numbers:
        part = json.loads(json.dumps({**cluster, "moves": moves}))
        for place, row in enumerate(part["rows"][:-1]):
            names = ("moves_per_1000_vms", "moves_per_day", "gb_moved_per_gb_placed")
            row["moves"] = dict(zip(names, (1.5 * moves, 20.0 * moves, 0.01 * moves)))
            if moves != numbers[0]:
                row["saved_by_moves"] = {n: _estimate(n, place, 1, 1) for n in SERVERS}
        summary["clusters"].append(part)
        text = (folder / "servers.csv").read_text()
        (folder / f"servers-moves-{moves}.csv").write_text(text)
    (folder / "servers.csv").unlink()
    (folder / "summary.json").write_text(json.dumps(summary))
    return folder


def _cluster(
    folder: Path, servers: int, names: list[str], episodes: int, kind: str | None
) -> dict[str, Any]:
    counts_servers = kind == "servers"
    table = "servers.csv" if counts_servers else f"waits-{servers}.csv"
    waits = np.random.default_rng(servers).lognormal(9, 2, (episodes, len(names))).round()
    with (folder / table).open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["start", "length", "bound", *names])
        for index, row in enumerate(waits):
            writer.writerow([3 * index, 80, min(row), *row])
    rows = [("first-fit", "policy"), ("balance-fit", "policy"), ("nets", "group")]
    rows += [("nets/1", "member"), ("nets/2", "member"), ("lower bound", "bound")]
    return {
        "servers": servers,
        "episodes": episodes,
        "mean_length": 80.5,
        "block_length": 5,
        "block_count": episodes // 5,
        "block_spans": 1.5,
        "rows": [
            _row(place, name, row, servers, counts_servers)
            for place, (name, row) in enumerate(rows)
        ],
    }


def _row(place: int, name: str, kind: str, servers: int, counts_servers: bool) -> dict[str, Any]:
    plain, bounded = (SERVERS, SERVERS_BOUNDED) if counts_servers else (PLAIN, BOUNDED)

    def estimates(names: tuple[str, ...], shift: float) -> dict[str, Any]:
        return {n: _estimate(n, place, servers, shift) for n in names}

    return {
        "name": name,
        "kind": kind,
        "group": "nets" if kind == "member" else None,
        "figures": estimates(plain if kind == "bound" else plain + bounded, 1),
        "differences": {} if place in (0, 5) else estimates(plain, 0),
        "spread": {n: dict.fromkeys(("lowest", "median", "mean", "highest"), 1.0) for n in plain}
        if kind == "group"
        else {},
    }


def _estimate(name: str, place: int, servers: int, shift: float) -> dict[str, float | None]:
    size = 1000.0 * servers if name.startswith(("trimmed", "above")) else 0.1
    value = size * (shift + 0.1 * place)
    # One without an interval: too few episodes.
    if name == "mean_log" and place == 3:
        return {"value": value, "low": None, "high": None}
    return {"value": value, "low": value - 0.15 * size, "high": value + 0.2 * size}


def run(
    folder: Path,
    seed: int,
    steps: int = 500,
    servers: Sequence[int] = (5,),
    metric: str = "trimmed-mean",
) -> Path:
    """A run whose log ends in the middle of a line."""
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(f"[run]\nseed = {seed}\n")

    def result(value: float) -> dict[str, float]:
        return {"value": value, **{f"{count}_servers": value + count for count in servers}}

    lines: list[dict[str, Any]] = [
        {"event": "start", "version": "0.1.0", "metric": metric, "combination": "mean"}
    ]
    lines[0]["first_fit"] = result(1500.0)
    for step in range(steps):
        seconds = step / 10
        loss = 1 / (step + seed)
        lines.append({"event": "step", "step": step, "seconds": seconds, "loss": loss})
        if step % 100 == 0:
            measured = result(1000.0 * seed - step)
            lines.append({"event": "validation", "step": step, "result": measured, "best": True})
    (folder / "log.jsonl").write_text("\n".join(map(json.dumps, lines)) + '\n{"step": 5')
    return folder


def search(file: Path, trials: int = 60) -> Path:
    """Trials with a choice, a number from a range, a constant, and one trial without a result."""
    random = np.random.default_rng(1)
    with file.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["trial", "width", "lr", "aggregators", "batch", "seconds", "validation"])
        for trial in range(trials):
            result = "" if trial == 7 else f"{random.lognormal(11, 1):.2f}"
            chosen = [random.choice([8, 16]), 10 ** random.uniform(-4, -1)]
            writer.writerow([trial, *chosen, random.choice(["mean", "max"]), 1024, 2.5, result])
    return file


def search_folder(folder: Path) -> Path:
    """What `spane search` leaves behind."""
    (folder / "results.csv").write_text(
        "trial,seed,status,validation,step,steps,seconds,untrained,first_fit,validations,"
        "learner.learning_rate,network.aggregators\n"
        "0,71,finished,12.5,11,20,1.5,20.0,15.0,1:14.0 11:12.5 20:13.0,0.001,mean\n"
        "1,72,finished,11.0,20,20,2.5,18.5,15.0,1:14.0 11:12.0 20:11.0,0.01,mean+max\n"
        "2,73,pruned,30.0,1,1,0.5,19.0,15.0,1:30.0,0.1,mean\n"
    )
    return folder
