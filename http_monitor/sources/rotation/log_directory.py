"""What stands beside a log in its directory, as it was found there: names, identities, open files."""

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
    """A file beside the one at the path, as it was found in the directory."""

    path: str
    identity: Identity

    @property
    def name(self) -> str:
        """Its name in the directory."""
        return os.path.basename(self.path)

    @property
    def compressed(self) -> bool:
        """Whether its name says that it is."""
        return is_compressed(self.name)


class LogDirectory:
    """The directory of a log; every question looks at it anew.

    Args:
        files: The way to them.
        target: The path of the file with its symbolic links resolved: there it is rotated.
    """

    def __init__(self, files: Files, target: str) -> None:
        self.files = files
        self.target = target
        self.directory, self.base = os.path.split(target)

    def rotated(self) -> list[Sibling]:
        """Return what rotation has made of earlier files, oldest first.

        An archive beside the file that it is being made of is left out.
        """
        names = self.listing()
        stem = stem_of(self.base)  # of many names most are told apart by this alone
        kept = [name for name in names.beginning_with(stem) if rotated_of(self.base, name)]
        plain = {age_key(self.base, name) for name in kept if not is_compressed(name)}
        kept = [name for name in kept if not is_compressed(name) or age_key(self.base, name) not in plain]
        kept.sort(key=lambda name: age_key(self.base, name))
        return [Sibling(os.path.join(self.directory, name), names[name]) for name in kept]

    def is_rotated(self, sibling: Sibling) -> bool:
        """Tell whether rotation gives such a name to the file at the path."""
        return rotated_of(self.base, sibling.name) or same_template(sibling.name, self.base)

    def with_identity(self, identity: Identity) -> Sibling | None:
        """Return the file that has this identity, whatever its name."""
        for name, found in self.listing().items():
            if found == identity:
                return Sibling(os.path.join(self.directory, name), found)
        return None

    def open(self, sibling: Sibling) -> Handle | None:
        """Open what was found, an archive as what it holds; None if it is not there any more or cannot be read."""
        opened = self.reach(sibling)
        return None if isinstance(opened, Obstacle) else opened

    def reach(self, sibling: Sibling) -> Handle | Obstacle:
        """Open what was found, an archive as what it holds; or return what hinders, which may be its compression."""
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
        """Return which files are in the directory."""
        return set(self.listing().values())

    def listing(self) -> Listing:
        """Return the directory as it is between two renames, not in the midst of them."""
        listing = self.files.listing(self.directory)
        for _ in range(_LOOKS):
            again = self.files.listing(self.directory)
            if again is listing or again == listing:
                break
            listing = again
        return listing
