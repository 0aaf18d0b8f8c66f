"""Imported first by what draws, so that a missing matplotlib is told in the same words."""

from spane._extras import missing

try:
    import matplotlib as matplotlib
except ModuleNotFoundError as error:
    raise missing(error) from error
