"""The first row of the header: what is read, how the run stands, the clock."""

from rich.cells import cell_len

from http_monitor import figures
from http_monitor.dashboard.drawing.cells import Cell, Role, Row, cut, sentence, spread, width_of
from http_monitor.dashboard.drawing.numbers import bytes_of
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.facts import Facts
from http_monitor.units import US_PER_S, local

_DOT = Cell(" · ", "dim")
_MIN_TITLE_WIDTH = 12
_WORDS: dict[str, tuple[str, Role]] = {
    "starting": ("starting", "dim"),
    "waiting": ("waiting", "warn"),
    "catching up": ("catching up", "warn"),
    "live": ("live", "good"),
    "playing": ("replay", "good"),
    "paused": ("replay paused", "warn"),
    "finished": ("finished", "accent"),
    "failed": ("failed", "bad"),
}


def paint_state(picture: Picture, width: int) -> Row:
    """Return the row; what does not fit is shortened: the reason of a wait, then the folders, then the format."""
    facts = picture.facts
    clock = [Cell(_clock(facts), "bold")]
    room = width - width_of(clock) - 2
    name = _name(facts)
    for state in (_state(picture, why_of(facts)), _state(picture, "")):
        state_width = width_of(state)
        if state_width + cell_len(name) <= room:
            break
    title_room = max(room - state_width, min(_MIN_TITLE_WIDTH, room))
    form = [_DOT, Cell(sentence(facts.format), "dim")] if facts.format else []
    if form and cell_len(name) + width_of(form) > title_room:
        form = []
    title = Cell(cut_path(facts.title, title_room - width_of(form)), "bold")
    return spread([title, *form, *state], clock, width)


def why_of(facts: Facts) -> str:
    """Return why the run waits or has failed; empty: it does neither."""
    if facts.phase == "failed":
        return sentence(facts.failure)
    pulse = facts.pulse
    if pulse is None or not pulse.waiting_for:
        return ""
    since_us = pulse.waiting_since_us
    waited = "" if since_us is None else f", for {figures.rough_span(max(0, facts.clock_us - since_us) // US_PER_S)}"
    return f"{sentence(pulse.waiting_for)}{waited}"


def says_why(picture: Picture, width: int) -> bool:
    """Return whether the first row has room for why the run waits or has failed."""
    facts = picture.facts
    room = width - len(_clock(facts)) - 2
    return width_of(_state(picture, why_of(facts))) + cell_len(_name(facts)) <= room


def cut_path(title: str, width: int) -> str:
    """Return a path cut at its left, so that its name is kept; another title cut at its right."""
    title = sentence(title)
    if cell_len(title) <= width or "/" not in title or ", " in title:
        return cut(title, width)
    parts = title.split("/")
    for first in range(1, len(parts)):
        short = "/".join(("…", *parts[first:]))
        if cell_len(short) <= width:
            return short
    return cut(parts[-1], width)


def _name(facts: Facts) -> str:
    """Return the shortest form of the title that still names the file."""
    return cut_path(facts.title, _MIN_TITLE_WIDTH)


def _state(picture: Picture, why: str) -> list[Cell]:
    facts = picture.facts
    words, role = _WORDS[facts.phase]
    if facts.phase in ("playing", "paused") and facts.pace:
        words = words.replace("replay", f"replay {facts.pace}")
    pulse = facts.pulse
    if facts.phase == "catching up" and pulse is not None:
        words += f" {figures.rough_span(pulse.lag_s)}, {bytes_of(pulse.lag_bytes)}"
    if why:
        words = f"{words}: {why}" if facts.phase in ("waiting", "failed") else f"{words}, waiting: {why}"
        role = "bad" if facts.phase == "failed" else "warn"
    state = [_DOT, Cell(words, role)]
    if facts.reading_back_to_us is not None:
        state += [_DOT, Cell(f"reading back to {local(facts.reading_back_to_us):%H:%M}", "accent")]
    if picture.scene.is_paused:
        state += [_DOT, Cell("screen paused", "warn")]
    return state


def _clock(facts: Facts) -> str:
    """Return the time; its date too, where it is not today's of the log."""
    if not facts.clock_us:
        return ""
    now_us = facts.clock_us if facts.now_us is None else facts.now_us
    if facts.is_replay:
        return figures.date_time(facts.clock_us)
    return figures.moment(facts.clock_us, now_us)
