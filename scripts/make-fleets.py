#!/usr/bin/env python3
"""make-fleets.py [TOPOLOGY]: makes data/fleets again: mixed.csv from a seed, and topology.toml, topology.csv and
topology-groups.csv from the folder of a data set that data/fleets/README.md names, with servers.csv (server,cpu0,mem0,cpu1,mem1)
and requests-1.csv (vmid,cpu,mem,nodes,strategy,group,...)."""

import csv
import random
import sys
from collections import Counter
from pathlib import Path

FLEETS = Path(__file__).resolve().parent.parent / "data" / "fleets"

# Share, cores, GB, span (empty for the fleet's rule), GPUs, GB of disk.
FLAVORS = [
    (30, 2, 8, "", "", 40),
    (25, 4, 16, "", "", 80),
    (15, 8, 32, 1, "", 100),
    (10, 16, 64, "", "", 200),
    (8, 32, 128, "", "", 400),
    (6, 16, 32, 2, "", 200),
    (3, 64, 256, 4, "", 800),
    (3, 12, 64, 1, 1, 500),
]


def mixed(count: int = 3000, seed: int = 1) -> None:
    """A trace that keeps the fleet of mixed.toml about nine tenths full."""
    generator = random.Random(seed)
    time = 0
    with (FLEETS / "mixed.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["vmid", "cpu", "mem", "at", "lt", "span", "resource:gpu", "resource:disk"])
        for vm in range(count):
            time += round(generator.expovariate(1 / 60))
            draw = generator.random() * sum(flavor[0] for flavor in FLAVORS)
            for share, cpu, mem, span, gpu, disk in FLAVORS:
                draw -= share
                if draw < 0:
                    break
            lifetime = round(generator.expovariate(1 / 4600)) + 60
            writer.writerow([vm, cpu, mem, time, lifetime, span, gpu, disk])


def topology(folder: Path) -> None:
    """The free amounts of servers as kinds of empty servers, and requests that come a second apart and stay."""
    with (folder / "servers.csv").open() as file:
        kinds = Counter(
            ((row["cpu0"], row["mem0"]), (row["cpu1"], row["mem1"])) for row in csv.DictReader(file)
        )
    lines = [
        "# What 1,710 servers of a data centre had left. README.md says where it comes from.",
        "",
        "split_above = 64",
    ]
    for number, (nodes, count) in enumerate(kinds.items(), 1):
        lines += ["", "[[server]]", f'name = "left-{number}"', f"count = {count}"]
        if nodes[0] == nodes[1]:
            lines += ["nodes = 2", f"cpu = {nodes[0][0]}", f"mem = {nodes[0][1]}"]
        else:
            tables = ", ".join(f"{{ cpu = {cpu}, mem = {mem} }}" for cpu, mem in nodes)
            lines.append(f"nodes = [{tables}]")
    (FLEETS / "topology.toml").write_text("\n".join(lines) + "\n")
    with (
        (folder / "requests-1.csv").open() as file,
        (FLEETS / "topology.csv").open("w", newline="") as output,
    ):
        writer = csv.writer(output, lineterminator="\n")
        writer.writerow(["vmid", "cpu", "mem", "at", "lt", "span"])
        for time, row in enumerate(csv.DictReader(file)):
            writer.writerow([row["vmid"], row["cpu"], row["mem"], time, 1_000_000, row["nodes"]])
    with (
        (folder / "requests-1.csv").open() as file,
        (FLEETS / "topology-groups.csv").open("w", newline="") as output,
    ):
        writer = csv.writer(output, lineterminator="\n")
        writer.writerow(["vmid", "group"])
        numbers: dict[str, int] = {}
        for row in csv.DictReader(file):
            if row["group"]:
                # Group 0 stands for none.
                number = numbers.setdefault(row["group"], len(numbers) + 1)
                writer.writerow([row["vmid"], number])


if __name__ == "__main__":
    mixed()
    if len(sys.argv) > 1:
        topology(Path(sys.argv[1]))
