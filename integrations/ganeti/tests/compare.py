"""How many instances find room: here, by Ganeti's own allocator hail, and by its capacity planner hspace."""

from __future__ import annotations

import json
import pathlib
import random
import subprocess
import sys
import tempfile

from allocator import Allocator
from cluster import GIB, allocate, copy_of, drawn, instance, message, node, put, with_request
from rules import objections
from test_answers import with_instance

HAIL = "/usr/lib/ganeti/iallocators/hail"


def equal(count: int) -> dict:
    return message({f"node{i:02}": node("group-1", 32 * GIB, 16, 1000 * GIB) for i in range(count)})


def mixed(count: int) -> dict:
    return message({f"node{i:02}": node("group-1", (24, 48, 96)[i % 3] * GIB, (12, 24, 32)[i % 3], 1000 * GIB) for i in range(count)})


def fill(allocator: Allocator, cluster: dict, specs: list[dict], stops: bool) -> tuple[int, int]:
    """Asks for one instance after the other, until one is refused or all were asked for: how many have room, and their GiB."""
    cluster = copy_of(cluster)
    placed = mem = 0
    for index, spec in enumerate(specs):
        name = f"new{index}"
        answer = allocator.ask(with_request(cluster, allocate(name, spec)))
        if not answer["success"]:
            if stops:
                break
            continue
        wrong = objections(cluster, with_instance(cluster, name, spec, answer["result"]), name)
        assert not wrong, (allocator.command, answer, wrong)
        put(cluster, name, spec, answer["result"])
        placed += 1
        mem += spec["memory"] // GIB
    return placed, mem


def room_by_hspace(cluster: dict, spec: dict) -> int:
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "message.json"
        file.write_text(json.dumps(with_request(cluster, allocate("new", spec))))
        size = f"{spec['disk_space_total']}m,{spec['memory']}m,{spec['vcpus']}"
        told = subprocess.run(["hspace", "-I", str(file), "--disk-template", spec["disk_template"], "--standard-alloc", size,
                               "--tiered-alloc", size, "--machine-readable"], capture_output=True, text=True, check=True).stdout
    values = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    assert values["HTS_OK"].strip("'\"") == "1", told
    return int(values["HTS_ALLOC_INSTANCES"].strip("'\""))


def compare(program: str, policies: list[str], nodes: int, requests: int) -> int:
    """Prints the table; how many decisions were made."""
    columns = {policy: Allocator(program, "--policy", policy) for policy in policies} | {"hail": Allocator(HAIL)}
    print(f"{'':42}" + "".join(f"{pathlib.Path(name).name[:22]:>24}" for name in columns) + f"{'hspace':>10}")
    for template in ("plain", "drbd"):
        spec = instance(template, 4 * GIB, 2, 20 * GIB)
        room = [fill(allocator, equal(nodes), [spec] * 2000, True)[0] for allocator in columns.values()]
        print(f"{template + ', 4 GiB each, until full':42}" + "".join(f"{one:>24}" for one in room)
              + f"{room_by_hspace(equal(nodes), spec):>10}", flush=True)
    for template in ("plain", "drbd"):
        draw = random.Random(7)
        specs = [drawn(draw, template) for _ in range(requests)]
        asked = sum(spec["memory"] for spec in specs) // GIB
        told = [fill(allocator, mixed(nodes), specs, False) for allocator in columns.values()]
        print(f"{f'{template}, {requests} of mixed sizes, {asked} GiB':42}"
              + "".join(f"{f'{placed} ({mem} GiB)':>24}" for placed, mem in told) + f"{'-':>10}", flush=True)
    print(f"{'CPU ms a decision, with start and JSON':42}" + "".join(f"{one.milliseconds:>24.1f}" for one in columns.values()))
    for allocator in columns.values():
        allocator.close()
    return sum(allocator.calls for allocator in columns.values())


if __name__ == "__main__":
    compare(sys.argv[1], sys.argv[4:] or ["best-fit"], int(sys.argv[2]), int(sys.argv[3]))
