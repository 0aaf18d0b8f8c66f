"""Converts files into formats that libspane reads.

- `convert_torch` turns a PyTorch state_dict into a weights file (`python3 -m spane.convert.torch`).
- `rewrite_hdf5` copies an HDF5 file in an older format into the current one (`python3 -m
  spane.convert.rewrite`).

Neither needs libspane or PyTorch. Both need h5py: pip install 'spane[h5]'.
"""

from spane.convert._refusal import OutputRefusal, Refusal
from spane.convert.rewrite import rewrite_hdf5
from spane.convert.torch import TorchOptions, convert_torch

__all__ = ["OutputRefusal", "Refusal", "TorchOptions", "convert_torch", "rewrite_hdf5"]
