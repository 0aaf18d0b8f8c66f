"""The HTML page of `spane report`, and its figures."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import results_maker as maker

import spane
from spane.report import Experiment, Run, Search

pytest.importorskip("matplotlib")
from matplotlib.axes import Axes

from spane.report import main, plot
from spane.report.folders import grouped
from spane.report.plot._student import student_t

_VOID = {"meta", "img", "br"}


class _Checker(HTMLParser):
    """Every element is closed by the one that opened it, and no address is outside the page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.images: list[str] = []
        self.anchors: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in _VOID:
            self.open.append(tag)
        if tag == "img":
            assert given["alt"]
            self.images.append(given["src"] or "")
        if tag == "a":
            self.links.add(given["href"] or "")
        if "id" in given:
            assert given["id"] not in self.anchors
            self.anchors.add(given["id"] or "")
        assert tag not in ("script", "link", "iframe")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    paths = [
        maker.experiment(tmp_path / "one"),
        maker.experiment(tmp_path / "many", (2, 20)),
        maker.experiment(tmp_path / "windows", (1,), kind="servers"),
        maker.servers_by_moves(tmp_path / "moves"),
        maker.run(tmp_path / "dqn-1", 1),
        maker.run(tmp_path / "dqn-2", 2),
        maker.run(tmp_path / "es-1", 3, steps=30, metric="mean-log"),
        maker.search(tmp_path / "trials.csv"),
    ]
    return [str(path) for path in paths]


def test_page(folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "r.html"
    figures = tmp_path / "figures"
    options = ["--output", str(target), "--figures", str(figures), "--title", "A < B"]
    assert main([*options, "--", *folders]) == 0
    assert capsys.readouterr().out.startswith(f"{target}: ")
    text = target.read_text(encoding="utf-8")
    checker = _Checker()
    checker.feed(text)
    assert checker.open == []
    assert text.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "<title>A &lt; B</title>" in text
    assert {link[1:] for link in checker.links} == checker.anchors
    assert "a &lt;test&gt; (licence: CC0)" in text
    assert "dqn (2 seeds)" not in text  # in the figure, as a drawing
    for words in (
        *("Wait time: one", "Flexibility: many", "Servers needed: windows"),
        *("Training runs", "Search: trials.csv", "40 windows of 80.5 VMs", "as many as needed"),
    ):
        assert words in text
    assert "[run]\nseed = 2" in text
    # What cannot be compared is not drawn together.
    for measure in ("trimmed-mean", "mean-log"):
        assert f'alt="Learning curves: {measure}"' in text
    # Nothing but the names of XML's own vocabularies looks like an address.
    assert not re.findall(r"(?:src|href)=\"(?!data:image/svg\+xml;base64,|#)", text)
    for source in checker.images:
        svg = base64.b64decode(source.split(",", 1)[1])
        assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert (
        len(list(figures.glob("*.svg"))) == len(list(figures.glob("*.png"))) == len(checker.images)
    )


def test_same_page_again(folders: list[str], tmp_path: Path) -> None:
    pages = []
    for name in ("a.html", "b.html"):
        assert main(["--output", str(tmp_path / name), *folders[3:5]]) == 0
        pages.append((tmp_path / name).read_bytes())
    assert pages[0] == pages[1]


def test_mistakes(folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "r.html"
    target.write_text("precious")
    (tmp_path / "empty").mkdir()
    for bad, words in (
        (
            [str(tmp_path / "empty")],
            "holds no experiment (experiment.json), no run (log.jsonl) and no search (results.csv)",
        ),
        ([str(tmp_path / "one" / "waits-5.csv")], "has no column validation"),
    ):
        assert main(["--output", str(target), *folders[3:5], *bad]) == 1
        printed = capsys.readouterr()
        assert printed.err.startswith("Error: ")
        assert words in printed.err
        assert target.read_text() == "precious"
    assert main(["--output", str(tmp_path / "no" / "r.html"), folders[3]]) == 1
    capsys.readouterr()
    # Only the page, so that other programs can read it.
    assert main(["--output", "-", folders[3]]) == 0
    page = capsys.readouterr().out
    assert page.startswith("<!DOCTYPE html>")
    assert page.endswith("</html>\n")
    assert not list(tmp_path.glob("*.tmp"))


def test_folder_of_a_search(tmp_path: Path) -> None:
    (tmp_path / "wide").mkdir()
    maker.search_folder(tmp_path / "wide")
    target = tmp_path / "r.html"
    assert main(["--output", str(target), str(tmp_path / "wide")]) == 0
    text = target.read_text(encoding="utf-8")
    assert "Search: wide" in text
    assert "3 trials, 3 finished" in text
    assert "the best of as many random networks of the same shapes reaches 18.5." in text
    cells = re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", text)
    columns = cells[: cells.index("seconds") + 1]
    assert columns[:3] == ["rank", "trial", "result"]
    assert cells[len(columns) : len(columns) + 4] == ["1", "1", "11", "0.01"]


def test_groups_of_runs(tmp_path: Path) -> None:
    names = ["dqn-1", "dqn-2", "es_seed3", "es", "x/7", "x/8"]
    runs = [Run.load(maker.run(tmp_path / name, 1, steps=3)) for name in names]
    runs.append(Run.load(maker.run(tmp_path / "dqn-3", 1, steps=3, metric="mean-log")))
    found = {name: [run.name for run in group] for name, group in grouped(runs).items()}
    assert found == {
        "dqn": ["dqn-1", "dqn-2"],
        "es": ["es_seed3", "es"],
        "x": ["7", "8"],
        "dqn (mean-log)": ["dqn-3"],
    }


def test_learning_curves(tmp_path: Path) -> None:
    runs = [Run.load(maker.run(tmp_path / f"dqn-{seed}", seed)) for seed in (1, 2, 4)]
    figure = plot.learning_curves({"dqn": runs})
    validation, loss = figure.axes
    titles = (validation.get_title(), loss.get_title())
    assert titles == ("validation: trimmed-mean", "loss")
    # Three thin lines, their mean, and First Fit.
    assert len(validation.lines) == 5
    assert np.asarray(validation.lines[4].get_ydata()).tolist() == [1500, 1500]
    mean = np.array([7000, 6700, 6400, 6100, 5800]) / 3
    assert np.asarray(validation.lines[3].get_ydata()) == pytest.approx(mean)
    # The interval over the seeds: 1000, 2000 and 4000 have the standard deviation 1527.5.
    (band,) = validation.collections
    ends = np.asarray(band.get_paths()[0].vertices)[:, 1]
    half = 4.302653 * 1527.5252 / np.sqrt(3)
    assert (ends.min(), ends.max()) == pytest.approx((mean[-1] - half, mean[0] + half))
    assert loss.get_yscale() == "log"


def test_each_seed_counts_once(tmp_path: Path) -> None:
    runs = [
        Run.load(maker.run(tmp_path / f"dqn-{place}", seed)) for place, seed in ((1, 1), (2, 3))
    ]
    again = [*runs, Run.load(maker.run(tmp_path / "dqn-3", 3))]
    bands = [plot.learning_curves({"dqn": group}).axes[0].collections[0] for group in (runs, again)]
    first, second = (np.asarray(band.get_paths()[0].vertices) for band in bands)
    assert first.tolist() == second.tolist()
    target = tmp_path / "r.html"
    assert main(["--output", str(target), *(str(run.path) for run in again)]) == 0
    assert "dqn: several runs have the seed 3; the interval" in target.read_text(encoding="utf-8")


def test_other_configurations_are_other_groups(tmp_path: Path) -> None:
    runs = []
    for place, width in ((1, 8), (2, 8), (3, 16)):
        folder = maker.run(tmp_path / f"dqn-{place}", place, steps=3)
        (folder / "config.toml").write_text(
            f"# no. {place}\n[run]\nseed = {place}\nthreads = {place}\n[network]\nwidth = {width}\n"
        )
        runs.append(Run.load(folder))
    assert [run.seed for run in runs] == [1, 2, 3]
    same, other = runs[0].fingerprint, runs[2].fingerprint
    assert (runs[1].fingerprint, other == same, len(same)) == (same, False, 8)
    found = {name: [run.name for run in group] for name, group in grouped(runs).items()}
    assert found == {"dqn": ["dqn-1", "dqn-2"], f"dqn, configuration {other}": ["dqn-3"]}


def test_student_t() -> None:
    # The usual table, two-sided 95 %.
    known = {1: 12.706205, 2: 4.302653, 3: 3.182446, 4: 2.776445, 9: 2.262157, 30: 2.042272}
    for freedom, wanted in known.items():
        assert student_t(freedom) == pytest.approx(wanted, abs=1e-6)


def test_curves_from_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = [str(maker.run(tmp_path / f"dqn-{seed}", seed)) for seed in (1, 2)]
    picture = tmp_path / "curves.svg"
    assert plot.main([*runs, "--output", str(picture)]) == 0
    assert "<!-- dqn (2 seeds) -->" in picture.read_text()
    folder = str(maker.experiment(tmp_path / "e"))
    assert plot.main([folder, runs[0], "--output", str(picture)]) == 2
    assert "only runs are drawn together" in capsys.readouterr().err


def test_server_counts(tmp_path: Path) -> None:
    figure = plot.server_counts(Experiment.load(maker.experiment(tmp_path / "e", (20, 2, 5))))
    left, right = figure.axes
    assert [text.get_text() for text in left.get_xticklabels()] == ["2", "5", "20"]
    lines = {line.get_label(): line for line in right.lines}
    assert np.asarray(lines["first-fit"].get_ydata()).tolist() == [2000, 5000, 20000]
    assert np.asarray(lines["nets"].get_ydata()) == pytest.approx([2400, 6000, 24000])
    alone = Experiment.load(maker.experiment(tmp_path / "alone"))
    with pytest.raises(spane.InvalidArgumentError, match="one number of servers"):
        plot.server_counts(alone)


def test_long_names_in_the_legend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None is cut off at the sides."""
    experiment = Experiment.load(maker.experiment(tmp_path / "e", (20, 2, 5)))
    legend = Axes.get_legend_handles_labels

    def long(axes: Any) -> Any:
        handles, labels = legend(axes)
        return handles * 3, ["capacity-lost,10*most-allocated+spread"] * 3 * len(labels)

    monkeypatch.setattr(Axes, "get_legend_handles_labels", long)
    figure = plot.server_counts(experiment)
    figure.draw_without_rendering()
    box = figure.legends[0].get_window_extent()
    assert box.x0 >= 0 and box.x1 <= figure.bbox.x1


def test_experiment_pictures(tmp_path: Path) -> None:
    experiment = Experiment.load(maker.experiment(tmp_path / "e", (2, 5)))
    values = plot.experiment_values(experiment, 5).axes[0]
    names = ["first-fit", "balance-fit", "nets", "1  ", "2  ", "lower bound"]
    assert [text.get_text() for text in values.get_yticklabels()] == names
    assert len(plot.experiment_differences(experiment, 5).axes[0].get_yticklabels()) == 4
    waits = experiment.counts[1].waits
    time = plot.differences_in_time(experiment, 5)
    titles = [axes.get_title("left") for axes in time.axes]
    assert titles == [f"{name} minus first-fit" for name in waits.policies[1:]]
    with pytest.raises(spane.InvalidArgumentError, match="servers is 3; it must be one of"):
        plot.experiment_waits(experiment, 3)


def test_servers_needed(tmp_path: Path) -> None:
    experiment = Experiment.load(maker.experiment(tmp_path / "e", (1,), kind="servers"))
    assert experiment.counts_servers
    assert len(experiment.counts[0].waits.starts) == 40
    values = plot.experiment_values(experiment)
    titles = [axes.get_title() for axes in values.axes]
    assert titles == ["servers, mean", "excess saved", "servers, 90th percentile"]
    assert len(plot.experiment_differences(experiment).axes) == 2
    for figure in (plot.experiment_waits, plot.differences_in_time):
        with pytest.raises(spane.InvalidArgumentError, match="counts servers"):
            figure(experiment)


def test_servers_by_moves(tmp_path: Path) -> None:
    folder = maker.servers_by_moves(tmp_path / "e")
    experiment = Experiment.load(folder)
    assert [count.moves for count in experiment.counts] == [0, 4]
    rows = [count.row("nets") for count in experiment.counts]
    assert rows[0].saved_by_moves == {}
    assert rows[1].saved_by_moves["servers_mean"].low is not None
    assert rows[1].moved is not None
    assert rows[1].moved["moves_per_day"] == 80
    assert experiment.counts[1].row("lower bound").moved is None
    target = tmp_path / "r.html"
    assert main(["--output", str(target), str(folder)]) == 0
    text = target.read_text(encoding="utf-8")
    for words in ("nets: servers needed by the moves", "80.0", "4.00%", "Up to 4 moves"):
        assert words in text
    assert "nets/1: servers needed by the moves" not in text


def test_move_counts(tmp_path: Path) -> None:
    folder = maker.servers_by_moves(tmp_path / "e", (8, 0, 2))
    left, right = plot.move_counts(Experiment.load(folder)).axes
    assert [text.get_text() for text in left.get_xticklabels()] == ["0", "2", "8"]
    labels = ["first-fit", "balance-fit", "nets", "lower bound"]
    assert [line.get_label() for line in left.lines] == labels
    assert [np.asarray(line.get_ydata()).tolist() for line in right.lines] == [[0, 3, 12]] * 3
    picture = tmp_path / "moves.svg"
    assert plot.main([str(folder), "--output", str(picture)]) == 0
    assert picture.read_text().count('<g id="line2d') > 8
    alone = Experiment.load(maker.experiment(tmp_path / "alone", (1,), kind="servers"))
    with pytest.raises(spane.InvalidArgumentError, match="one number of moves"):
        plot.move_counts(alone)


def test_hyperparameters(tmp_path: Path) -> None:
    search = Search.load(maker.search(tmp_path / "trials.csv"))
    panels = plot.hyperparameters(search).axes
    assert [axes.get_xlabel() for axes in panels] == ["width", "lr", "aggregators"]
    assert [text.get_text() for text in panels[0].get_xticklabels()] == ["8", "16"]
    assert panels[1].get_xscale() == "log"
    # 59 trials have a result, and the three best have a star.
    assert [len(np.asarray(line.get_xdata())) for line in panels[1].lines] == [59, 3]
