"""What the command leaves in folders can be read."""

from __future__ import annotations

import json
from pathlib import Path

import interpreter
import numpy as np
import pytest
import results_maker as maker

import spane
from spane.report import Experiment, Run, Search


def test_experiment(tmp_path: Path) -> None:
    experiment = Experiment.load(maker.experiment(tmp_path / "e", (2, 5)))
    assert (experiment.kind, experiment.baseline) == ("flexibility", "first-fit")
    assert [count.servers for count in experiment.counts] == [2, 5]
    count = experiment.counts[1]
    assert count.waits.policies == ("first-fit", "balance-fit", "nets/1", "nets/2")
    assert count.row("nets").figures["trimmed_mean_10"].value == pytest.approx(6000)
    assert count.row("nets/1").group == "nets"
    assert count.row("nets/1").figures["mean_log"].low is None
    assert not count.row("first-fit").differences
    with pytest.raises(KeyError):
        count.row("worst-fit")


def test_experiment_that_is_not_finished(tmp_path: Path) -> None:
    folder = maker.experiment(tmp_path / "e")
    summary = folder / "summary.json"
    text = summary.read_text()
    summary.write_text(text.replace('"threshold"', '"limit"'))
    with pytest.raises(spane.FormatError, match="is incomplete: KeyError\\('threshold'\\)"):
        Experiment.load(folder)
    summary.write_text(text.replace("-summary", "-other"))
    with pytest.raises(spane.FormatError, match="has format spane-experiment-other"):
        Experiment.load(folder)
    summary.write_text("{")
    with pytest.raises(spane.FormatError, match="is not valid JSON"):
        Experiment.load(folder)
    summary.unlink()
    with pytest.raises(spane.FormatError, match="not finished"):
        Experiment.load(folder)
    manifest = folder / "experiment.json"
    shard = {"number": 2, "count": 3}
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "shard": shard}))
    with pytest.raises(spane.FormatError, match="is shard 2 of 3 of an experiment; spane merge"):
        Experiment.load(folder)


def test_run(tmp_path: Path) -> None:
    run = Run.load(maker.run(tmp_path / "dqn-2", 2))
    assert run.name == "dqn-2"
    assert set(run.metrics) == {"loss", "validation"}
    steps, values = run.metrics["validation"]
    assert steps.tolist() == [0, 100, 200, 300, 400]
    assert values.tolist() == [2000, 1900, 1800, 1700, 1600]
    assert run.best == (400, 1600)
    assert run.seconds == 49.9
    assert (run.measure, run.first_fit) == ("trimmed-mean", 1500)
    assert "seed = 2" in run.config


def test_run_on_several_clusters(tmp_path: Path) -> None:
    run = Run.load(maker.run(tmp_path / "dqn-2", 2, servers=(3, 20), metric="mean-log"))
    assert set(run.metrics) == {
        *("loss", "validation", "validation, 3 servers", "validation, 20 servers")
    }
    assert run.metrics["validation, 20 servers"][1].tolist() == [2020, 1920, 1820, 1720, 1620]
    assert run.measure == "mean-log"


def test_log_with_holes(tmp_path: Path) -> None:
    lines = [
        {"event": "start", "metric": "mean-log", "combination": "ratio-to-first-fit"},
        {"event": "validation", "step": 1, "result": {"value": None, "5_servers": 3}},
        {"event": "resumed"},
        {"event": "step", "step": 2, "loss": float("nan"), "rate": 1, "ok": True},
        {"event": "step", "step": 1, "rate": 7},
        {"event": "end", "step": 2, "best_step": 1, "best_value": 3},
    ]
    log = tmp_path / "log.jsonl"
    log.write_text("\n\n".join(map(json.dumps, lines)))
    run = Run.load(tmp_path)
    assert set(run.metrics) == {"rate"}
    assert (run.measure, run.first_fit) == ("mean-log, ratio-to-first-fit", None)
    assert run.metrics["rate"][1].tolist() == [7, 1]
    assert run.best is None
    assert run.config == ""
    log.write_text('{"step"\n{"step": 1}\n')
    with pytest.raises(spane.FormatError, match=r"log\.jsonl:1: is not valid JSON"):
        Run.load(tmp_path)


def test_search(tmp_path: Path) -> None:
    search = Search.load(maker.search(tmp_path / "trials.csv"))
    assert set(search.parameters) == {"width", "lr", "aggregators"}
    assert set(search.parameters["aggregators"]) == {"mean", "max"}
    assert np.isnan(search.results).tolist() == [trial == 7 for trial in range(60)]
    assert search.seconds.tolist() == [2.5] * 60
    assert np.isnan(search.untrained).all()
    with pytest.raises(spane.FormatError, match="has no column loss; it has trial, width"):
        Search.load(tmp_path / "trials.csv", "loss")


def test_folder_of_a_search(tmp_path: Path) -> None:
    search = Search.load(maker.search_folder(tmp_path))
    assert search.trials == ("0", "1", "2")
    assert search.path == tmp_path
    assert dict(search.parameters) == {
        "learner.learning_rate": (0.001, 0.01, 0.1),
        "network.aggregators": ("mean", "mean+max", "mean"),
    }
    assert search.results.tolist() == [12.5, 11.0, 30.0]
    assert search.untrained.tolist() == [20.0, 18.5, 19.0]
    assert search.seconds.tolist() == [1.5, 2.5, 0.5]


def test_without_matplotlib(tmp_path: Path) -> None:
    """Results are read all the same; a report, and a figure, say what to install."""
    folder = maker.experiment(tmp_path / "e", (2,))
    code = f"""
import sys
sys.modules["matplotlib"] = sys.modules["h5py"] = None
import spane.report
assert spane.report.Experiment.load({str(folder)!r}).baseline == "first-fit"
try:
    import spane.report.plot
except ImportError as error:
    print(error)
sys.exit(spane.report.main([{str(folder)!r}, "--output", "nowhere.html"]))
"""
    ran = interpreter.run("-c", code, folder=tmp_path)
    said = "matplotlib is not installed; pip install 'spane[plot]'\n"
    assert (ran.returncode, ran.stdout) == (1, said)
    assert ran.stderr.startswith("Error: ")
    assert ran.stderr.endswith(f" cannot draw: {said}")
