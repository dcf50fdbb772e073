"""The directory of a log, with the files beside the log."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from http_monitor.sources.files.access import Files, FileStatus, Handle, Identity, Listing
from http_monitor.sources.files.regular_file import MISSING, SPECIAL, Obstacle, obstacle
from http_monitor.sources.rotation.gzip_archive import GzHandle
from http_monitor.sources.rotation.rotated_names import age_key, is_compressed, is_rotation_of, same_template, stem_of

LOOKS = 5
"""How often a search or a listing is repeated if the directory changes meanwhile."""
_GZ = ".gz"
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Sibling:
    """A file in the directory of a log."""

    path: str
    identity: Identity

    @property
    def name(self) -> str:
        """Its name in the directory."""
        return os.path.basename(self.path)

    @property
    def compressed(self) -> bool:
        """Whether its name shows that it is compressed."""
        return is_compressed(self.name)


class LogDirectory:
    """The directory of a log; every call lists it again.

    Args:
        files: Access to the files.
        target: The path of the log with its symbolic links resolved, since rotation happens there.
    """

    def __init__(self, files: Files, target: str) -> None:
        self.files = files
        self.target = target
        self.directory, self.base = os.path.split(target)
        self.missed = 0
        """How often a listed file was no longer there: renamed or removed since, or replaced by its archive."""

    def list_rotated(self) -> list[Sibling]:
        """Return the rotated files, oldest first.

        An archive beside the file that it is being made from is left out.
        """
        names = self.listing()
        stem = stem_of(self.base)  # most names do not begin with it
        kept = [name for name in names.list_prefixed(stem) if is_rotation_of(self.base, name)]
        plain = {age_key(self.base, name) for name in kept if not is_compressed(name)}
        kept = [name for name in kept if not is_compressed(name) or age_key(self.base, name) not in plain]
        kept.sort(key=lambda name: age_key(self.base, name))
        return [Sibling(os.path.join(self.directory, name), names[name]) for name in kept]

    def is_rotated(self, sibling: Sibling) -> bool:
        """Return whether a file's name is one that rotation gives to the log."""
        return is_rotation_of(self.base, sibling.name) or same_template(sibling.name, self.base)

    def with_identity(self, identity: Identity) -> Sibling | None:
        """Return the file with this identity, whatever its name."""
        for name, found in self.listing().items():
            if found == identity:
                return Sibling(os.path.join(self.directory, name), found)
        return None

    def open(self, sibling: Sibling) -> Handle | None:
        """Open a file, an archive as its content; None if it is gone or cannot be read."""
        opened = self.reach(sibling)
        return None if isinstance(opened, Obstacle) else opened

    def reach(self, sibling: Sibling) -> Handle | Obstacle:
        """Open a file, an archive as its content; or return the obstacle, which may be its compression."""
        if is_compressed(sibling.name) and not sibling.path.endswith(_GZ):
            return SPECIAL
        opened = self.files.open(sibling.path)
        if isinstance(opened, Obstacle):
            self.missed += opened == MISSING
            return opened
        handle, status = opened
        if status.identity != sibling.identity:
            handle.close()
            self.missed += 1
            return MISSING
        if not is_compressed(sibling.name):
            return handle
        try:
            return GzHandle(handle)
        except OSError as error:
            handle.close()
            return obstacle(error)

    def status_of(self, sibling: Sibling) -> FileStatus | None:
        """Return the status of a file; None if it is gone, or cannot be reached."""
        found = self.files.look(sibling.path)
        if isinstance(found, Obstacle):
            self.missed += found == MISSING
            return None
        return found

    def time_of(self, sibling: Sibling) -> int | None:
        """Return when a file was written last, as far as that is known."""
        found = self.status_of(sibling)
        return None if found is None else found.mtime_ns

    def search_steadily(self, search: Callable[[], Result | None]) -> Result | None:
        """Return the result of a search, repeated if it found nothing and files were renamed or removed under it."""
        for _ in range(LOOKS):
            missed = self.missed
            found = search()
            if found is not None or self.missed == missed:
                break
        return found

    def search_undisturbed(self, search: Callable[[], Result]) -> Result:
        """Return the result of a search, which is repeated if files were renamed or removed under it."""
        for _ in range(LOOKS):
            missed = self.missed
            found = search()
            if self.missed == missed:
                break
        return found

    def identities(self) -> set[Identity]:
        """Return the identities of the files in the directory."""
        return set(self.listing().values())

    def listing(self) -> Listing:
        """Return a consistent listing of the directory, not one made during a rename."""
        listing = self.files.listing(self.directory)
        for _ in range(LOOKS):
            again = self.files.listing(self.directory)
            if again is listing or again == listing:
                break
            listing = again
        return listing
