"""Calls that may take minutes, and can be stopped.

Python runs signal handlers between two instructions of the main thread: inside a callback of ctypes
their exceptions are lost, and inside a call they wait. So the call is made in a thread of its own,
and the calling thread waits for it in Python, where handlers run and exceptions arrive.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from ctypes import byref, c_int32
from queue import Empty, SimpleQueue
from typing import Any, TypeVar, cast

from spane import _structs

Result = TypeVar("Result")
Progress = Callable[[int, int], object]
"""Told how much is done of how much, in the unit that the call names; an exception stops it."""

# The kernel may hand a signal to any thread; the one that waits looks for it this often (seconds).
_LOOK = 0.1


class LongCall:
    """One call. An exception of a signal handler or of `progress` cancels it, and is raised.

    `progress` runs in the thread that waits. What the call writes into must be reachable from the
    function that makes it: after a second exception the call may outlast `run` for a moment.
    """

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress
        self._cancel = c_int32()
        self._outcome: list[tuple[Any, BaseException | None]] = []
        # What the thread of the call tells; None for the end. None is waited for alone, so that a
        # message which an exception snatches away delays, and never blocks.
        self._news: SimpleQueue[tuple[int, int] | None] = SimpleQueue()
        self._answers: SimpleQueue[None] = SimpleQueue()
        self._struct = _structs.Progress(_structs.ProgressCallback(self._tell), None)
        self.told: Any = byref(self._struct)
        """For the library."""

    def run(self, call: Callable[[], Result]) -> Result:
        """What `call` returns or raises; it runs in another thread."""
        thread = threading.Thread(target=self._work, args=(call,), name="spane call")
        is_begun, raised = False, None
        try:
            while True:
                try:
                    if not is_begun:
                        is_begun = True
                        thread.start()
                    while not self._outcome:
                        self._listen()
                    thread.join()
                    break
                except BaseException as error:
                    self._cancel.value = 1
                    self._answers.put(None)
                    raised = raised or error
                    if not thread.is_alive():
                        break
            if raised is not None:
                raise raised
            result, failure = self._outcome.pop()
            if failure is not None:
                raise failure
            return cast(Result, result)
        finally:
            # Whatever comes, and wherever, ends the call soon.
            self._cancel.value = 1
            # An exception knows this frame, and would keep what knows the exception.
            raised = failure = None

    def _work(self, call: Callable[[], Any]) -> None:
        try:
            # An exception may have come before the call.
            self._outcome.append((None if self._cancel.value else call(), None))
        except BaseException as error:
            self._outcome.append((None, error))
        self._news.put(None)

    def _listen(self) -> None:
        try:
            news = self._news.get(timeout=_LOOK)
        except Empty:
            return
        if news is not None and self._progress is not None:
            self._progress(*news)
            self._answers.put(None)

    def _tell(self, done: int, total: int, user: int | None) -> int:
        if self._progress is None:
            return self._cancel.value
        self._news.put((done, total))
        while not self._cancel.value:
            try:
                self._answers.get(timeout=_LOOK)
            except Empty:
                continue
            break
        return self._cancel.value
