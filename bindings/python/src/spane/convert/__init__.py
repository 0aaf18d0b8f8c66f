"""Converts files into formats that libspane reads, and its weights into those of others.

- `convert_weights` converts weights between libspane (.h5), a PyTorch state_dict (.pt) and ONNX
  (.onnx), from each to each (`python3 -m spane.convert`). `spane.convert.torch.module` makes a
  `torch.nn.Module` of them.
- `convert_torch` is the same from PyTorch to libspane, whatever the endings (`python3 -m
  spane.convert.torch`).
- `rewrite_hdf5` copies an HDF5 file in an older format into the current one (`python3 -m
  spane.convert.rewrite`).

None needs libspane, and only `module` PyTorch. All need h5py: pip install 'spane[h5]'; ONNX files
need 'spane[onnx]'.
"""

from spane.convert._command import main
from spane.convert._convert import WeightsOptions, convert_torch, convert_weights
from spane.convert._refusal import OutputRefusal, Refusal
from spane.convert.rewrite import rewrite_hdf5

__all__ = [
    "OutputRefusal",
    "Refusal",
    "WeightsOptions",
    "convert_torch",
    "convert_weights",
    "main",
    "rewrite_hdf5",
]
