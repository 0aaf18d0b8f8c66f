"""Plays a policy in a Python file for the `spane` command, which asks over a socket.

PythonPolicy.swift describes what goes to and fro.
"""

from __future__ import annotations

import importlib.util
import os
import select
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from spane._command import one_line
from spane._decisions import BatchPolicy, Decisions, batch_of, checked
from spane._errors import InvalidArgumentError
from spane._showing import shown

GREETING = 0x656E617073
_LONGEST = 500
"""Characters of an exception that the command repeats."""


class _Mistake(Exception):
    """What is wrong with the file, for the reader of the command."""


def main(arguments: list[str]) -> int:
    """Plays `FILE OBJECT DESCRIPTOR` until the other end is closed."""
    file, name, descriptor = arguments
    # Ctrl-C is for the command, whose end closes the socket.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = socket.socket(fileno=int(descriptor))
    # What the policy starts must not keep the command waiting for the end of this process.
    channel.set_inheritable(False)
    os.register_at_fork(after_in_child=channel.close)
    busy = threading.Event()
    busy.set()
    threading.Thread(target=_end_with, args=(channel, busy), daemon=True).start()
    try:
        try:
            policy = _load(file, name)
            batch = _told(batch_of, policy, name)
            normalised = bool(getattr(policy, "normalised", False))
        except BaseException as error:
            text = _text_of(error, file)
            channel.sendall(np.array([GREETING, 1, len(text), 0], np.int64).tobytes() + text)
            return 1
        channel.sendall(np.array([GREETING, 0, batch, normalised], np.int64).tobytes())
        while True:
            busy.clear()
            try:
                head = _received(channel, 4, np.int64).tolist()
            except EOFError:
                return 0
            decisions = _decisions(channel, *head)
            busy.set()
            try:
                given = policy(decisions)
                actions = _told(checked, given, head[0], name).astype(np.int32)
            except BaseException as error:
                text = _text_of(error, file)
                channel.sendall(np.array([1, len(text)], np.int64).tobytes() + text)
                return 1
            channel.sendall(np.array([0, actions.nbytes], np.int64).tobytes() + actions.tobytes())
    except (OSError, EOFError):
        return 1


def _end_with(channel: socket.socket, busy: threading.Event) -> None:
    """Ends the process with the command where a policy that takes long would not notice."""
    watched = select.poll()
    watched.register(channel, 0)
    watched.poll()
    if busy.is_set():
        os._exit(1)


def _told(check: Callable[..., Any], *given: Any) -> Any:
    """What our own look at the policy gives; what it finds is told without a traceback."""
    try:
        return check(*given)
    except InvalidArgumentError as error:
        raise _Mistake(str(error)) from None


def _load(file: str, name: str) -> BatchPolicy:
    path = Path(file).resolve()
    # As Python does with a file that it runs: what lies beside it can be imported.
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    if not hasattr(module, name):
        raise _Mistake(f"the file has no {name}; name what decides as FILE.py:OBJECT")
    policy: Any = getattr(module, name)
    if not callable(policy) or isinstance(policy, type):
        what = "a class" if isinstance(policy, type) else shown(policy)
        raise _Mistake(f"{name} is {what}; it must be a function or another callable object")
    return policy  # type: ignore[no-any-return]


def _decisions(
    channel: socket.socket, count: int, servers: int, values: int, actions: int
) -> Decisions:
    return Decisions(
        _received(channel, count * values, np.float32).reshape(count, values),
        _received(channel, count * actions, np.bool_).reshape(count, actions),
        _received(channel, count, np.int64),
        _received(channel, count, np.int64),
        _received(channel, count, np.bool_),
        servers,
    )


def _received(channel: socket.socket, count: int, kind: DTypeLike) -> NDArray[Any]:
    values = np.empty(count, kind)
    left = memoryview(values.view(np.uint8).data)
    while len(left) > 0:
        got = channel.recv_into(left)
        if got == 0:
            raise EOFError
        left = left[got:]
    return values


def _text_of(error: BaseException, file: str) -> bytes:
    """The last line of the traceback, and where in the file it happened; all of it is printed."""
    if isinstance(error, _Mistake):
        return str(error).encode(errors="backslashreplace")
    traceback.print_exc()
    last = one_line(traceback.format_exception_only(type(error), error)[-1])[:_LONGEST]
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if _is(frame, file)
    ]
    text = f"{last} (line {lines[-1]})" if lines else last
    # Bytes that are no text, and escapes of terminals, are written out.
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text).encode()


def _is(frame: traceback.FrameSummary, file: str) -> bool:
    return os.path.realpath(frame.filename) == os.path.realpath(file)
