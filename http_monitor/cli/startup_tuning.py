"""Shortens the start and the end of the program, keeps its memory small, and tests imports that may abort it."""

import gc
import os
from contextlib import suppress

_MAX_OPEN = 1 << 16
_AMPLE_BYTES = 4 << 30
"""With a memory limit of at least this, the libraries can be loaded."""
_MARGIN_BYTES = 64 << 20
"""Minimum memory that a run needs in addition to its libraries."""

_ARENA_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD = -8, -3, -1
"""Parameters of `mallopt` (malloc.h of glibc)."""
_GREAT_BYTES, _KEPT_BYTES = 1 << 20, 4 << 20


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
    wanted = _MAX_OPEN if hard == resource.RLIM_INFINITY else min(hard, _MAX_OPEN)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def can_load_libraries() -> bool:
    """Return whether numpy and Arrow can be loaded; they are tried in another process where memory is limited.

    Arrow aborts the process, and numpy's OpenBLAS ends it, if there is too little memory at certain points of their
    start, which nothing can catch. Call before they are imported, and before threads are started.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return True
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY or soft >= _AMPLE_BYTES:
        return True
    # One of Arrow's allocators reserves a gibibyte of addresses otherwise, or as much of it as it gets.
    os.environ.setdefault("MIMALLOC_ARENA_RESERVE", "0")
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    code = 1
    try:
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (max(0, soft - _MARGIN_BYTES), hard))
        import http_monitor.arrow  # noqa: F401

        code = 0
    finally:
        # Not even an exception leaves the child: the run itself would meet the same one.
        os._exit(code)


def keep_numpy_single_threaded() -> None:
    """Keep numpy from starting threads for linear algebra, which is not used; call before numpy is imported."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"


def share_freed_memory() -> None:
    """Let threads use what others have freed, and return great arrays to the system; call before threads are started.

    Else each thread keeps as much as it ever needed at once. Environment variables of the C library go before.
    """
    if any(name.startswith("MALLOC_") for name in os.environ):
        return
    import ctypes

    # A function of glibc; other C libraries have none.
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if os.name == "posix" else None
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)
        mallopt(_MMAP_THRESHOLD, _GREAT_BYTES)
        mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)


def keep_arrow_single_threaded() -> None:
    """Keep Arrow from starting a thread, so that a replay can fork; call before Arrow is imported."""
    # The allocator then returns memory in the threads that use it, which a live run without lines would not do.
    os.environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"
