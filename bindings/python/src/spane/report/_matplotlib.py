"""Imported before anything that draws, to report a missing matplotlib in one way."""

from spane._extras import missing

try:
    import matplotlib as matplotlib
except ModuleNotFoundError as error:
    raise missing(error) from error
