"""Experiments, training runs and searches on one self-contained HTML page.

`page_of(["results/wait", "runs/1"]).write("report.html")` does the same as `spane report`.
"""

import spane.report._matplotlib  # noqa: F401
from spane.report.page._html import Page
from spane.report.page._page_of import page_of

__all__ = ["Page", "page_of"]
