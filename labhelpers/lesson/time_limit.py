"""A time limit for code that may never end."""

import _thread
import contextlib
import signal
import threading
from collections.abc import Iterator


class TimeIsUp(BaseException):
    """The limit was reached. Not an Exception, so that `except Exception` lets it through."""


@contextlib.contextmanager
def limit_time(seconds: float) -> Iterator[None]:
    """Stops the code inside after so many seconds, by TimeIsUp, where that can be done.

    In the main thread: by a signal (Linux, macOS), or as if the interrupt key had been pressed
    (Windows). In any other thread there is no limit. Python acts on either between two of its
    own steps: a single long call into compiled code comes to its end first.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
    elif hasattr(signal, "setitimer"):
        with _limit_by_signal(seconds):
            yield
    else:
        with _limit_by_interrupt(seconds):
            yield


@contextlib.contextmanager
def _limit_by_signal(seconds: float) -> Iterator[None]:
    armed = True

    def stop(number: int, frame: object) -> None:
        if armed:
            raise TimeIsUp

    before = signal.signal(signal.SIGALRM, stop)
    # Again each second, for code that catches everything and goes on.
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        try:
            yield
        finally:
            # The signal may come right here; then the outer `finally` still puts all back.
            armed = False
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _limit_by_interrupt(seconds: float) -> Iterator[None]:
    lock = threading.Lock()
    state = {"done": False, "fired": False}

    def stop() -> None:
        with lock:
            if not state["done"]:
                state["fired"] = True
                _thread.interrupt_main()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    except KeyboardInterrupt:
        if state["fired"]:
            raise TimeIsUp from None
        raise
    finally:
        with lock:
            state["done"] = True
        timer.cancel()
