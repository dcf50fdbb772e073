"""Determines the wrapper and the inner format of a file from a sample."""

from dataclasses import dataclass

from http_monitor.parser.detect.auto import AutoFormat, Choice
from http_monitor.parser.wrapped.places import places
from http_monitor.parser.wrapped.timing import Timing, find_untimed, with_stamps, without_untimed
from http_monitor.parser.wrapped.trials import Make, Makes, Wrappers, may_be_wrapped, memory_of, remind
from http_monitor.parser.wrapped.well_read import row_is_well_read
from http_monitor.ports.log_format import Headed, LogFormat
from http_monitor.ports.wrapper import Wrapper


@dataclass(frozen=True, slots=True)
class Around:
    """The wrapper and inner format of a sample."""

    wrapper: Wrapper | None
    """None: there is none, or the sample does not show it."""
    made: LogFormat
    """The format of the inner lines."""
    choice: Choice | None
    """The reason for the format; None: the sample fits none."""


def choose_around(makes: Makes, wrappers: Wrappers, limit: int, sample: bytes, head: bytes) -> Around:
    """Return the wrapper around the lines of a sample.

    Args:
        makes: Make the format of the lines.
        wrappers: Makes one of each wrapper.
        limit: Maximum length of a line in bytes, without its LF.
        sample: Whole lines.
        head: The beginning of the file, if the sample is from a later place.
    """
    plain = choose_format(makes.bare, sample, head)
    lines = [line for line in sample.split(b"\n") if line.strip()]
    if not any(map(may_be_wrapped, lines)):
        return plain
    best, most = plain, 0
    well = _well_read(plain.made, sample, wrappers, limit)
    for wrapper in wrappers():
        if all(wrapper.front(line) is None for line in lines):
            continue
        found = choose_format(makes.inside, wrapper.unwrap(sample).data, wrapper.unwrap(head).data)
        wrapper.load({})
        fits, every = _count_fitting(found.made, sample, wrapper, limit)
        without = sum(wrapper.front(line) is not None for line in well)
        if fits > max(most, without):
            best, most = Around(wrapper, found.made, found.choice), fits
            if fits == every:
                break
    return best


def choose_format(make: Make, sample: bytes, head: bytes) -> Around:
    """Return the format of unwrapped lines; arguments as for `choose_around`."""
    made = make()
    if isinstance(made, AutoFormat):
        return Around(None, made, made.choose(sample, head))
    if head and isinstance(made, Headed):
        made.learn(head)
    return Around(None, made, None)


def _well_read(made: LogFormat, sample: bytes, wrappers: Wrappers, limit: int) -> list[bytes]:
    """Return the lines of a sample that fit unwrapped, and whose host is not a part of a wrapper.

    Args:
        made: The format; its state is restored afterwards.
        sample: Whole lines.
        wrappers: Makes one of each wrapper.
        limit: Maximum length of a line in bytes, without its LF.
    """
    memory = memory_of(made)
    batch = without_untimed(made.parse(sample), sample, limit)
    remind(made, memory)
    lines = [line for line in sample.split(b"\n") if len(line) > limit or line.strip()]
    kinds = wrappers()
    numbered = enumerate(batch.line_nos.tolist())
    return [lines[no - 1] for row, no in numbered if row_is_well_read(batch, row, lines[no - 1], kinds)]


def _count_fitting(made: LogFormat, sample: bytes, wrapper: Wrapper, limit: int) -> tuple[int, int]:
    """Return how many inner lines of a sample fit, and how many lines are wrapped."""
    memory = memory_of(made)
    inside = wrapper.unwrap(sample)
    batch = made.parse(inside.data)
    remind(made, memory)
    wrapper.load({})
    place = places(batch, inside, limit)
    untimed = find_untimed(batch)
    if untimed is not None:
        batch = with_stamps(batch, untimed, inside, place, Timing().reader(wrapper))
        batch = without_untimed(batch, inside.data, limit)
    return int(inside.wrapped[place[batch.line_nos - 1]].sum()), batch.lines
