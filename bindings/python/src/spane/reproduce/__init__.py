"""Makes the tables and figures of docs/results.md again and compares them with the page.

`make paper`, which is `python3 -m spane.reproduce`, runs the commands of the page in a working
folder, each once, reads the tables of the page and puts what was computed beside what the page
says, on one HTML page. docs/reproduce.md describes it.
"""

from spane.reproduce._command import main
from spane.reproduce._plan import STEPS
from spane.reproduce._step import Step
from spane.reproduce._tables import NOT_AGAIN, TABLES

__all__ = ["NOT_AGAIN", "STEPS", "TABLES", "Step", "main"]
