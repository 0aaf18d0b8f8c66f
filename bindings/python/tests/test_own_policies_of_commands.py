"""Policies of one's own in `spane evaluate` and `spane experiment`."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import searches
from conftest import REPOSITORY

import spane

pytestmark = pytest.mark.usefixtures("library")

STARTS = ("--trace", "trace.h5", "--starts", "0..<1500:20:1")
FIRST = "def policy(asked):\n    return asked.mask.argmax(axis=1)\n"


@pytest.fixture(scope="module")
def folder(library: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("own")
    spane.Trace.generate(2500, seed=1).save(made / "trace.h5")
    (made / "beside.py").write_text("def first(mask):\n    return mask.argmax(axis=1)\n")
    (made / "mine.py").write_text(
        "import beside\n"
        "print('loaded')\n"
        "class First:\n"
        "    batch, normalised = 3, True\n"
        "    def __call__(self, asked):\n"
        "        assert len(asked.vm) <= 3 and asked.observation[:, :4].max() <= 1\n"
        "        return beside.first(asked.mask)\n"
        "policy = First()\n"
        "number = 7\n"
        "def late(asked):\n"
        "    raise ValueError('no idea')\n"
        "def wrong(asked):\n"
        "    return asked.vm * 0 + 99\n"
        "def gone(asked):\n"
        "    import os\n"
        "    os._exit(3)\n"
        "class Small(First):\n"
        "    batch = 0\n"
        "small = Small()\n"
        "def ends(asked):\n"
        "    raise SystemExit('\\udcff\\x1b\\nend')\n"
        "def forks(asked):\n"
        "    import os\n"
        "    os.fork()\n"
        "    return asked.mask.argmax(axis=1)\n"
        "def spins(asked):\n"
        "    import os, sys\n"
        "    print(os.getpid(), file=sys.stderr, flush=True)\n"
        "    while True:\n"
        "        pass\n"
    )
    return made


def run(folder: Path, *words: str) -> tuple[int, str, str]:
    """Runs the command, whose Python is this one."""
    done = subprocess.run(
        [searches.command(), *words],
        cwd=folder,
        env={**os.environ, "SPANE_PYTHON": sys.executable},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


def waits(text: str) -> dict[str, list[str]]:
    """The columns of the policies."""
    rows = list(csv.DictReader(text.splitlines()))
    return {name: [row[name] for row in rows] for name in list(rows[0])[3:]}


def test_evaluate(folder: Path) -> None:
    policies = ("--policy", "mine.py", "--policy", "mine.py:policy", "--policy", "first-fit")
    code, out, err = run(folder, "evaluate", *STARTS, *policies, "--output", "-")
    assert (code, err) == (0, "loaded\nloaded\n")
    columns = waits(out)
    assert list(columns) == ["mine.py", "mine.py:policy", "first-fit"]
    assert columns["mine.py"] == columns["mine.py:policy"] == columns["first-fit"]
    code, out, err = run(
        folder, "evaluate", *STARTS, *policies[2:], "--no-queue", "--length", "300", "--json"
    )
    assert code == 0
    mine, first = json.loads(out)["policies"]
    assert mine.pop("policy", mine.pop("name", None)) != first.pop(
        "policy", first.pop("name", None)
    )
    for told in (mine, first):
        for name in [name for name in told if "second" in name]:
            del told[name]
    assert mine == first


def test_shards(folder: Path, tmp_path: Path) -> None:
    """Machines share the episodes of one's own policy, and must have the same file of it."""
    for name in ("trace.h5", "beside.py", "mine.py"):
        shutil.copyfile(folder / name, tmp_path / name)
    evaluate = ("evaluate", *STARTS, "--policy", "mine.py", "--policy", "best-fit")
    whole = run(tmp_path, *evaluate, "--output", "-")[1]
    for number in (1, 2):
        code, _, _ = run(tmp_path, *evaluate, "--shard", f"{number}/2", "--output", f"{number}.h5")
        assert code == 0
    assert run(tmp_path, "merge", "2.h5", "1.h5", "--output", "-") == (0, whole, "")
    with (tmp_path / "mine.py").open("a") as file:
        file.write("# another one\n")
    assert run(tmp_path, *evaluate, "--shard", "2/2", "--output", "2.h5")[0] == 0
    code, _, err = run(tmp_path, "merge", "1.h5", "2.h5")
    assert code == 1 and "Error: 2.h5: does not belong to 1.h5. file of mine.py: sha256 " in err


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("none.py", "none.py: cannot be read: No such file"),
        ("none.so", "none.so: cannot be read: No such file"),
        ("mine.py:other", "mine.py:other: the file has no other; name what decides as FILE.py:OBJ"),
        (
            "mine.py:number",
            "mine.py:number: number is 7; it must be a function or another callable",
        ),
        ("mine.py:First", "First is a class; it must be a function or another callable object"),
        ("mine.py:small", "Error: mine.py:small: small: batch is 0; it must be a whole number"),
        ("mine.py:ends", r"mine.py:ends: SystemExit: \udcff\x1b end (line 21)"),
        ("exits.py", "exits.py:policy: SystemExit: 7 (line 1)"),
        ("mine.py:late", "mine.py:late: ValueError: no idea (line 11)"),
        (
            "mine.py:wrong",
            "VM 110 of episode 0 (start 110): action is 99; a cluster of 5 servers has",
        ),
        ("mine.py:gone", "mine.py:gone: its process has ended with status 3"),
        ("bad.py", "bad.py:policy: SyntaxError: "),
        ("trace.so", "trace.so: cannot be loaded: "),
    ],
)
def test_mistakes(folder: Path, policy: str, message: str) -> None:
    (folder / "bad.py").write_text("def policy(:\n")
    (folder / "exits.py").write_text("raise SystemExit(7)\n")
    (folder / "trace.so").write_text("none")
    starts = ("--trace", "trace.h5", "--starts", "110..<111:1:1")
    code, out, err = run(folder, "evaluate", *starts, "--policy", policy)
    assert code != 0
    assert out == ""
    assert f"{message}" in err.splitlines()[-1]
    assert err.splitlines()[-1].startswith("Error: ")


def test_copies_of_the_process(folder: Path) -> None:
    """A copy that a policy makes answers nobody."""
    starts = ("--trace", "trace.h5", "--starts", "110..<111:1:1", "--length", "20")
    words = ("--policy", "mine.py:forks", "--policy", "first-fit", "--output", "-")
    code, out, _ = run(folder, "evaluate", *starts, *words)
    columns = waits(out)
    assert (code, columns["mine.py:forks"]) == (0, columns["first-fit"])


def test_killed_in_the_middle(folder: Path) -> None:
    """No process stays that would decide for nobody."""
    command = subprocess.Popen(
        [searches.command(), "evaluate", *STARTS, "--policy", "mine.py:spins"],
        cwd=folder,
        env={**os.environ, "SPANE_PYTHON": sys.executable},
        stderr=subprocess.PIPE,
        text=True,
    )
    with command:
        assert command.stderr is not None
        assert command.stderr.readline() == "loaded\n"
        assert command.stderr.readline().strip().isdigit()
        command.kill()
        # The end of what the policy writes is the end of its process.
        assert command.stderr.read() == ""


def test_experiments(folder: Path) -> None:
    (folder / "edited.py").write_text(FIRST)
    experiment = (
        *("experiment", "wait-time", *STARTS, "--output", "waits"),
        *("--policies", "own=edited.py", "first-fit", "--resamples", "100"),
    )
    assert run(folder, *experiment)[0] == 0
    (entry, _) = json.loads((folder / "waits" / "experiment.json").read_text())["policies"]
    assert entry["name"] == "own"
    assert entry["file"] == "edited.py"
    assert len(entry["sha256"]) == 64
    assert "group" not in entry
    columns = waits((folder / "waits" / "waits-5.csv").read_text())
    assert columns["own"] == columns["first-fit"]
    assert run(folder, *experiment)[0] == 0
    (folder / "edited.py").write_text(FIRST + "# another\n")
    code, _, err = run(folder, *experiment)
    assert code != 0
    assert "file of own: sha256" in err


def test_servers_needed_and_fleets(folder: Path) -> None:
    (folder / "first.py").write_text(FIRST)
    code, _, err = run(
        folder,
        *("experiment", "servers", "--trace", "trace.h5", "--windows", "3", "--window-length"),
        *("500", "--policies", "own=first.py", "first-fit", "--output", "needed", "--moves", "0,1"),
        *("--resamples", "100"),
    )
    assert (code, err) == (0, "")
    for moves in (0, 1):
        rows = csv.DictReader((folder / "needed" / f"servers-moves-{moves}.csv").open())
        assert all(row["own"] == row["first-fit"] for row in rows)
    code, out, err = run(
        folder,
        *("experiment", "fleets", "--seeds", "1", "--days", "1", "--servers", "10", "--kinds"),
        *(
            "core-bound",
            "--policies",
            "own=first.py",
            "first-fit",
            "--loads",
            "1.2",
            "--output",
            "-",
        ),
    )
    assert (code, err) == (0, "")
    mine, first = csv.DictReader(out.splitlines())
    assert {**mine, "policy": ""} == {**first, "policy": ""}


def test_plugin(folder: Path) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    page = (REPOSITORY / "docs" / "policies.md").read_text()
    (folder / "first.c").write_text(page.split("```c\n")[1].split("```")[0])
    (folder / "other.c").write_text("int spane_decide(void) { return 5; }\n")
    (folder / "none.c").write_text("int other(void) { return 5; }\n")
    for name in ("first", "other", "none"):
        include = ("-I", str(REPOSITORY / "include"), "-shared", "-fPIC", "-o", f"{name}.so")
        subprocess.run([compiler, *include, f"{name}.c"], cwd=folder, check=True)
    words = ("--policy", "first.so", "--policy", "first-fit", "--output", "-")
    code, out, err = run(folder, "evaluate", *STARTS, *words)
    assert (code, err) == (0, "")
    columns = waits(out)
    assert columns["first.so"] == columns["first-fit"]
    for name, message in (
        ("other.so", "other.so: spane_decide returned 5"),
        ("none.so", "none.so: has no function spane_decide"),
    ):
        code, _, err = run(folder, "evaluate", *STARTS, "--policy", name)
        assert code != 0
        assert message in err
    (folder / "none.so").unlink()


def test_where_single_decisions_are_asked_for(folder: Path) -> None:
    code, _, err = run(folder, "replay", "no.log", "--policy", "mine.py")
    assert code != 0
    assert "mine.py decides about many episodes at once" in err
