"""The command behind `make paper`."""

from __future__ import annotations

import fnmatch
import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from spane._command import Parser, fail
from spane._errors import Error, InvalidArgumentError
from spane._extras import MissingExtraError
from spane._replacing import write_bytes
from spane.reproduce._inputs import Input, inputs, missing
from spane.reproduce._plan import STEPS
from spane.reproduce._runner import Runner
from spane.reproduce._step import Step, needed
from spane.reproduce._tables import TABLES, MadeTable

TOOL = "spane.reproduce"
QUICK = "shipped"
"""The table that needs only the shipped trace, and no more than a minute."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what is not finished and writes the page; 0 if all cells that were made are equal, 1 if
    not or if a step failed, 2 after a mistake in the arguments, 130 after an interruption."""
    given = _parser().parse_args(arguments)
    try:
        # Imported here, as only the page needs matplotlib; before hours of work, not after them.
        from spane.reproduce import _page
    except MissingExtraError as error:
        return fail(TOOL, f"{sys.executable} cannot draw: {error}")
    try:
        files = inputs(given.trace, given.test_starts, given.azure, given.models)
        if given.episodes is not None and not given.episodes.is_dir():
            raise InvalidArgumentError(f"--episodes is {given.episodes}; it must be a folder")
        tables = _chosen(QUICK if given.quick else given.only)
        steps = _steps(tables, files)
        if given.list:
            print("\n".join(f"{step.makes}: {step.command}" for step in steps))
            return 0
        folder = given.work.resolve()
        runner = Runner(folder, _spane(given.spane), STEPS, lambda line: print(line, flush=True))
        _prepare(folder, given.repository.resolve(), files)
        try:
            failed = [] if given.page_only else runner.run(steps)
        except KeyboardInterrupt:
            print(f"{TOOL}: interrupted; the same command goes on from here", file=sys.stderr)
            return 130
        from spane.reproduce._results import Results

        results = Results(runner, STEPS, given.episodes)
        found = [_page.compared(table, given.repository, results) for table in tables]
        given.output.parent.mkdir(parents=True, exist_ok=True)
        page = _page.page_of(found, results, runner, steps, files, given.figures)
        page.write(given.output)
    except (Error, OSError, ValueError) as error:
        return fail(TOOL, error)
    counts = [sum(each.count[state] for each in found) for state in _page.STATES]
    print(
        f"{os.path.relpath(given.output)}: {counts[0]:,} cells equal, {counts[1]:,} differ, "
        f"{counts[2]:,} not made; {page.figure_count} figures"
    )
    return 1 if counts[1] or failed or any(each.doubts for each in found) else 0


def _parser() -> Parser:
    parser = Parser(
        prog=f"python3 -m {TOOL}",
        description="Make the tables and figures of docs/results.md again, and compare them with "
        "the page. An interrupted command goes on where it was. Without a trace only what needs "
        "the shipped one is made.",
    )
    add = parser.add_argument
    add("--trace", type=Path, metavar="FILE", help="the paper's trace, Huawei-East-1-lt.csv")
    add("--test-starts", type=Path, metavar="FILE", help="its 1,000 test starts")
    add("--azure", type=Path, metavar="FILE", help="the second trace, azure-v1-dev.csv")
    add("--models", type=Path, metavar="FOLDER", help="the published networks, NAME.th")
    add("--episodes", type=Path, metavar="FOLDER", help="their published total waits, NAME.txt")
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--only",
        default="*",
        metavar="PATTERN,...",
        help=f"only these tables: {', '.join(table.name for table in TABLES)}",
    )
    either.add_argument("--quick", action="store_true", help=f"only {QUICK}, within a minute")
    add("--list", action="store_true", help="print the commands and run none")
    add("--page-only", action="store_true", help="run nothing, write the page of what is there")
    add("--spane", default="", metavar="COMMAND", help="default: the built one, or that on PATH")
    add("--repository", type=Path, default=Path(), metavar="FOLDER", help="default: this folder")
    add("--work", type=Path, default=Path("results/paper"), metavar="FOLDER")
    add("--output", type=Path, default=Path("dist/paper/index.html"), metavar="FILE")
    add("--figures", type=Path, metavar="FOLDER", help="also each figure as SVG and PNG")
    return parser


def _chosen(only: str) -> list[MadeTable]:
    patterns = only.split(",")
    chosen = [t for t in TABLES if any(fnmatch.fnmatch(t.name, each) for each in patterns)]
    if not chosen:
        names = ", ".join(table.name for table in TABLES)
        raise InvalidArgumentError(f"--only is {only!r}; it must be patterns of {names}")
    return chosen


def _steps(tables: Sequence[MadeTable], files: Sequence[Input]) -> list[Step]:
    """The steps that can run; says of the others what they lack."""
    wanted: list[str] = []
    left: dict[str, list[str]] = {}
    for table in tables:
        for name in table.makes:
            (step,) = [step for step in STEPS if step.makes == name]
            lacks = missing(step, STEPS, files)
            if not lacks:
                wanted.append(name)
            else:
                why = ", ".join(dict.fromkeys(f"{each.option} ({each.name})" for each in lacks))
                left.setdefault(why, [])
                if table.name not in left[why]:
                    left[why].append(table.name)
    for why, names in left.items():
        print(f"left out for want of {why}: of the tables {', '.join(names)}", flush=True)
    return needed(STEPS, wanted)


def _spane(given: str) -> str:
    """The command as an absolute path."""
    built = Path(".build/release/spane-cli")
    for name in [given] if given else [str(built), "spane"]:
        found = shutil.which(name)
        if found:
            return str(Path(found).resolve())
    raise InvalidArgumentError(
        f"--spane is {given}; there is no such command"
        if given
        else f"there is neither {built} nor spane on PATH; make build, or --spane COMMAND"
    )


def _prepare(folder: Path, repository: Path, files: Sequence[Input]) -> None:
    """Puts links to the inputs into the working folder, which belongs to them from then on."""
    if not (repository / "data" / "synthetic.h5").is_file():
        raise InvalidArgumentError(
            f"--repository is {repository}; it must be the folder of libspane, with data in it"
        )
    folder.mkdir(parents=True, exist_ok=True)
    ledger = folder / "inputs.json"
    known = json.loads(ledger.read_text(encoding="utf-8")) if ledger.is_file() else {}
    for each in files:
        if each.path is None:
            continue
        digest = each.digest
        if known.setdefault(each.name, digest) != digest:
            raise InvalidArgumentError(
                f"{folder}: its results come from another {each.name} (sha256 {known[each.name]}) "
                f"than {each.path} ({digest}); remove the folder, or name another with --work"
            )
        _link(folder / each.name, each.path.resolve())
    _link(folder / "data", repository / "data")
    write_bytes(ledger, (json.dumps(known, indent=1) + "\n").encode())


def _link(link: Path, target: Path) -> None:
    if link.is_symlink():
        link.unlink()
    link.symlink_to(target)
