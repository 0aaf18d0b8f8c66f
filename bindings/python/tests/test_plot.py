"""Pictures are drawn, from arrays and from the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import spane

pytest.importorskip("matplotlib")
import spane.report.plot
from spane.report.plot import main

pytestmark = pytest.mark.usefixtures("library")


@pytest.fixture(scope="module")
def trace(library: str) -> spane.Trace:
    return spane.Trace.generate(3000, seed=1)


@pytest.fixture(scope="module")
def result(trace: spane.Trace) -> spane.Evaluation:
    return spane.evaluate(
        trace, np.arange(0, 1000, 50), ["first-fit", "balance-fit", "random"], servers=2
    )


def test_wait_cdf(result: spane.Evaluation) -> None:
    (axes,) = spane.report.plot.wait_cdf(result).axes
    labels = [line.get_label() for line in axes.lines]
    assert labels == ["first-fit", "balance-fit", "random", "lower bound"]
    assert np.sort(result["balance-fit"]).tolist() == axes.lines[1].get_xdata().tolist()  # type: ignore[union-attr]


def test_paired_differences(result: spane.Evaluation) -> None:
    (axes,) = spane.report.plot.paired_differences(result, "balance-fit").axes
    expected = np.sort(result["first-fit"] - result["balance-fit"])
    assert axes.lines[0].get_ydata().tolist() == expected.tolist()  # type: ignore[union-attr]
    assert "balance-fit" in axes.get_ylabel()
    with pytest.raises(spane.InvalidArgumentError, match="worst-fit"):
        spane.report.plot.paired_differences(result, "worst-fit")


def test_one_policy_has_no_differences(trace: spane.Trace) -> None:
    alone = spane.evaluate(trace, [1, 2], ["first-fit"])
    assert len(spane.report.plot.waits(alone).axes) == 1
    with pytest.raises(spane.InvalidArgumentError):
        spane.report.plot.paired_differences(alone)


def test_equal_policies_can_be_drawn(trace: spane.Trace) -> None:
    same = spane.evaluate(trace, [1, 2], {"a": "first-fit", "b": "first-fit"}, servers=50, length=5)
    assert not same.waits.any()
    spane.report.plot.waits(same).draw_without_rendering()


def test_occupancy(trace: spane.Trace, tmp_path: Path) -> None:
    episode = spane.play(trace, "balance-fit", 3, servers=2)
    figure = spane.report.plot.occupancy(episode, "a title")
    assert [len(axes.images) for axes in figure.axes[:2]] == [1, 1]
    figure.savefig(tmp_path / "occupancy.svg")


@pytest.mark.parametrize("kind", ["both", "cdf", "differences"])
def test_command(result: spane.Evaluation, tmp_path: Path, kind: str) -> None:
    result.save_csv(tmp_path / "waits.csv")
    output = tmp_path / "waits.png"
    assert main([str(tmp_path / "waits.csv"), "--output", str(output), "--kind", kind]) == 0
    assert output.read_bytes().startswith(b"\x89PNG")


def test_command_mistakes(
    result: spane.Evaluation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "waits.csv"
    for options in (
        [str(source), "--output", str(tmp_path / "a.png")],
        [str(source), "--output", str(tmp_path / "no" / "a.png")],
        [str(source), "--output", str(tmp_path / "a.xyz")],
        [str(source), "--output", str(tmp_path / "a.png"), "--baseline", "worst-fit"],
    ):
        assert main(options) == 2
        printed = capsys.readouterr()
        assert printed.err.startswith("spane.report.plot: ")
        assert printed.out == ""
        result.save_csv(source)
