"""What a user sees who is not root, also where root runs the tests."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_NOBODY = 65_534


@contextmanager
def unprivileged() -> Iterator[None]:
    """Let this process, and the commands that it runs, be the user nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def open_folder() -> Iterator[Path]:
    """Make an empty folder that everybody may enter."""
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o755)
        with unprivileged():
            if not os.access(folder, os.X_OK, effective_ids=os.access in os.supports_effective_ids):
                pytest.skip(f"{folder.parent} is not for everybody")
        yield folder
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)
