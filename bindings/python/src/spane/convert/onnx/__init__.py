"""Weights as ONNX files, which any ONNX runtime computes.

`python3 -m spane.convert IN.h5 OUT.onnx` writes one, and with the names exchanged reads it. `model`
gives what would be written.
"""

from __future__ import annotations

from typing import Any

from spane import _arguments as arguments
from spane.convert._convert import WeightsOptions, weights_at

__all__ = ["model"]


def model(source: arguments.Path, options: WeightsOptions | None = None) -> Any:
    """An `onnx.ModelProto` of the weights in a file: .h5, .pt, .pth, .th or .onnx."""
    from spane.convert.onnx._file import model_of

    return model_of(weights_at(source, options))
