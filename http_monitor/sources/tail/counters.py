"""What the following of a path has to account for."""

from dataclasses import dataclass

from http_monitor.sources.tail.position import FilePosition, TailPosition


@dataclass(slots=True)
class TailCounters:
    """Counters since the start, over restarts."""

    lost_bytes: int = 0
    maybe_lost: bool = False
    nul_bytes: int = 0
    rotations: int = 0
    truncations: int = 0

    @classmethod
    def of(cls, position: TailPosition | None) -> "TailCounters":
        """Return the counters to go on with."""
        if position is None:
            return cls()
        return cls(
            position.lost_bytes, position.maybe_lost, position.nul_bytes, position.rotations, position.truncations
        )

    def with_files(self, files: tuple[FilePosition, ...], done: tuple[FilePosition, ...]) -> TailPosition:
        """Return the position of files, and of what has been done with, with these counters."""
        return TailPosition(
            files, self.lost_bytes, self.maybe_lost, self.nul_bytes, self.rotations, self.truncations, done
        )
