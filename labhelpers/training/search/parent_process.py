"""Workers that end with the process that started them."""

import multiprocessing
import os
import threading
import time

_watched: set[int] = set()
_PAUSE_S = 0.5


def end_with_parent(parent: int) -> None:
    """Ends this process when the one that started it is gone, in mid-training if need be.

    Of a killed process, joblib's workers would finish their task and then wait for minutes, with
    all their memory. Other places, such as a thread, or a worker on another machine, are left
    alone. Windows does not say that a parent is gone.
    """
    if not multiprocessing.current_process().name.startswith("Loky") or parent in _watched:
        return
    _watched.add(parent)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_PAUSE_S)
    os._exit(1)
