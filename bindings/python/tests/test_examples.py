"""The examples run."""

from __future__ import annotations

import re
from pathlib import Path

import interpreter
import pytest
from conftest import REPOSITORY

EXAMPLES = REPOSITORY / "examples"
SCHEDULER = "python/scheduler.py"
pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="not in a checkout")


def test_groups(library: str) -> None:
    folder = str(REPOSITORY / "data" / "fleets")
    ran = interpreter.run("python/groups.py", folder, "first-fit", folder=EXAMPLES, library=library)
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = ran.stdout.splitlines()
    assert lines[0] == "first-fit: no rules: 23 refused, 0 of them by the rule"
    # Racks are fewer than the VMs of the largest groups.
    assert lines[1].endswith("per server: 22 refused, 0 of them by the rule")
    assert lines[2].endswith("per rack: 117 refused, 117 of them by the rule")


def check_reasons(told: str) -> None:
    """Each VM that waits because it has no room is told of once, with the reason."""
    pattern = r"scheduler: VM (\d+) waits: \d+ cores? and \S+ GB .*: 5 servers considered, 0 have "
    pattern += r"room\. Excluded: (1 cordoned, 4|5) no room\. Least short: server \d by .*\."
    found = [re.fullmatch(pattern, line) for line in told.splitlines()]
    assert found
    assert None not in found
    vms = [match[1] for match in found if match]
    assert len(set(vms)) == len(vms)


@pytest.mark.parametrize("policy", ["balance-fit", "network"])
def test_scheduler(library: str, weights: Path, policy: str) -> None:
    chosen = str(weights) if policy == "network" else policy
    ran = interpreter.run(SCHEDULER, "data/events.csv", chosen, folder=EXAMPLES, library=library)
    assert ran.returncode == 0
    check_reasons(ran.stderr)
    lines = ran.stdout.splitlines()
    assert [line.split()[0] for line in lines] == [
        "placed",
        "waited",
        "gave",
        "refused",
        "utilisation",
    ]
    placed, gave_up = int(lines[0].split()[1]), int(lines[2].split()[2])
    assert placed + gave_up == 1000


def test_moves_shorten_the_queue(library: str) -> None:
    def waited(*arguments: str) -> tuple[int, list[str]]:
        events = "data/events.csv"
        ran = interpreter.run(SCHEDULER, events, *arguments, folder=EXAMPLES, library=library)
        assert ran.returncode == 0
        check_reasons(ran.stderr)
        lines = ran.stdout.splitlines()
        return int(lines[1].split()[1]), lines

    (without, _), (having, lines) = waited("best-fit"), waited("best-fit", "4")
    assert having < without
    assert lines[-1].startswith("moved ")


def test_a_vm_that_never_fits_blocks_nobody(library: str, tmp_path: Path) -> None:
    last = 2**64 - 1
    rows = [(0, "arrive", 1, 4, 8), (1, "arrive", last, 500, 8), (2, "arrive", last - 1, 4, 8)]
    rows += [(3, "leave", last, 500, 8), (4, "leave", last - 1, 4, 8)]
    events = tmp_path / "events.csv"
    lines = [",".join(map(str, row)) for row in rows]
    events.write_text("\n".join(["time,event,id,cpu,mem", *lines]) + "\n")
    ran = interpreter.run(SCHEDULER, str(events), "first-fit", folder=EXAMPLES, library=library)
    assert ran.returncode == 0
    told = f"scheduler: VM {last} is refused: 500 cores and 8 GB on one node: 5 servers considered"
    told += ", 0 have room. Excluded: 5 too small. Least short: server 0 by 460 cores on node 0"
    assert ran.stderr.startswith(told)
    assert "placed       2 VMs" in ran.stdout
    assert "refused      1 VMs" in ran.stdout


@pytest.mark.parametrize("policy", ["best-fit", "../data/weights/potential-synthetic.h5"])
def test_fleet(library: str, policy: str) -> None:
    """It prints what the examples in C and C++ do, which scripts/test-c.sh compares."""
    fleet = "../data/fleets/small.toml"
    ran = interpreter.run(
        "python/fleet.py", fleet, "data/events.csv", policy, folder=EXAMPLES, library=library
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == (EXAMPLES / "data" / f"fleet-{Path(policy).stem}.txt").read_text()


def test_day(library: str) -> None:
    """It prints what the example in C does, which scripts/test-c.sh compares."""
    ran = interpreter.run("python/day.py", folder=EXAMPLES, library=library)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == (EXAMPLES / "data" / "day.txt").read_text()


def test_shadow(library: str, tmp_path: Path) -> None:
    """It prints what the example in C does, which scripts/test-c.sh compares."""
    events, policy, log = "data/events.csv", "best-fit", tmp_path / "cluster.log"
    ran = interpreter.run(
        "python/shadow.py", events, policy, str(log), folder=EXAMPLES, library=library
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == (EXAMPLES / "data" / "shadow.txt").read_text()


def test_failover(library: str) -> None:
    fleet = "../data/fleets/small.toml"
    ran = interpreter.run(
        "python/failover.py", fleet, "first-fit", folder=EXAMPLES, library=library
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    first, last = ran.stdout.splitlines()
    assert first == "N+1 up to 42 VMs; then not without [2, 3]"
    assert last == "no server may fail from 51 VMs on"


def test_own_policy(library: str) -> None:
    trace = str(REPOSITORY / "data" / "synthetic.h5")
    ran = interpreter.run("python/own_policy.py", trace, "20", folder=EXAMPLES, library=library)
    assert (ran.returncode, ran.stderr) == (0, "")
    names = [line.split()[0] for line in ran.stdout.splitlines()[1:]]
    assert names == ["first-fit", "fullest", "default", "lower"]
