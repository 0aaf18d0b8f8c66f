"""Files and options of the command."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import interpreter
import networks
import pytest
import torch_maker
from conftest import Command

from spane.convert.torch import main


@pytest.fixture
def ready(command: Command) -> Command:
    torch_maker.write_torch(command.source, torch_maker.state_dict(networks.spane()))
    return command


def test_existing_output(ready: Command) -> None:
    ready.target.write_text("precious")
    assert ready.refused() == "OUT.h5: output exists already; --force replaces it"
    ready.run("--force")
    assert ready.target.read_bytes().startswith(b"\x89HDF")


def test_dangling_link_is_an_output(ready: Command) -> None:
    ready.target.symlink_to("nowhere")
    assert ready.refused() == "OUT.h5: output exists already; --force replaces it"


def test_output_is_a_directory(ready: Command) -> None:
    ready.target.mkdir()
    assert ready.refused("--force") == "OUT.h5: output is a directory; it must be a file"


def test_output_is_the_input(ready: Command) -> None:
    os.link(ready.source, ready.target)
    assert ready.refused("--force") == "OUT.h5: output is the input file itself; choose another"


def test_missing_input(command: Command) -> None:
    assert command.refused() == "IN.th: No such file or directory"


def test_input_is_a_directory(command: Command) -> None:
    command.source.mkdir()
    assert command.refused() == "IN.th: Is a directory"


def test_missing_output_directory(ready: Command, tmp_path: Path) -> None:
    ready.target = tmp_path / "no" / "OUT.h5"
    assert ready.refused() == "OUT.h5: No such file or directory"


def test_a_refused_file_keeps_the_old_output(command: Command) -> None:
    command.source.write_bytes(b"junk")
    command.target.write_text("precious")
    command.refused("--force")
    assert command.target.read_text() == "precious"


def test_usual_permissions(ready: Command) -> None:
    ready.run()
    mask = os.umask(0)
    os.umask(mask)
    assert ready.target.stat().st_mode & 0o777 == 0o666 & ~mask


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--aggregators", "mean,sum"],
            "aggregators is 'mean,sum'; it must be one or more of mean, max, std, each at most "
            "once",
        ),
        (
            ["--aggregators", "max,max"],
            "aggregators is 'max,max'; it must be one or more of mean, max, std, each at most once",
        ),
        (["--cpu", "0"], "cpu is 0; it must be finite and above 0"),
        (["--mem", "inf"], "mem is inf; it must be finite and above 0"),
        (["--mem", "x"], "argument --mem: invalid float value: 'x'"),
        (["--nonsense"], "unrecognized arguments: --nonsense"),
    ],
)
def test_wrong_options(
    ready: Command, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main([str(ready.source), str(ready.target), *options])
    assert exit_.value.code == 2
    assert capsys.readouterr().err == f"spane.convert.torch: {said}\n"
    assert not ready.target.exists()


def test_as_a_module(ready: Command) -> None:
    ran = interpreter.run("-m", "spane.convert.torch", str(ready.source), str(ready.source))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        f"spane.convert.torch: {ready.source}: output is the input file itself; choose another\n"
    )


def test_without_h5py(
    ready: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("spane.convert._weights_file", "spane.convert._hdf5_file"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "h5py", None)
    assert main([str(ready.source), str(ready.target)]) == 2
    assert capsys.readouterr().err == (
        "spane.convert.torch: h5py is not installed; pip install 'spane[h5]'\n"
    )


@pytest.mark.parametrize(
    "module",
    [
        "spane.convert",
        "spane.convert.torch",
        "spane.convert.rewrite",
        "spane.report",
        "spane.report.plot",
    ],
)
def test_usage_of_every_command(module: str) -> None:
    if module == "spane.report.plot":
        pytest.importorskip("matplotlib")
    ran = interpreter.run("-m", module, "--help")
    assert (ran.returncode, ran.stderr) == (0, "")
    name = "spane report" if module == "spane.report" else module
    assert ran.stdout.startswith(f"usage: {name} ")
    ran = interpreter.run("-m", module)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"{name}: the following arguments are required: ")
    assert ran.stderr.count("\n") == 1
