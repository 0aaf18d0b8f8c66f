"""Experiments, training runs and searches as one HTML page, which needs no other file.

`page_of(["results/wait", "runs/1"]).write(Path("report.html"))` does what `spane report` does.
"""

import spane.report._matplotlib  # noqa: F401
from spane.report.page._html import Page
from spane.report.page._page_of import page_of

__all__ = ["Page", "page_of"]
