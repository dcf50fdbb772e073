"""The directory of a log, with the files beside the log."""

import os
from dataclasses import dataclass

from http_monitor.sources.files.access import Files, Handle, Identity, Listing
from http_monitor.sources.files.regular_file import MISSING, SPECIAL, Obstacle, obstacle
from http_monitor.sources.rotation.gzip_archive import GzHandle
from http_monitor.sources.rotation.rotated_names import age_key, is_compressed, rotated_of, same_template, stem_of

_LOOKS = 5
_GZ = ".gz"


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

    def rotated(self) -> list[Sibling]:
        """Return the rotated files, oldest first.

        An archive beside the file that it is being made from is left out.
        """
        names = self.listing()
        stem = stem_of(self.base)  # most names do not begin with it
        kept = [name for name in names.beginning_with(stem) if rotated_of(self.base, name)]
        plain = {age_key(self.base, name) for name in kept if not is_compressed(name)}
        kept = [name for name in kept if not is_compressed(name) or age_key(self.base, name) not in plain]
        kept.sort(key=lambda name: age_key(self.base, name))
        return [Sibling(os.path.join(self.directory, name), names[name]) for name in kept]

    def is_rotated(self, sibling: Sibling) -> bool:
        """Return whether a file's name is one that rotation gives to the log."""
        return rotated_of(self.base, sibling.name) or same_template(sibling.name, self.base)

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
            return opened
        handle, status = opened
        if status.identity != sibling.identity:
            handle.close()
            return MISSING
        if not is_compressed(sibling.name):
            return handle
        try:
            return GzHandle(handle)
        except OSError as error:
            handle.close()
            return obstacle(error)

    def identities(self) -> set[Identity]:
        """Return the identities of the files in the directory."""
        return set(self.listing().values())

    def listing(self) -> Listing:
        """Return a consistent listing of the directory, not one made during a rename."""
        listing = self.files.listing(self.directory)
        for _ in range(_LOOKS):
            again = self.files.listing(self.directory)
            if again is listing or again == listing:
                break
            listing = again
        return listing
