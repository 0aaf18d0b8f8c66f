"""Converts a PyTorch state_dict file to a spane weights file, without PyTorch.

python3 -m spane.convert.torch IN.th OUT.h5 [--aggregators mean] [--cpu 40 --mem 90]
"""

from spane.convert.torch._command import main
from spane.convert.torch._convert import TorchOptions, convert_torch

__all__ = ["TorchOptions", "convert_torch", "main"]
