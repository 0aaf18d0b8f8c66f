"""An argument of the wrong type is named in a TypeError that says what is allowed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import spane
import spane.convert
from spane.report import Experiment, Run, Search

Call = Callable[[Any], Any]


class Things:
    """What the calls below need that are right but for one argument."""

    def __init__(self, model: spane.Model, folder: Path) -> None:
        self.trace: Any = spane.Trace.generate(2000)
        self.cluster: Any = spane.Cluster(nodes=1, server_resources=["disk"])
        self.cluster.add_servers(1, node_cpu=8, node_mem=16)
        self.session: Any = spane.Session(self.cluster, "first-fit")
        self.environment: Any = spane.Environment(self.trace)
        self.model: Any = model
        self.vector: Any = spane.VectorEnvironment(self.trace, 1)
        self.result: Any = spane.evaluate(self.trace, [0], ["first-fit"])
        self.file = folder / "file"

    def evaluate(self, **given: Any) -> Any:
        arguments = {"trace": self.trace, "starts": [0], "policies": ["first-fit"], **given}
        return spane.evaluate(**arguments)

    def play(self, **given: Any) -> Any:
        return spane.play(**{"trace": self.trace, "policy": "first-fit", "start": 0, **given})


@pytest.fixture(scope="module")
def things(model: spane.Model, tmp_path_factory: pytest.TempPathFactory) -> Things:
    return Things(model, tmp_path_factory.mktemp("things"))


PATH = "a path (str or os.PathLike)"
POLICY = "the name of a heuristic, a Rule, or a Model"
NUMBER = "a number"
WHOLE = "a whole number"
BYTES = "bytes, or another buffer"

# The call with the argument, its name, what it may be, and wrong values.
CASES: list[tuple[Callable[[Things, Any], Any], str, str, list[Any]]] = [
    (lambda t, x: t.evaluate(trace=x), "trace", "a Trace", ["trace.csv", None, {}]),
    (lambda t, x: t.evaluate(policies=x), "policies", "a list of policies,", [3, "first-fit"]),
    (lambda t, x: t.evaluate(policies=[x]), "policy", POLICY, [3, None, b"first-fit", [1]]),
    (lambda t, x: t.evaluate(policies={"a": x}), "policy", POLICY, [3, None]),
    (lambda t, x: t.evaluate(policies={x: "first-fit"}), "a name in policies", "a str", [3]),
    (lambda t, x: t.evaluate(fleet=x), "fleet", "a Cluster or None", [3, "fleet.toml", [5]]),
    (lambda t, x: t.evaluate(servers=x), "servers", WHOLE, ["5", 2.5, None]),
    (lambda t, x: t.evaluate(node_cpu=x), "node_cpu", NUMBER, ["40", None, [40]]),
    (lambda t, x: t.evaluate(node_mem=x), "node_mem", NUMBER, ["90", None]),
    (lambda t, x: t.evaluate(split_above=x), "split_above", NUMBER, ["10", None]),
    (lambda t, x: t.evaluate(length=x), "length", WHOLE, ["1", 1.5]),
    (lambda t, x: t.evaluate(threads=x), "threads", WHOLE, ["1", 1.5, None]),
    (lambda t, x: t.evaluate(starts=x), "starts", "a list or an array", [3, {0}, {0: 1}]),
    (lambda t, x: t.evaluate(progress=x), "progress", "a function of two numbers,", [3, "p"]),
    (lambda t, x: t.play(trace=x), "trace", "a Trace", ["trace.csv", None]),
    (lambda t, x: t.play(policy=x), "policy", POLICY, [3, None]),
    (lambda t, x: t.play(start=x), "start", WHOLE, ["0", None]),
    (lambda t, x: t.play(node_cpu=x), "node_cpu", NUMBER, ["40"]),
    (lambda t, x: spane.Environment(x), "trace", "a Trace", ["trace.csv", None, 3]),
    (lambda t, x: spane.Environment(t.trace, fleet=x), "fleet", "a Cluster or None", [3, "a"]),
    (lambda t, x: spane.Environment(t.trace, node_mem=x), "node_mem", NUMBER, ["90"]),
    (
        lambda t, x: spane.Environment(t.trace, balance_weight=x),
        "balance_weight",
        NUMBER,
        ["1", [1]],
    ),
    (lambda t, x: spane.Environment.from_bytes(x, b""), "trace", "a Trace", [None, b""]),
    (lambda t, x: spane.Environment.from_bytes(t.trace, x), "data", BYTES, ["a", 3, None]),
    (lambda t, x: t.environment.restore(x), "data", BYTES, ["a", 3, None]),
    (lambda t, x: t.environment.observation(x), "out", "an ndarray", [[1.0], 3]),
    (lambda t, x: spane.VectorEnvironment(x, 2), "trace", "a Trace", ["trace.csv", None]),
    (lambda t, x: spane.VectorEnvironment(t.trace, x), "count", WHOLE, ["2", 2.5]),
    (
        lambda t, x: spane.VectorEnvironment(t.trace, 2, fleet=x),
        "fleet",
        "a Cluster or None",
        [3, {}],
    ),
    (lambda t, x: spane.VectorEnvironment.from_bytes(x, b""), "trace", "a Trace", [None]),
    (lambda t, x: t.vector.restore(x), "data", BYTES, ["a", None]),
    (lambda t, x: spane.Session(x, "first-fit"), "cluster", "a Cluster", [3, None]),
    (lambda t, x: spane.EnvironmentSession(x, "first-fit"), "environment", "an Environment", [3]),
    (lambda t, x: spane.Session(t.cluster, x), "policy", POLICY, [3, None, b"first-fit"]),
    (lambda t, x: spane.EnvironmentSession(t.environment, x), "policy", POLICY, [3, None]),
    (lambda t, x: spane.Trace(x), "path", PATH, [3, None, b"a.csv", ["a.csv"]]),
    (lambda t, x: spane.Trace.load(x), "path", PATH, [3, None]),
    (lambda t, x: t.trace.save(x), "path", PATH, [3, None]),
    (lambda t, x: t.trace.save(t.file, source=x), "source", "a str", [3, b"a"]),
    (lambda t, x: spane.Trace.from_bytes(x), "data", BYTES, ["a", 3, None]),
    (lambda t, x: spane.Model(x), "source", "a path, or the bytes of a weights file", [3, None]),
    (lambda t, x: spane.Model(t.file, name=x), "name", "a str or None", [3, b"a"]),
    (lambda t, x: t.model.save(x), "path", PATH, [3, None]),
    (lambda t, x: t.model.provenance(x), "name", "a str", [3, None, b"licence"]),
    (lambda t, x: spane.Cluster.load(x), "path", PATH, [3, None]),
    (lambda t, x: t.cluster.save(x), "path", PATH, [3, None]),
    (lambda t, x: spane.Cluster.from_bytes(x), "data", BYTES, ["a", None]),
    (lambda t, x: spane.Cluster(nodes=x), "nodes", WHOLE, ["2", None]),
    (lambda t, x: spane.Cluster(split_above=x), "split_above", NUMBER, ["10", None]),
    (lambda t, x: spane.Cluster(split_from=x), "split_from", NUMBER, ["10", None]),
    (lambda t, x: spane.Cluster(node_resources=x), "node_resources", "a list of names", ["gpu", 3]),
    (lambda t, x: spane.Cluster(server_resources=[x]), "server_resources", "a str", [3, None]),
    (lambda t, x: t.cluster.add_servers(x, node_cpu=1, node_mem=1), "servers", WHOLE, ["1", 1.5]),
    (lambda t, x: t.cluster.add_servers(1, node_cpu=x, node_mem=1), "node_cpu", NUMBER, ["1", [1]]),
    (lambda t, x: t.cluster.add_servers(1, node_cpu=1, node_mem=x), "node_mem", NUMBER, ["1"]),
    (lambda t, x: t.cluster.resize_server(0, x), "type", "a ServerType", [3, None, [(8, 16)]]),
    (lambda t, x: t.cluster.add_servers(spane.ServerType(x)), "nodes", "a list, such", [3, "ab"]),
    (
        lambda t, x: t.cluster.add_servers(spane.ServerType([x])),
        "nodes[0]",
        "cores and GB, then its resources",
        [3, "ab", None],
    ),
    (
        lambda t, x: t.cluster.add_servers(spane.ServerType([(8, x)])),
        "nodes[0]",
        NUMBER,
        ["16", None],
    ),
    (
        lambda t, x: t.cluster.add_servers(spane.ServerType([(8, 16)], {"disk": x})),
        "amounts['disk']",
        NUMBER,
        ["1", None],
    ),
    (
        lambda t, x: t.cluster.add_servers(spane.ServerType([(8, 16)], distances=x)),
        "distances",
        "a list of rows, or None",
        [3, "a"],
    ),
    (lambda t, x: t.cluster.set_free(0, 0, x, 1), "cpu", NUMBER, ["1", None]),
    (lambda t, x: t.cluster.set_free(0, 0, 1, x), "mem", NUMBER, ["1", None]),
    (lambda t, x: t.cluster.cordon(x), "server", WHOLE, ["0", None]),
    (lambda t, x: t.cluster.release(x), "vm", WHOLE, ["0", None, 1.0]),
    (lambda t, x: t.cluster.place(1, (0, x), 1, 1), "nodes", "numbers of nodes,", [3, "0", None]),
    (lambda t, x: t.session.choose(x, 8), "cpu", NUMBER, ["4", None, [4]]),
    (lambda t, x: t.session.choose(4, x), "mem", NUMBER, ["8", [8]]),
    (lambda t, x: t.session.choose(spane.Request(x, 8, span=1)), "cpu", NUMBER, ["4", None]),
    (lambda t, x: t.session.choose(4, 8, span=x), "span", WHOLE, ["1", None, 1.5]),
    (lambda t, x: t.session.choose(4, 8, require=x), "require", WHOLE, ["1", None]),
    (lambda t, x: t.session.choose(4, 8, amounts=x), "amounts", "a mapping from", [3, "disk"]),
    (lambda t, x: t.session.choose_many(x), "requests", "a list of Requests or", [3, None, "ab"]),
    (lambda t, x: t.session.top(4, 8, k=x), "k", WHOLE, ["1", None]),
    (lambda t, x: spane.node_sets(x, 1), "nodes", WHOLE, ["2", None]),
    (lambda t, x: spane.node_sets(2, x), "span", WHOLE, ["2", None]),
    (lambda t, x: spane.trimmed_mean(x), "values", "a list or an array", [1.0, "ab", None]),
    (lambda t, x: t.session.choose(4, 8, among=x), "among", "a list or an array", [0, "0"]),
    (lambda t, x: t.cluster.amounts(x), "servers", "a list or an array", [0, "0"]),
    (lambda t, x: t.vector.reset(which=x), "which", "a list or an array", [True, "a"]),
    (lambda t, x: t.vector.reset(starts=x), "starts", "a list or an array", [0, "a"]),
    (lambda t, x: t.vector.step(x), "actions", "a list or an array", [0, "a"]),
    (lambda t, x: spane.Trace.from_arrays(x, [1], [1], [1]), "cpu", "a list or an array", [1.0]),
    (lambda t, x: spane.trimmed_mean([1.0], x), "fraction", NUMBER, ["0.1", None]),
    (lambda t, x: t.result.summary(x), "fraction", NUMBER, ["0.1", None]),
    (lambda t, x: t.result.save_csv(x), "path", PATH, [3, None]),
    (lambda t, x: spane.Evaluation.load_csv(x), "path", PATH, [3, None]),
    (lambda t, x: spane.log_to(x), "logger", "a Logger or None", [3, "spane"]),
    (lambda t, x: Experiment.load(x), "folder", PATH, [3, None]),
    (lambda t, x: Run.load(x), "folder", PATH, [3, None]),
    (lambda t, x: Search.load(x), "file", PATH, [3, None]),
    (lambda t, x: spane.convert.convert_torch(x, t.file), "source", PATH, [3, None]),
    (lambda t, x: spane.convert.convert_torch(t.file, x), "target", PATH, [3, None]),
    (
        lambda t, x: spane.convert.convert_torch(t.file, t.file, x),
        "options",
        "a WeightsOptions or None",
        [3, {"cpu": 40}],
    ),
    (
        lambda t, x: spane.convert.WeightsOptions(aggregators=x),
        "aggregators",
        "a tuple or None",
        ["mean", 3],
    ),
    (lambda t, x: spane.convert.WeightsOptions(cpu=x), "cpu", NUMBER, ["40"]),
    (lambda t, x: spane.convert.WeightsOptions(licence=x), "licence", "a str or None", [3]),
    (lambda t, x: spane.convert.rewrite_hdf5(x, t.file), "source", PATH, [3, None]),
    (lambda t, x: spane.convert.rewrite_hdf5(t.file, x), "target", PATH, [3, None]),
]


def _expect(call: Call, name: str, allowed: str, value: Any) -> None:
    said = re.escape(f"{name} is ") + ".*" + re.escape(f"; it must be {allowed}")
    with pytest.raises(TypeError, match=f"^{said}"):
        call(value)


@pytest.mark.parametrize(
    ("call", "name", "allowed", "value"),
    [(call, name, allowed, value) for call, name, allowed, values in CASES for value in values],
)
def test_an_argument(
    things: Things, call: Callable[[Things, Any], Any], name: str, allowed: str, value: Any
) -> None:
    _expect(lambda given: call(things, given), name, allowed, value)
    assert not things.file.exists()


FIGURES = [
    ("wait_cdf", "result", "an Evaluation"),
    ("waits", "result", "an Evaluation"),
    ("paired_differences", "result", "an Evaluation"),
    ("occupancy", "episode", "an Episode"),
    ("experiment_values", "experiment", "an Experiment"),
    ("experiment_differences", "experiment", "an Experiment"),
    ("experiment_waits", "experiment", "an Experiment"),
    ("differences_in_time", "experiment", "an Experiment"),
    ("server_counts", "experiment", "an Experiment"),
    ("members", "experiment", "an Experiment"),
    ("move_counts", "experiment", "an Experiment"),
    ("hyperparameters", "search", "a Search"),
    ("learning_curves", "groups", "a mapping from names to lists of Runs"),
]


@pytest.mark.parametrize(("function", "name", "allowed"), FIGURES)
@pytest.mark.parametrize("value", [3, None, "waits.csv"])
def test_a_figure(function: str, name: str, allowed: str, value: Any) -> None:
    pytest.importorskip("matplotlib")
    from spane.report import plot

    _expect(getattr(plot, function), name, allowed, value)


def test_every_figure_is_in_the_table() -> None:
    pytest.importorskip("matplotlib")
    from spane.report import plot

    assert sorted([*(name for name, _, _ in FIGURES), "main"]) == plot.__all__


def test_runs_and_pages() -> None:
    pytest.importorskip("matplotlib")
    from spane.report import page, plot

    curves: Any = plot.learning_curves
    _expect(lambda x: curves({"a": x}), "groups['a']", "a list of Runs", 3)
    _expect(lambda x: curves({"a": [x]}), "groups['a']", "a Run in each place", "runs/1")
    _expect(page.page_of, "paths", "a list of paths", "runs/1")
    _expect(lambda x: page.page_of([x]), "paths", PATH, 3)


def test_gymnasium(things: Things) -> None:
    gym = pytest.importorskip("spane.gym", exc_type=ImportError)
    for kind in (gym.PlacementEnv, lambda trace: gym.PlacementVectorEnv(2, trace)):
        _expect(kind, "trace", "a Trace, a path, or None", 3)
    environment = gym.PlacementEnv(things.trace)
    environment.reset()
    _expect(environment.step, "action", WHOLE, 0.5)


def test_types_of_numpy_are_told_apart(things: Things) -> None:
    # Its name is the one of Python's.
    _expect(lambda x: things.evaluate(queue=x, length=5), "queue", "a bool", np.bool_(False))
    with pytest.raises(TypeError, match=r"^queue is a numpy\.bool"):
        things.evaluate(queue=np.bool_(False), length=5)


def test_long_values_are_not_shown() -> None:
    with pytest.raises(TypeError, match=r"^path is b'x{80}'\.\.\.; it must be"):
        spane.Trace(b"x" * 1000)  # type: ignore[arg-type]
