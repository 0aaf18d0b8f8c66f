"""PyTorch weights: their files are read and written without PyTorch.

python3 -m spane.convert.torch IN.th OUT.h5 [--aggregators mean] [--cpu 40 --mem 90]

`module` makes a `torch.nn.Module` of weights, which needs PyTorch.
"""

from spane.convert._command import torch_main as main
from spane.convert._convert import convert_torch
from spane.convert.torch._module_of import module

__all__ = ["convert_torch", "main", "module"]
