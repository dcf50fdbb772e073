"""Makes paths absolute, even if the working directory has been deleted."""

import os

WITHOUT_DIRECTORY = "the working directory is gone, and the path begins there"


def whole_path(path: str) -> str:
    """Return an absolute path; unchanged if it begins in a working directory that is gone."""
    try:
        return os.path.abspath(path)
    except OSError:
        return path


def real_path(path: str) -> str:
    """Return a path with its links resolved; unchanged if one may not be read or the working directory is gone."""
    try:
        return os.path.realpath(path)
    except OSError:
        return path


def is_lost(path: str) -> bool:
    """Return whether a path begins in a working directory that is gone, where nothing can be created."""
    return not os.path.isabs(whole_path(path))
