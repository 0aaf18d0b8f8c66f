"""The command that plots an evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from spane._command import Parser, fail
from spane._errors import Error
from spane._evaluation import Evaluation
from spane.report.plot._waits import paired_differences, wait_cdf, waits

TOOL = "spane.report.plot"

_KINDS = ("both", "cdf", "differences")


def main(arguments: Sequence[str] | None = None) -> int:
    """Plots one file of waits; 0, or 2 with a line on standard error."""
    parser = Parser(prog=TOOL, description="Draw the results of `spane evaluate --output`.")
    parser.add_argument("results", metavar="waits.csv", type=Path)
    parser.add_argument(
        "--output", required=True, type=Path, help="PNG, SVG or PDF, by the ending of its name"
    )
    parser.add_argument("--kind", choices=_KINDS, default="both", help="default both")
    parser.add_argument(
        "--baseline", help="the policy that others are compared with (default: the first)"
    )
    given = parser.parse_args(arguments)
    try:
        result = Evaluation.load_csv(given.results)
        if given.kind == "cdf":
            figure = wait_cdf(result)
        elif given.kind == "differences":
            figure = paired_differences(result, given.baseline)
        else:
            figure = waits(result, given.baseline)
        figure.savefig(given.output, dpi=150)
    except (Error, OSError, ValueError) as error:
        return fail(TOOL, error)
    return 0
