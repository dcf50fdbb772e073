"""The alerts of a run as episodes, which its summary lists."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Episode:
    """An alert of one subject from its raise to its recovery; a new raise within a window continues it."""

    name: str
    """The rule."""
    subject: bytes | None
    start_us: int
    """`at` of the first raise."""
    end_us: int | None
    """`at` of the last recovery; None: it is still active."""
    raises: int
    peak: float | None
    """The greatest value at a close at which it was raised; None: not known, for a part of it."""
    unit: str
    """Unit of the peak: ``/s`` or ``%``."""

    @property
    def length_us(self) -> int | None:
        """Time from its start to its end; None while it is active. The clock may have been set back meanwhile."""
        return None if self.end_us is None else max(0, self.end_us - self.start_us)


@dataclass(frozen=True, slots=True)
class EpisodeSums:
    """The sums of episodes of one rule, if there are too many to list them one by one."""

    name: str
    unit: str
    episodes: int
    raises: int
    start_us: int
    """The start of the first."""
    last_start_us: int
    """The start of the last."""
    first_end_us: int | None
    """The end of the first finished one; None: none is finished."""
    end_us: int | None
    """The end of the last finished one; None: none is finished."""
    active: int
    """Number of those that are still active."""
    longest_us: int
    """The length of the longest finished one."""
    peak: float | None
    """The greatest value; None: not known."""

    @property
    def span(self) -> tuple[int, int | None] | None:
        """Start and end of all of them, if they began and ended together."""
        is_one = self.start_us == self.last_start_us and self.first_end_us == self.end_us
        return (self.start_us, self.end_us) if is_one and self.active in (0, self.episodes) else None

    def plus(self, other: "EpisodeSums") -> "EpisodeSums":
        """Return the sums of both."""
        peaks = [peak for peak in (self.peak, other.peak) if peak is not None]
        return replace(
            self,
            episodes=self.episodes + other.episodes,
            raises=self.raises + other.raises,
            start_us=min(self.start_us, other.start_us),
            last_start_us=max(self.last_start_us, other.last_start_us),
            first_end_us=_least(self.first_end_us, other.first_end_us),
            end_us=other.end_us if self.end_us is None else max(self.end_us, other.end_us or self.end_us),
            active=self.active + other.active,
            longest_us=max(self.longest_us, other.longest_us),
            peak=max(peaks, default=None),
        )


def sums_of(episode: Episode) -> EpisodeSums:
    """Return one episode as sums."""
    return EpisodeSums(
        name=episode.name,
        unit=episode.unit,
        episodes=1,
        raises=episode.raises,
        start_us=episode.start_us,
        last_start_us=episode.start_us,
        first_end_us=episode.end_us,
        end_us=episode.end_us,
        active=int(episode.end_us is None),
        longest_us=episode.length_us or 0,
        peak=episode.peak,
    )


def add_up(sums: Iterable[EpisodeSums]) -> tuple[EpisodeSums, ...]:
    """Return the sums of each rule, in the order of their names."""
    found: dict[str, EpisodeSums] = {}
    for each in sums:
        found[each.name] = found[each.name].plus(each) if each.name in found else each
    return tuple(found[name] for name in sorted(found))


def _least(one: int | None, other: int | None) -> int | None:
    return min((value for value in (one, other) if value is not None), default=None)


@dataclass(frozen=True, slots=True)
class Episodes:
    """All episodes of a run: the longest ones one by one, the others as sums."""

    rows: tuple[Episode, ...] = ()
    """In the order of their starts."""
    more: int = 0
    """Number of episodes that are not among the rows."""
    more_raises: int = 0
    """Number of their raises."""
    rest: tuple[EpisodeSums, ...] = ()
    """Their sums, one for each rule; episodes whose end is not known are not included."""
