"""The one event loop of the process, with Twisted's reactor on it.

Twisted's ``reactor.run()`` works once per process: when it has stopped it cannot be started again. The asyncio
reactor needs no more than a running asyncio loop, though: once it was told that it runs (``startRunning``), its
sockets and timers are callbacks of that loop, which may be driven by ``run_until_complete`` as often as wanted.
So nothing here ever stops the reactor; commands, tests and benchmarks all come in through ``run``.

Nothing may use Twisted's thread pool (its threads would keep the process from ending): names are looked up by
the guard, never by the reactor.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import gc
import signal
import sys
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar, cast

T = TypeVar("T")

_INTERRUPTS = (signal.SIGINT, signal.SIGTERM)
_loop: asyncio.AbstractEventLoop | None = None


def run(main: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine to its end on the process's loop and returns what it returns; may be called again.

    An interrupt (SIGINT, or SIGTERM as services are ended with) cancels the coroutine, lets it clean up and is
    raised as KeyboardInterrupt, as ``asyncio.run`` does. Raises RuntimeError where another reactor was installed
    before.
    """
    loop = _open()
    task = loop.create_task(main)
    interrupted = False

    def interrupt() -> None:
        nonlocal interrupted
        interrupted = True
        task.cancel()

    in_front = threading.current_thread() is threading.main_thread()
    before = {each: signal.getsignal(each) for each in _INTERRUPTS}
    for each in _INTERRUPTS if in_front else ():
        loop.add_signal_handler(each, interrupt)
    try:
        return loop.run_until_complete(task)
    except asyncio.CancelledError:
        if interrupted:
            raise KeyboardInterrupt from None
        raise
    finally:
        for each in _INTERRUPTS if in_front else ():
            loop.remove_signal_handler(each)
            signal.signal(each, before[each])


def _open() -> asyncio.AbstractEventLoop:
    global _loop
    if _loop is None:
        if "twisted.internet.reactor" in sys.modules:
            raise RuntimeError("another Twisted reactor is installed already")
        from twisted.internet import asyncioreactor

        # Facts are many small tuples that live until their portal is stored: looking through them for cycles so
        # often takes a tenth of an audit's time and finds nothing.
        gc.set_threshold(50_000, 20, 20)
        _loop = asyncio.new_event_loop()
        asyncioreactor.install(_loop)  # type: ignore[no-untyped-call]
        from twisted.internet import reactor

        cast(Any, reactor).startRunning(installSignalHandlers=False)
        atexit.register(_close, _loop)
    return _loop


def _close(loop: asyncio.AbstractEventLoop) -> None:
    from twisted.internet import reactor
    from twisted.internet.error import ConnectionAborted
    from twisted.python.failure import Failure

    async def end() -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # Transfers that were broken off, their sockets, and Twisted's own waker, which nobody else closes.
    loop.run_until_complete(end())
    for descriptor in cast(Any, reactor).removeAll():
        with contextlib.suppress(OSError):
            descriptor.connectionLost(cast(Any, Failure)(ConnectionAborted()))
    loop.close()
