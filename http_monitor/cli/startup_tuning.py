"""Keeps the start of the program short: what no run of it needs is left out while modules are imported."""

import gc
import os
from contextlib import suppress

_MOST_OPEN = 1 << 16


def begin_imports() -> None:
    """Look for no garbage until `end_imports`: what is imported stays, and would be searched again and again."""
    gc.disable()


def end_imports() -> None:
    """Look for garbage from now on, though not among what has been imported."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def begin_exit() -> None:
    """Look for garbage no more: the process ends, and need not search all it has for that first."""
    gc.disable()
    gc.freeze()


def open_many_files() -> None:
    """Raise the soft limit of open files as far as the hard one allows: each file that is followed is one."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_OPEN if hard == resource.RLIM_INFINITY else min(hard, _MOST_OPEN)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def spare_threads() -> None:
    """Let numpy start no threads for linear algebra, of which there is none here; must come before its import."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"


def be_one_thread() -> None:
    """Keep Arrow from starting a thread too, so that a replay can fork; must come before its import."""
    # The allocator gives memory back in the threads that use it then; without lines, as live, there would be none.
    os.environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"
