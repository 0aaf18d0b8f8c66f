"""The command that plots an evaluation or an experiment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from spane._command import Parser, fail
from spane._errors import Error, InvalidArgumentError
from spane._evaluation import Evaluation
from spane.report.folders import RUN_LOG, Experiment, Run, grouped
from spane.report.plot._move_counts import move_counts
from spane.report.plot._runs import learning_curves
from spane.report.plot._waits import paired_differences, wait_cdf, waits

TOOL = "spane.report.plot"

_KINDS = ("both", "cdf", "differences")


def main(arguments: Sequence[str] | None = None) -> int:
    """Plots one file of waits, the folder of an experiment with several numbers of moves, or runs;
    gives 0, or 2 after a line on standard error."""
    parser = Parser(
        prog=TOOL,
        description="Draw the results of `spane evaluate --output`, the servers needed of "
        "`spane experiment servers --moves`, or the learning curves of runs of `spane train`, of "
        "which those whose names differ only by a number are seeds of one learner.",
    )
    parser.add_argument("results", metavar="waits.csv | folder", type=Path, nargs="+")
    parser.add_argument(
        "--output", required=True, type=Path, help="PNG, SVG or PDF, by the ending of its name"
    )
    parser.add_argument("--kind", choices=_KINDS, default="both", help="default both")
    parser.add_argument(
        "--baseline", help="the policy that others are compared with (default: the first)"
    )
    given = parser.parse_args(arguments)
    try:
        figure = _figure(given.results, given.kind, given.baseline)
        figure.savefig(given.output, dpi=150)
    except (Error, OSError, ValueError) as error:
        return fail(TOOL, error)
    return 0


def _figure(results: Sequence[Path], kind: str, baseline: str | None) -> Figure:
    if (results[0] / RUN_LOG).is_file():
        return learning_curves(grouped([Run.load(path) for path in results]))
    if len(results) > 1:
        raise InvalidArgumentError(
            f"{results[0]} and {len(results) - 1} more are given; only runs are drawn together"
        )
    if results[0].is_dir():
        return move_counts(Experiment.load(results[0]))
    result = Evaluation.load_csv(results[0])
    if kind == "cdf":
        return wait_cdf(result)
    if kind == "differences":
        return paired_differences(result, baseline)
    return waits(result, baseline)
