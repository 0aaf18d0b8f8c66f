"""One search on many hosts: Optuna hands out the trials by a database, `spane` trains each.

`spane search CONFIG --storage URL --output FOLDER` runs `main`; so does `python3 -m spane.search`.
"""

from __future__ import annotations

from spane._extras import missing

try:
    from spane.search._command import main
except ModuleNotFoundError as error:
    raise missing(error) from None

__all__ = ["main"]
