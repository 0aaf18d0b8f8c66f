"""Files of the names that the documentation uses for the reader's own."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
from conftest import REPOSITORY

import spane


def make_files(folder: Path) -> None:
    for name in ("data", "examples"):
        shutil.copytree(REPOSITORY / name, folder / name)
    trace = spane.Trace(folder / "data" / "synthetic.h5")
    with (folder / "trace.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["vmid", "cpu", "mem", "at", "lt"])
        table.writerows(
            zip(range(len(trace.cpu)), trace.cpu, trace.mem, trace.arrival, trace.lifetime)
        )
    shutil.copyfile(folder / "trace.csv", folder / "mine.csv")
    shutil.copyfile(folder / "data" / "synthetic.h5", folder / "mine.h5")
    weights = folder / "data" / "weights"
    shutil.copyfile(weights / "spane-synthetic.h5", folder / "weights.h5")
    for index, name in enumerate("abc", 1):
        shutil.copyfile(weights / f"untrained-{index}.h5", folder / f"{name}.h5")
    starts = np.random.default_rng(1).choice(25_000, 40, replace=False) + 70_000
    (folder / "test_starts.txt").write_text("".join(f"{start}\n" for start in sorted(starts)))
    make_run(folder / "run")
    make_cluster(folder / "cluster.h5")


def make_run(folder: Path) -> None:
    folder.mkdir()
    events = [{"event": "step", "step": 1}, {"event": "validation", "step": 1}]
    (folder / "log.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))


def make_cluster(path: Path) -> None:
    """Servers on which moves make room for a VM of 32 cores and 128 GB on two nodes."""
    cluster = spane.Cluster()
    cluster.add_servers(10, node_cpu=40, node_mem=90)
    for server in range(10):
        for node in range(2):
            vm = 4711 if (server, node) == (8, 0) else server * 2 + node
            cluster.place(vm, (server, (node,)), cpu=12, mem=10)
            cluster.place(1000 + vm, (server, (node,)), cpu=13, mem=10)
    cluster.save(path)
