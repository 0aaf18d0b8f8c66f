"""Images of servers, drawn with NumPy only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_BACKGROUND, _SERVER, _EMPTY = (255, 255, 255), (203, 210, 217), (241, 243, 245)
_COLOURS = ((42, 111, 187), (230, 133, 35))  # cores, GB
_BAR, _HEIGHT, _GAP, _EDGE, _COLUMNS = 14, 96, 2, 6, 10


def draw(used: NDArray[Any], request: NDArray[Any] | None = None) -> NDArray[np.uint8]:
    """Usage bars: cores in blue, memory in orange; each grey box is a server.

    `used` has shape (servers, nodes, 2) with values from 0 to 1. `request`, the next VM's share of
    a node, is drawn as two bars across the top; full width means all nodes of a server.
    """
    servers, nodes, kinds = used.shape
    columns = min(servers, _COLUMNS)
    rows = -(-servers // columns)
    node_width = kinds * (_BAR + _GAP) - _GAP
    box_width = nodes * (node_width + _EDGE) + _EDGE
    box_height = _HEIGHT + 2 * _EDGE
    top = 0 if request is None else kinds * _BAR // 2 + 2 * _EDGE
    shape = (top + rows * (box_height + _EDGE) + _EDGE, columns * (box_width + _EDGE) + _EDGE, 3)
    picture = np.full(shape, _BACKGROUND, np.uint8)
    for kind in range(0 if request is None else kinds):
        assert request is not None
        y, width = _EDGE + kind * _BAR // 2, shape[1] - 2 * _EDGE
        line = picture[y : y + _BAR // 2 - 1, _EDGE : _EDGE + width]
        line[:] = _EMPTY
        line[:, : round(width * _within(request[kind] / nodes))] = _COLOURS[kind]
    for server in range(servers):
        row, column = divmod(server, columns)
        y = top + _EDGE + row * (box_height + _EDGE)
        x = _EDGE + column * (box_width + _EDGE)
        picture[y : y + box_height, x : x + box_width] = _SERVER
        for node in range(nodes):
            for kind in range(kinds):
                left = x + _EDGE + node * (node_width + _EDGE) + kind * (_BAR + _GAP)
                bar = picture[y + _EDGE : y + _EDGE + _HEIGHT, left : left + _BAR]
                bar[:] = _EMPTY
                bar[_HEIGHT - round(_HEIGHT * _within(used[server, node, kind])) :] = _COLOURS[kind]
    return picture


def _within(share: Any) -> float:
    return min(1.0, max(0.0, float(share)))
