"""Calls that can take minutes and can be cancelled.

Python runs signal handlers between bytecode instructions of the main thread: their exceptions are
lost inside a ctypes callback, and they do not run during a ctypes call. So the call is made in a
separate thread while the calling thread waits in Python, where handlers run and their exceptions
propagate.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from ctypes import byref, c_int32
from queue import Empty, SimpleQueue
from typing import Any, TypeVar, cast

from spane import _structs
from spane._arguments import wrong_type

Result = TypeVar("Result")
Progress = Callable[[int, int], object]
"""Told how much is done of how much, in the unit that the call names; an exception stops it."""

# Seconds between checks for signals, which the kernel can deliver to any thread.
_LOOK = 0.1


class LongCall:
    """One call. An exception from a signal handler or from `progress` cancels it and is raised.

    `progress` runs in the waiting thread. Buffers that the call writes to must be referenced by the
    function that makes it: after a second exception, the call can briefly outlast `run`.
    """

    def __init__(self, progress: Progress | None = None) -> None:
        if progress is not None and not callable(progress):
            raise wrong_type(progress, "progress", "a function of two numbers, or None")
        self._progress = progress
        self._cancel = c_int32()
        self._outcome: list[tuple[Any, BaseException | None]] = []
        # What the thread of the call wants done here; None when it ends. Waits time out, so a
        # message that is lost to an exception causes a delay but never a deadlock.
        self._tasks: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._answers: SimpleQueue[None] = SimpleQueue()
        self._struct = _structs.Progress(_structs.ProgressCallback(self._tell), None)
        self.told: Any = byref(self._struct)
        """For the library."""

    def run(self, call: Callable[[], Result]) -> Result:
        """Runs `call` in another thread and returns or raises what it does."""
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
            # Ends the call soon, whatever happened.
            self._cancel.value = 1
            # Breaks the reference cycle between the exception and this frame.
            raised = failure = None

    def _work(self, call: Callable[[], Any]) -> None:
        try:
            # An exception may have come before the call.
            self._outcome.append((None if self._cancel.value else call(), None))
        except BaseException as error:
            self._outcome.append((None, error))
        self._tasks.put(None)

    def _listen(self) -> None:
        try:
            task = self._tasks.get(timeout=_LOOK)
        except Empty:
            return
        if task is not None:
            task()
            self._answers.put(None)

    def here(self, task: Callable[[], object]) -> int:
        """Has a task done by the thread that waits in `run`, for a callback of the call; returns
        what the callback returns: not 0 when the call is to end."""
        self._tasks.put(task)
        while not self._cancel.value:
            try:
                self._answers.get(timeout=_LOOK)
            except Empty:
                continue
            break
        return self._cancel.value

    def _tell(self, done: int, total: int, user: int | None) -> int:
        progress = self._progress
        return self._cancel.value if progress is None else self.here(lambda: progress(done, total))
