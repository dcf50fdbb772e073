"""Shortens the start and the end of the program by skipping work that no run needs."""

import gc
import os
from contextlib import suppress

_MOST_OPEN = 1 << 16


def begin_imports() -> None:
    """Suspend garbage collection until `end_imports`: imported objects stay, and would be scanned repeatedly."""
    gc.disable()


def end_imports() -> None:
    """Resume garbage collection, excluding the imported objects."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def begin_exit() -> None:
    """Disable garbage collection: the process ends, so nothing needs to be collected."""
    gc.disable()
    gc.freeze()


def open_many_files() -> None:
    """Raise the soft limit of open files towards the hard one, since each followed file is open."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_OPEN if hard == resource.RLIM_INFINITY else min(hard, _MOST_OPEN)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def keep_numpy_single_threaded() -> None:
    """Keep numpy from starting threads for linear algebra, which is not used; call before numpy is imported."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"


def keep_arrow_single_threaded() -> None:
    """Keep Arrow from starting a thread, so that a replay can fork; call before Arrow is imported."""
    # The allocator then returns memory in the threads that use it, which a live run without lines would not do.
    os.environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"
