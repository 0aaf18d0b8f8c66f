"""What the tests share: running the command, and finding the reference."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networks
import pytest
import torch_maker

import spane
from spane.convert.torch import main

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of published models and golden files; not part of this repository."""
    default = REPOSITORY.parent / "shared" / "reference"
    folder = Path(os.environ.get("SPANE_REFERENCE", default))
    if not (folder / "golden" / "q_values.h5").is_file():
        pytest.skip("no reference: set SPANE_REFERENCE to its folder")
    return folder


@pytest.fixture(scope="session")
def library() -> str:
    """The path of the library; the tests that need it are skipped without it."""
    try:
        return spane.library_path()
    except spane.LibraryError as error:
        if os.environ.get("SPANE_REQUIRE_LIBRARY"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def spane_command() -> str:
    """The path of the `spane` command; what runs it is skipped without it."""
    built = REPOSITORY / ".build" / "release" / "spane-cli"
    found = os.environ.get("SPANE_COMMAND") or (
        str(built) if built.is_file() else shutil.which("spane")
    )
    if not found:
        if os.environ.get("SPANE_REQUIRE_LIBRARY"):
            raise FileNotFoundError("no spane command: build it, or set SPANE_COMMAND to its path")
        pytest.skip("no spane command: set SPANE_COMMAND to its path")
    return found


@pytest.fixture(scope="session")
def weights(library: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A weights file of a network for any number of servers."""
    return _converted(networks.spane(), tmp_path_factory)


@pytest.fixture(scope="session")
def mlp(library: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A weights file of a network that is bound to 5 servers."""
    return _converted(networks.mlp(servers=5), tmp_path_factory)


@pytest.fixture(scope="session")
def model(weights: Path) -> spane.Model:
    return spane.Model(weights)


def _converted(arrays: networks.Arrays, factory: pytest.TempPathFactory) -> Path:
    folder = factory.mktemp("weights")
    torch_maker.write_torch(folder / "network.th", torch_maker.state_dict(arrays))
    assert main([str(folder / "network.th"), str(folder / "network.h5")]) == 0
    return folder / "network.h5"


class Command:
    """The command on IN.th and OUT.h5 of a temporary folder."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.source = folder / "IN.th"
        self.target = folder / "OUT.h5"
        self._capture = capture

    def run(self, *options: str) -> str:
        """The one line a successful run prints."""
        code = main([str(self.source), str(self.target), *options])
        printed = self._capture.readouterr()
        assert (code, printed.err) == (0, "")
        assert printed.out.count("\n") == 1
        return printed.out.rstrip("\n")

    def refused(self, *options: str) -> str:
        """What a refused run says after the file name; it must leave no output."""
        before = self.target.read_bytes() if self.target.is_file() else None
        code = main([str(self.source), str(self.target), *options])
        printed = self._capture.readouterr()
        assert (code, printed.out) == (2, "")
        assert printed.err.count("\n") == 1
        after = self.target.read_bytes() if self.target.is_file() else None
        assert before == after
        assert not list(self.target.parent.glob(".*"))
        for path in (self.source, self.target):
            start = f"spane.convert.torch: {path}: "
            if printed.err.startswith(start):
                return f"{path.name}: {printed.err[len(start) :].rstrip()}"
        raise AssertionError(printed.err)


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path, capsys)


@pytest.fixture
def refusal_of(command: Command) -> Callable[..., str]:
    """What the command says about a file holding this value."""

    def refused(value: Any, *options: str) -> str:
        torch_maker.write_torch(command.source, value)
        return command.refused(*options)

    return refused
