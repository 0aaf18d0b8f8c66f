"""Weights as a PyTorch module."""

from __future__ import annotations

from typing import Any

from spane import _arguments as arguments
from spane.convert._convert import WeightsOptions, weights_at


def module(source: arguments.Path, options: WeightsOptions | None = None) -> Any:
    """A `torch.nn.Module` of the weights in a file: .h5, .pt, .pth, .th or .onnx. Needs PyTorch.

    `module(observation)` gives Q of each action, (batch, actions); see docs/weights.md for the
    arguments. `module.action(observation, mask)` gives the best available actions. The names of its
    parameters are those of the file.
    """
    # Imported here so that files can be converted without PyTorch.
    from spane.convert.torch._module import Network

    return Network(weights_at(source, options))
