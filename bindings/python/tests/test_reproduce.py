"""`make paper`: the tables of the results again, and what differs marked."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import REPOSITORY
from dry_shell import noted_calls
from pages import blocks

pytest.importorskip("matplotlib")
import spane
from spane.reproduce import NOT_AGAIN, STEPS, TABLES, Step, main
from spane.reproduce._cells import compare
from spane.reproduce._markdown import tables
from spane.reproduce._page import find
from spane.reproduce._runner import Runner
from spane.reproduce._step import needed

pytestmark = pytest.mark.skipif(not (REPOSITORY / "docs").is_dir(), reason="not in a checkout")
RESULTS = "docs/results.md"


def test_every_table_is_made_again_or_says_why_not() -> None:
    documented = {(table.section, table.place) for table in tables(REPOSITORY / RESULTS)}
    made = {(each.section, each.place) for each in TABLES if each.page == RESULTS}
    assert made | set(NOT_AGAIN) == documented
    assert not made & set(NOT_AGAIN)
    for each in TABLES:
        table = find(each, REPOSITORY)
        assert {row[0] for row in table.rows} == set(each.rows), each.name
        for column in each.columns:
            assert set(column.makes) <= {step.makes for step in STEPS}, each.name


def test_every_step_is_of_use() -> None:
    wanted = [name for table in TABLES for name in table.makes]
    assert {step.makes for step in needed(STEPS, wanted)} == {step.makes for step in STEPS}


def test_the_commands_are_those_of_the_page(tmp_path: Path) -> None:
    script = "\n".join(block.text for block in blocks(RESULTS) if block.kind == "sh")
    calls = noted_calls(RESULTS, script, tmp_path / "dry")
    # Runs that are not made again, and the page of a reader's own.
    others = ("potential-cluster", "synthetic-long", "report")
    shown = {tuple(call) for call in calls if not any(o in word for o in others for word in call)}
    planned = {tuple(step.words) for step in STEPS}
    assert {call for call in planned if call[0] in ("spane", "python3")} == shown


@pytest.mark.parametrize(
    ("documented", "computed", "state", "shown"),
    [
        ("50.3", [50.26], "equal", "50.3"),
        ("50.3", [50.24], "differs", "50.2"),
        ("52,483.26", [52483.255], "equal", "52,483.26"),
        ("+39.5 (6.5 … 179)", [39.5, 6.51, 178.8], "equal", "+39.5 (6.5 … 179)"),
        ("+39.5 (-6.5 … 179)", [39.5, -6.7, 178.8], "differs", "+39.5 (-6.7 … 179)"),
        ("+3.46 %, worse on 78", [3.464, 79, 80], "differs", "+3.46 %, worse on 79"),
        ("1000 of 1000", [1000, 1000], "equal", "1000 of 1000"),
        ("47.3 47.9", [47.3], "differs", "47.3"),
        ("l2+spread", "l2+spread", "equal", "l2+spread"),
        ("l2+spread", "l2,first+spread", "differs", "l2,first+spread"),
        ("7", None, "missing", ""),
    ],
)
def test_cells(documented: str, computed: list[float] | str, state: str, shown: str) -> None:
    outcome = compare(documented, computed)
    assert (outcome.state, outcome.computed) == (state, shown)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This one, with pages that can be changed."""
    folder = tmp_path_factory.mktemp("repository")
    (folder / "data").symlink_to(REPOSITORY / "data")
    (folder / "docs").mkdir()
    shutil.copy(REPOSITORY / RESULTS, folder / "docs")
    shutil.copy(REPOSITORY / "README.md", folder)
    return folder


def test_what_the_shipped_trace_gives(
    repository: Path,
    spane_command: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = tmp_path / "out" / "index.html"
    options = ["--quick", "--spane", spane_command, "--repository", str(repository)]
    options += ["--work", str(tmp_path / "work"), "--output", str(page)]
    status = main(options)
    printed = capsys.readouterr().out
    assert status == 0, printed
    assert "index.html: 16 cells equal, 0 differ, 0 not made; 4 figures" in printed
    text = page.read_text(encoding="utf-8")
    assert text.count("data:image/svg+xml;base64,") == 4
    assert "spane train short.toml --seed 3 --threads 1 --output runs/short-3" in text
    assert 'class="differs"' not in text

    # A finished step is not run again, one whose result is gone is, and what differs is marked.
    shutil.rmtree(tmp_path / "work" / "results" / "shipped")
    monkeypatch.setattr("spane.reproduce._page.FIGURES", ())
    document = repository / RESULTS
    right = document.read_text(encoding="utf-8")
    (bound,) = re.findall(r"lower bound \| 36\.7 \|", right)
    try:
        document.write_text(right.replace(bound, "lower bound | 36.8 |"), encoding="utf-8")
        assert main(options) == 1
    finally:
        document.write_text(right, encoding="utf-8")
    printed = capsys.readouterr().out
    assert printed.count("done before") == 4
    assert "[5/5] results/shipped: about" in printed
    assert "15 cells equal, 1 differ" in printed
    cell = '<td class="differs">36.7<small>documented: 36.8</small></td>'
    assert cell in page.read_text(encoding="utf-8")


def test_what_is_missing_is_told(
    spane_command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--spane", spane_command, "--repository", str(REPOSITORY), "--list"]
    assert main(options) == 0
    printed = capsys.readouterr().out
    assert re.search(r"left out for want of TRACE \(.*?\): of the tables .*rules-servers", printed)
    assert "results/shipped: spane experiment" in printed
    assert "Huawei" not in printed.partition("short.toml:")[2]
    trace, starts = tmp_path / "t.csv", tmp_path / "s.txt"
    trace.write_text("vmid,cpu,mem,at,lt\n")
    starts.write_text("1\n")
    given = ["--trace", str(trace), "--test-starts", str(starts)]
    assert main([*options, *given, "--only", "tuned"]) == 0
    assert "results/tuned-waits: spane experiment" in capsys.readouterr().out
    for bad, words in (
        (["--only", "nothing"], "--only is 'nothing'; it must be patterns of shipped, "),
        (["--trace", str(tmp_path / "no.csv")], "no.csv; there is no such file"),
        (["--models", str(trace)], "it must be a folder with .th files"),
        (["--spane", str(tmp_path / "no")], "no; there is no such command"),
    ):
        assert main([*options[:4], *bad]) == 2
        assert words in capsys.readouterr().err


def test_another_trace_needs_another_folder(
    spane_command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = tmp_path / "t.csv"
    options = ["--spane", spane_command, "--repository", str(REPOSITORY), "--page-only"]
    options += ["--work", str(tmp_path / "w"), "--output", str(tmp_path / "p" / "index.html")]
    options += ["--only", "shipped", "--trace", str(trace)]
    trace.write_text("vmid,cpu,mem,at,lt\n")
    assert main(options) == 0
    assert "0 cells equal, 0 differ, 16 not made" in capsys.readouterr().out
    trace.write_text("vmid,cpu,mem,at,lt\n1,1,1,1,1\n")
    assert main(options) == 2
    assert "its results come from another Huawei-East-1-lt.csv" in capsys.readouterr().err


def test_steps_go_on_after_a_failure(tmp_path: Path) -> None:
    (tmp_path / "python.py").write_text("import sys; sys.exit('no luck')")
    steps = [
        Step("python3 python.py", "a", 1, prints=True),
        Step("head -1 a", "b", 1, prints=True),
        Step("echo well", "c", 1, prints=True),
    ]
    said: list[str] = []
    runner = Runner(tmp_path, sys.executable, steps, said.append)
    assert [step.makes for step in runner.run(steps)] == ["a", "b"]
    assert "FAILED with status 1: no luck" in said[1]
    assert said[2] == "[2/3] b: left out, as it needs a"
    assert (tmp_path / "c").read_text() == "well\n"
    assert not (tmp_path / "a").exists()
    (tmp_path / "python.py").write_text("print('now')")
    said.clear()
    assert runner.run(steps) == []
    assert said[-1] == "[3/3] c: done before"
    assert (tmp_path / "b").read_text() == "now\n"


def test_an_interrupted_step_goes_on(tmp_path: Path) -> None:
    """The command is ended, its folder stays, and the time of both attempts counts."""
    (tmp_path / "train.py").write_text(
        "import pathlib, time\n"
        "folder = pathlib.Path('run')\n"
        "again = folder.exists()\n"
        "folder.mkdir(exist_ok=True)\n"
        "time.sleep(0 if again else 60)\n"
    )
    program = (
        "import sys, pathlib\n"
        "from spane.reproduce._runner import Runner\n"
        "from spane.reproduce import Step\n"
        "steps = [Step('python3 train.py', 'run', 1)]\n"
        "sys.exit(len(Runner(pathlib.Path(), sys.executable, steps).run(steps)))\n"
    )
    environment = {"PYTHONPATH": str(Path(spane.__file__).parents[1]), "MPLBACKEND": "Agg"}
    begun = subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path, env=environment)
    while not (tmp_path / "run").is_dir():
        assert begun.poll() is None
        time.sleep(0.01)
    step = Step("python3 train.py", "run", 1)
    runner = Runner(tmp_path, sys.executable, [step])
    with pytest.raises(spane.BadStateError, match="is in use by another process"):
        runner.run([step])
    begun.send_signal(signal.SIGTERM)
    assert begun.wait() != 0
    first = runner.record(step)
    assert first is not None
    assert (first.finished, runner.is_finished(step)) == (False, False)
    assert runner.run([step]) == []
    second = runner.record(step)
    assert second is not None
    assert second.finished
    assert second.seconds > first.seconds > 0


def test_a_changed_command_is_run_again_with_all_that_builds_on_it(tmp_path: Path) -> None:
    said: list[str] = []

    def run(word: str) -> list[str]:
        said.clear()
        steps = [
            Step("mkdir folder", "folder", 1),
            Step(f"echo {word}", "a", 1, prints=True),
            Step("cp a folder/b", "folder/b", 1),
        ]
        assert Runner(tmp_path, sys.executable, steps, said.append).run(steps) == []
        return [line.split("] ")[1] for line in said if "done before" in line]

    assert run("one") == []
    assert run("one") == ["folder: done before", "a: done before", "folder/b: done before"]
    assert run("two") == ["folder: done before"]
    assert (tmp_path / "folder" / "b").read_text() == "two\n"
