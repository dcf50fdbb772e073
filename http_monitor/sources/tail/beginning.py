"""The first looks at a path, until the place where reading begins is found."""

from collections.abc import Iterator

from http_monitor.sources.files.access import FileStatus, Identity
from http_monitor.sources.files.regular_file import CROWDED, MISSING, Obstacle
from http_monitor.sources.known.position import FilePosition, TailPosition
from http_monitor.sources.tail.file_chain import FileChain
from http_monitor.sources.tail.gone_unopened import certainly_gone
from http_monitor.sources.tail.start import begin, go_on, start_of
from http_monitor.sources.tail.waiting import Waiting


class Beginning:
    """The knowledge about a path before it is followed.

    Args:
        path: The path.
        from_start: Whether existing lines count.
        seen: The status of the path when the user was told that it is followed; None: that of the first look.
        resume: Where another process stopped; the two above are ignored then.
    """

    def __init__(
        self, path: str, *, from_start: bool, seen: FileStatus | Obstacle | None, resume: TailPosition | None
    ) -> None:
        self._path = path
        self._from_start = from_start
        self._seen = seen
        self.resume = resume
        """Where another process stopped; None once reading has resumed from there."""
        self.is_over = False

    @property
    def is_blank(self) -> bool:
        """Whether a path at which reading begins at the end could not be examined so far."""
        return not (self.is_over or self._from_start) and self._seen is None and self.resume is None

    def list_claims(self) -> Iterator[Identity]:
        """Yield the files to be followed."""
        if self.resume is not None:
            yield from (position.identity for position in self.resume.files if not position.let_go)
        elif isinstance(self._seen, FileStatus):
            yield self._seen.identity

    def positions(self, chain: FileChain) -> tuple[FilePosition, ...]:
        """Return the positions in the files with which reading begins."""
        if self.resume is not None:
            return self.resume.files
        if not isinstance(self._seen, FileStatus):
            return ()
        return (chain.unopened.extend(start_of(self._path, self._seen, from_start=self._from_start)),)

    def offset_in(self, chain: FileChain, identity: Identity) -> int:
        """Return the position from which the file at the path must be read."""
        first = () if self.is_over else self.positions(chain)
        return next((position.offset for position in first if position.identity == identity), 0)

    def attempt(
        self, chain: FileChain, waiting: Waiting, found: FileStatus | Obstacle, now_us: int, *, has_room: bool
    ) -> Obstacle | None:
        """Begin, unless there is an obstacle; return the obstacle.

        Args:
            chain: Receives the followed files.
            waiting: Notes that a file that appears is new.
            found: The result of the look at the path.
            now_us: The running clock.
            has_room: Whether files can be opened.
        """
        if self.resume is None and self._seen is None:
            self._seen = found
        first = self.positions(chain)
        if isinstance(found, Obstacle) and found != MISSING and self.resume is not None:
            return found  # a barred directory does not prove that a file is gone
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
        """Let other paths follow the announced file once it has left the path: its inode may be reused."""
        if self.resume is None and isinstance(self._seen, FileStatus):
            is_there = isinstance(found, FileStatus) and found.identity == self._seen.identity
            if not is_there:
                chain.claims.leave(self._seen.identity, self._path, None)
