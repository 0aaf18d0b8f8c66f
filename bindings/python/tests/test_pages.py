"""Every block of code in the documentation does what it says.

- python blocks of a page run in order, and sh blocks between them, in a folder with files of the
  names that the pages use.
- c and cpp blocks compile; whole programs also run.
- toml and json are read.
- A block without a kind is what the block before it prints; a line ⋮ stands for any lines.

A block that does none of these stands in `EXEMPT`, and an sh block that is not run in `NOT_RUN`,
with the reason. Of the latter every command is still checked: the sub-commands and options of
`spane`, modules, scripts and targets of make exist.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import REPOSITORY
from dry_shell import check_dry
from page_files import make_files
from pages import Block, blocks, links, pages
from spane_usage import Usage

import spane

RUNNER = Path(__file__).with_name("page_runner.py")
PAGES = pages()
pytestmark = pytest.mark.skipif(not (REPOSITORY / "docs").is_dir(), reason="not in a checkout")

# Kinds of blocks that are no code, or are tested elsewhere.
EXEMPT = {
    "text": "a drawing, a formula or a layout",
    "swift": "Tests/SpaneCommandTests/ReadmeTests.swift builds and runs it",
}

_TRACE = "needs the paper's or Azure's trace, which may not be distributed"
_LONG = "takes minutes"
_INSTALLS = "builds or installs"

# (page, what stands in the block): why it is not run. Every entry must be of use.
NOT_RUN = {
    ("README.md", "make demo"): _LONG,
    ("README.md", "cc -std=c99"): "scripts/test-c.sh compiles and runs the program",
    ("README.md", "experiment flexibility --servers 5 9 --trace Huawei"): _TRACE,
    ("README.md", "spane tune"): _LONG,
    ("README.md", "needed-with-moves"): _TRACE,
    ("README.md", "spane replay"): "stands for a log of the reader; ReplayCommandTests runs it",
    ("CONTRIBUTING.md", "swift test"): _LONG,
    ("bindings/python/README.md", "pip install bindings/python"): _INSTALLS,
    ("bindings/python/README.md", "pip install -e"): _INSTALLS,
    (
        "bindings/python/README.md",
        "IN.th",
    ): "stands for a file of the reader; test_command.py runs it",
    ("bindings/python/README.md", "waits.csv"): "test_plot.py makes such a picture",
    (
        "bindings/python/README.md",
        "trials.csv",
    ): "stands for folders of the reader; test_report.py runs it",
    ("data/fleets/README.md", "topology.csv"): _LONG,
    ("docs/experiments.md", "results/wait results/servers"): _LONG,
    ("docs/experiments.md", "--train potential"): _LONG,
    ("docs/experiments.md", "pip install"): _INSTALLS,
    ("docs/experiments.md", "--moves 0,1,2,4,8"): _LONG,
    ("docs/file-formats.md", "OLD.h5"): "stands for a file of the reader; test_rewrite.py runs it",
    ("docs/fleets.md", "memory-bound --servers 60 200"): _LONG,
    ("docs/groups.md", "groups.py"): "test_examples.py runs it",
    ("docs/hosts.md", "pip install"): _INSTALLS,
    (
        "docs/hosts.md",
        "create job search",
    ): "needs Slurm and Kubernetes; test_search_hosts.py runs workers",
    (
        "docs/hosts.md",
        "create job parts",
    ): "needs Slurm and Kubernetes; MergeCommandTests merges shards",
    ("docs/moves.md", "$rules --output needed"): _TRACE,
    ("docs/moves.md", "spane train"): _LONG,
    ("docs/moves.md", "fleets-$moves.csv"): _LONG,
    ("docs/packages.md", "pip install"): _INSTALLS,
    ("docs/performance.md", "onnxruntime"): _INSTALLS,
    ("docs/performance.md", "perf record"): "compiles, and takes minutes",
    ("docs/quick-start.md", "make install"): _INSTALLS,
    ("docs/quick-start.md", "cc -std=c99"): "the test of C blocks compiles and runs the program",
    ("docs/replay.md", "Benchmarks/C/logs.c"): "compiles, and takes minutes",
    (
        "docs/replay.md",
        "spane replay",
    ): "test_examples.py makes the log, ReplayCommandTests plays one",
    ("docs/researchers-guide.md", "spane train"): _LONG,
    ("docs/researchers-guide.md", "spane report"): "test_report.py makes such a page",
    ("docs/reproduce.md", "make paper"): _LONG,
    ("docs/results.md", 'all="$best'): _TRACE,
    ("docs/results.md", "short.toml"): "test_reproduce.py runs it",
    ("docs/results.md", "spane tune"): _TRACE,
    ("docs/results.md", "--servers 3000"): _LONG,
    ("docs/results.md", "for model in $published"): _TRACE,
    ("docs/results.md", "azure.h5"): _TRACE,
    ("docs/synthetic-trace.md", "seq 1 24"): _LONG,
    ("docs/synthetic-trace.md", "first.csv"): _TRACE,
    ("docs/threads.md", "Benchmarks/C/threads.c"): "compiles, and takes minutes",
    ("docs/training.md", "spane train"): _LONG,
    ("docs/training.md", "spane tune"): _LONG,
    ("docs/training.md", "spane search"): _LONG,
    ("docs/tutorial.md", "spane tune"): _LONG,
}

# (page, what stands in a Python block): what the page leaves to the reader before it, and what must
# hold after it.
AROUND = {
    ("README.md", "cluster.release(7)"): ("import spane", "assert placement == (0, (0,))"),
    ("README.md", "cluster.trial()"): (
        "session.place(8, cpu=8, mem=16)\ncluster.move(8, (7, (0, 1)))",
        "assert fits and list(lost) == [8] and cluster.find(8).placement == (7, (0, 1))",
    ),
    ("README.md", "set_group"): ("", "assert cluster.find(9).request.group == 42"),
    ("bindings/python/README.md", "session.choose_many"): ("", "assert placement == (0, (0,))"),
    ("bindings/python/README.md", "node_resources"): ("", "assert cluster.servers == 11"),
    ("docs/fleets.md", "local-ssd"): ("import spane", "assert cluster.find(1).placement"),
    ("docs/groups.md", "at_most"): (
        "import spane",
        "assert placement == (0, (0,)) and allowed.sum() == 80",
    ),
    ("docs/moves.md", "migrate"): (
        "import spane\n"
        "cluster = spane.Cluster(split_above=1000)\n"
        "cluster.add_servers(3, node_cpu=40, node_mem=160)\n"
        "places = [(server, (node,)) for server in range(3) for node in range(2)]\n"
        "for vm, place in enumerate(places): cluster.place(vm, place, 10, 40)\n"
        "migrate = lambda vm, target: None",
        "assert plan.found and len(plan.moves) == 1\ncluster.place(9, plan.placement, 32, 128)",
    ),
    ("docs/fleets.md", "ssd | near"): (
        "import spane\ncluster = spane.Cluster(traits=['ssd', 'near', 'gen3'])\n"
        "cluster.add_servers(spane.ServerType([(40, 90)] * 2, traits=4), 2)\n"
        "session = spane.Session(cluster, 'first-fit')\nssd, near, gen3 = 1, 2, 4",
        "assert 9 in cluster and 10 in cluster",
    ),
    ("docs/replay.md", "session.shadow"): (
        "import spane\ncluster = spane.Cluster()\n"
        "cluster.add_servers(4, node_cpu=40, node_mem=90)\n"
        "session = spane.Session(cluster, 'best-fit')",
        "assert told.outcome.name == 'OTHER_SERVER' and told.advantage >= 0",
    ),
    ("docs/reservations.md", "session.reserve"): ("import spane", ""),
    ("docs/threads.md", "session.propose"): (
        "import spane\ncluster = spane.Cluster()\n"
        "cluster.add_servers(1, node_cpu=40, node_mem=90)\n"
        "session = spane.Session(cluster, 'best-fit')",
        "assert 7 in cluster",
    ),
    ("docs/training.md", "log.jsonl"): ("", "assert [e['step'] for e in steps] == [1]"),
}


@pytest.fixture(scope="session")
def usage(spane_command: str) -> Usage:
    return Usage(spane_command)


@pytest.fixture(scope="session")
def files(library: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    make_files(folder)
    return folder


def of(table: Mapping[tuple[str, str], object], block: Block) -> list[tuple[str, str]]:
    return [key for key in table if key[0] == block.page and key[1] in block.text]


def check_shown(block: Block, shown: str) -> None:
    """What a page shows is what was printed; a line ⋮ stands for any lines."""
    pattern = "".join(
        "(?:.*\n)*?" if line == "⋮" else re.escape(line.rstrip()) + " *\n"
        for line in block.text.splitlines()
    )
    assert re.fullmatch(pattern, shown), f"{block.where}: it prints\n{shown}"


def test_every_kind_is_known() -> None:
    tested = {"python", "sh", "c", "cpp", "toml", "json", ""}
    for page in PAGES:
        for block in blocks(page):
            assert block.kind in tested | set(EXEMPT), f"{block.where}: what is ```{block.kind}?"


def test_every_exception_is_of_use() -> None:
    everything = [block for page in PAGES for block in blocks(page)]
    for table, kind in ((NOT_RUN, "sh"), (AROUND, "python"), (IN_C, "c")):
        for key in table:
            count = sum(key in of({key: None}, block) for block in everything if block.kind == kind)
            assert count == 1, f"{key} fits {count} {kind} blocks; it must fit one"


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(b.kind in ("python", "sh") for b in blocks(page))]
)
def test_page_runs(
    page: str, spane_command: str, usage: Usage, library: str, files: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "page"
    shutil.copytree(files, folder)
    steps, shown_after = [], []
    last = None
    for block in blocks(page):
        if block.kind == "sh" and of(NOT_RUN, block):
            check_dry(block.where, block.text, tmp_path / "dry", usage)
        elif block.kind in ("python", "sh"):
            around = [AROUND[key] for key in of(AROUND, block)] if block.kind == "python" else []
            before, after = around[0] if around else ("", "")
            steps.append(
                {
                    "kind": block.kind,
                    "text": block.text,
                    "where": block.where,
                    "before": before,
                    "after": after,
                }
            )
        elif block.kind in ("", "json") and last in ("python", "sh"):
            shown_after.append((len(steps) - 1, block))
        last = block.kind
    if not steps:
        return
    ran = subprocess.run(
        [sys.executable, str(RUNNER)],
        input=json.dumps(steps),
        cwd=folder,
        env=environment(spane_command, library, tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    shown = json.loads(ran.stdout)
    for index, block in shown_after:
        check_shown(block, shown[index])


def environment(command: str, library: str, scratch: Path) -> dict[str, str]:
    """`spane`, `python3` and the packages of this checkout."""
    programs = scratch / "programs"
    programs.mkdir()
    (programs / "spane").symlink_to(command)
    for name in ("pip", "make", "swift", "sudo", "apt-get", "cc", "c++"):
        (programs / name).write_text(
            f"#!/bin/sh\necho '{name}: such a block belongs in NOT_RUN' >&2\nexit 1\n"
        )
        (programs / name).chmod(0o755)
    (programs / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (programs / "python3").chmod(0o755)
    return {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(Path(spane.__file__).parents[1]),
        "SPANE_LIBRARY": library,
        "SPANE_PYTHON": sys.executable,
        "MPLBACKEND": "Agg",
    }


# What most callers have.
_CALLER = (
    "extern spane_cluster *cluster;\nextern spane_session *session;\nextern uint64_t id;\n"
    "extern spane_request request;\nextern spane_placement placement;\n"
)

# (page, what stands in a C block that is no whole program): what the page leaves to the reader.
IN_C = {
    ("README.md", "spane_session_place"): (
        "__attribute__((noreturn)) void fail(const char *message);\n"
        "void start_on(int32_t server, uint32_t nodes);"
    ),
    ("docs/groups.md", "spane_cluster_set_group"): (
        "extern spane_cluster *cluster;\nextern spane_session *session;\n"
        "extern spane_placement placement;\nvoid start_on(int32_t server, uint32_t nodes);"
    ),
    ("docs/moves.md", "spane_cluster_plan_room"): (
        "extern spane_cluster *cluster;\nextern spane_request request;\n"
        "extern spane_move moves[SPANE_MAX_MOVES];\n"
        "extern size_t i, count;\nvoid migrate(uint64_t vm, spane_placement target);"
    ),
    ("docs/replay.md", "spane_session_shadow"): (
        f"{_CALLER}void note(uint64_t id, int32_t server, double advantage);"
    ),
    ("docs/reservations.md", "spane_session_reserve"): (
        f"{_CALLER}extern double now;\nextern uint64_t ids[];\nextern size_t capacity, count;"
    ),
    ("docs/threads.md", "spane_cluster_share"): f"{_CALLER}extern spane_policy policy;",
    ("docs/threads.md", "spane_session_propose"): f"{_CALLER}extern spane_status status;",
}

C_BLOCKS = [block for page in PAGES for block in blocks(page) if block.kind in ("c", "cpp")]


@pytest.mark.parametrize("block", C_BLOCKS, ids=[block.where for block in C_BLOCKS])
def test_c(block: Block, library: str, tmp_path: Path) -> None:
    compiler = shutil.which("cc" if block.kind == "c" else "c++")
    if not compiler:
        pytest.skip("no C compiler")
    strict = [
        "-pedantic",
        "-Wall",
        "-Wextra",
        "-Werror",
        # Pages leave out what is to be done on errors.
        "-Wno-unused-result",
        f"-I{REPOSITORY / 'include'}",
        f"-I{REPOSITORY / 'bindings/cpp'}",
    ]
    standard = "-std=c99" if block.kind == "c" else "-std=c++17"
    source = tmp_path / f"block.{block.kind}"
    if "int main(" not in block.text:
        lines = block.text.splitlines()
        includes = [line for line in lines if line.startswith("#include")]
        body = [line for line in lines if not line.startswith("#include")]
        (around,) = [IN_C[key] for key in of(IN_C, block)] or [""]
        whole = [
            "#include <spane.h>",
            *includes,
            around,
            "void example(void);",
            "void example(void) {",
            *body,
            "}",
            "",
        ]
        # A type and a name before the parenthesis: a function, which stands in no other.
        if re.search(r"^\w+ \w+\(.*\) \{$", block.text, re.MULTILINE):
            whole = [block.text]
        source.write_text("\n".join(whole))
        compiled = subprocess.run(
            [compiler, standard, *strict, "-fsyntax-only", str(source)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert compiled.returncode == 0, f"{block.where}: {compiled.stderr}"
        return
    source.write_text(block.text)
    program = tmp_path / "program"
    # By its soname, which a library that is not installed does not have.
    (tmp_path / "libspane.so.1").symlink_to(library)
    compiled = subprocess.run(
        [
            compiler,
            standard,
            *strict,
            str(source),
            library,
            f"-Wl,-rpath,{tmp_path}",
            "-o",
            str(program),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert compiled.returncode == 0, f"{block.where}: {compiled.stderr}"
    ran = subprocess.run([str(program)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{block.where}: {ran.stderr}"
    everything = blocks(block.page)
    following = everything[everything.index(block) + 1 :][:1]
    if following and following[0].kind == "":
        check_shown(following[0], ran.stdout)


DATA = [block for page in PAGES for block in blocks(page) if block.kind in ("toml", "json")]


@pytest.mark.parametrize("block", DATA, ids=[block.where for block in DATA])
def test_data(block: Block) -> None:
    if block.kind == "json":
        assert json.loads(block.text)
    else:
        tomllib = pytest.importorskip("tomllib", reason="Python 3.11 or later")
        assert tomllib.loads(block.text)


def test_the_pictures_are_those_that_the_script_draws(tmp_path: Path) -> None:
    script = REPOSITORY / "scripts" / "draw-concepts.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True)
    drawn = sorted(tmp_path.iterdir())
    assert len(drawn) == 3
    for path in drawn:
        assert path.read_text() == (REPOSITORY / "docs" / path.name).read_text(), path.name


@pytest.mark.parametrize("page", PAGES)
def test_links(page: str) -> None:
    """Files are there, for headings see scripts/build-docs.sh; addresses are well-formed."""
    for link in links(page):
        url = urlsplit(link)
        if url.scheme:
            assert url.scheme == "https", f"{page}: {link}"
            assert "." in url.netloc and " " not in link, f"{page}: {link}"
        elif url.path:
            assert (REPOSITORY / page).parent.joinpath(url.path).exists(), f"{page}: {link}"


@pytest.mark.parametrize(
    "script",
    [
        "spane evalute --trace a",
        "spane trace info a.h5 --sever 3",
        "spane trace info",
        "spane trace info a.h5 b.h5",
        "spane evaluate --trace a.h5 --starts 0..<1:1:1",
        "spane tune --trace a --starts b --validation c --objective speed",
        "for k in 1 2; do spane experiment fleets --policies l2 --knds core-bound; done",
        "make tset",
        "python3 -m spane.report.plots a",
        "python3 -m spane.convert.torch a b --licnce MIT",
        "spanee --help",
        "for x in 1; spane --help",
        "true",
    ],
)
def test_wrong_commands_are_found(script: str, usage: Usage, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        check_dry("here", script, tmp_path / "dry", usage)


def test_wrong_output_is_found() -> None:
    shown = Block("page", 1, "", "one\n⋮\nthree\n")
    check_shown(shown, "one\ntwo\ntwo\nthree\n")
    check_shown(shown, "one\nthree\n")
    for other in ("one\ntwo\n", "one\nthree\nfour\n", "two\none\nthree\n"):
        with pytest.raises(AssertionError):
            check_shown(shown, other)
