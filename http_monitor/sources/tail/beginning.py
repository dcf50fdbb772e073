"""The first looks at a path, until it is found where reading begins."""

from collections.abc import Iterator

from http_monitor.sources.files.access import FileStatus, Identity
from http_monitor.sources.files.regular_file import CROWDED, MISSING, Obstacle
from http_monitor.sources.known.position import FilePosition, TailPosition
from http_monitor.sources.tail.file_chain import FileChain
from http_monitor.sources.tail.gone_unopened import certainly_gone
from http_monitor.sources.tail.start import begin, go_on, start_of
from http_monitor.sources.tail.waiting import Waiting


class Beginning:
    """What is known before a path is followed.

    Args:
        path: It.
        from_start: Whether what is there already counts.
        seen: What stood there when the user was told that it is followed; None: the first look tells.
        resume: Where another process stopped; then neither of these matters.
    """

    def __init__(
        self, path: str, *, from_start: bool, seen: FileStatus | Obstacle | None, resume: TailPosition | None
    ) -> None:
        self._path = path
        self._from_start = from_start
        self._seen = seen
        self.resume = resume
        """Where another process stopped; None as soon as it goes on from there."""
        self.is_over = False

    @property
    def is_blank(self) -> bool:
        """Whether a path at which reading begins at the end could not be examined so far."""
        return not (self.is_over or self._from_start) and self._seen is None and self.resume is None

    def list_claims(self) -> Iterator[Identity]:
        """Yield the files that are to be followed."""
        if self.resume is not None:
            yield from (position.identity for position in self.resume.files if not position.let_go)
        elif isinstance(self._seen, FileStatus):
            yield self._seen.identity

    def positions(self, chain: FileChain) -> tuple[FilePosition, ...]:
        """Return where the files stand with which it begins."""
        if self.resume is not None:
            return self.resume.files
        if not isinstance(self._seen, FileStatus):
            return ()
        return (chain.unopened.extend(start_of(self._path, self._seen, from_start=self._from_start)),)

    def offset_in(self, chain: FileChain, identity: Identity) -> int:
        """Return from where a file is to be read that stands at the path."""
        first = () if self.is_over else self.positions(chain)
        return next((position.offset for position in first if position.identity == identity), 0)

    def attempt(
        self, chain: FileChain, waiting: Waiting, found: FileStatus | Obstacle, now_us: int, *, has_room: bool
    ) -> Obstacle | None:
        """Begin, if nothing hinders; returns what does.

        Args:
            chain: Takes what is followed.
            waiting: Learns that what comes is new.
            found: What stands at the path.
            now_us: The running clock.
            has_room: Whether files can be opened.
        """
        if self.resume is None and self._seen is None:
            self._seen = found
        first = self.positions(chain)
        if isinstance(found, Obstacle) and found != MISSING and self.resume is not None:
            return found  # a way that is barred does not say that a file is gone
        # To find that a file is gone takes no descriptor.
        if first and not (has_room or (self.resume is None and certainly_gone(chain, first))):
            self._release(chain, found)
            return CROWDED
        met: Obstacle | None = None
        if self.resume is not None:
            met = go_on(chain, self.resume, now_us)
        elif first:
            met = begin(chain, first[0], now_us)
        else:
            waiting.welcome_as_new()
        if met is None:
            chain.unopened.drop([position.identity for position in first])
            self.is_over, self.resume = True, None
        return met

    def _release(self, chain: FileChain, found: FileStatus | Obstacle) -> None:
        """Let other paths follow what was announced, once it is not at the path: its inode may be another file's."""
        if self.resume is None and isinstance(self._seen, FileStatus):
            is_there = isinstance(found, FileStatus) and found.identity == self._seen.identity
            if not is_there:
                chain.claims.leave(self._seen.identity, self._path, None)
