"""Rewrites an HDF5 file in an older format so that libspane can read it.

    python3 -m spane.convert.rewrite OLD.h5 NEW.h5

Older formats have no checksums, and HDF5 can crash on a damaged file: use this only on files that
you trust.
"""

from spane.convert.rewrite._command import main
from spane.convert.rewrite._rewrite import rewrite_hdf5

__all__ = ["main", "rewrite_hdf5"]
