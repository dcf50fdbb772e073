"""The first row of the header: what is read, how the run stands, the clock."""

from http_monitor import figures
from http_monitor.dashboard.drawing.cells import Cell, Role, Row, cell_len, cut, sentence, spread, width_of
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
    """Return the row. What does not fit is shortened: the reason of a wait, the folders, the format, the state."""
    facts = picture.facts
    name = cut_path(facts.title, _MIN_TITLE_WIDTH)
    state, clock = _choose(picture, width, cell_len(name))
    room = width - cell_len(clock) - 2
    title_room = max(room - width_of(state), min(_MIN_TITLE_WIDTH, room))
    form = [_DOT, Cell(sentence(facts.format), "dim")] if facts.format else []
    if form and cell_len(name) + width_of(form) > title_room:
        form = []
    title = Cell(cut_path(facts.title, title_room - width_of(form)), "bold")
    return spread([title, *form, *state], [Cell(clock, "bold")], width)


def _choose(picture: Picture, width: int, name_width: int) -> tuple[list[Cell], str]:
    """Return state and clock in the longest form that leaves room for the name, else in the shortest."""
    facts = picture.facts
    clock = _clock(facts)
    full = _state(picture, "", is_short=False)
    short = _state(picture, "", is_short=True)
    choices = [(full, clock), (short, clock), (short, clock[-len("HH:MM:SS") :])]
    if says_why(picture, width):
        choices.insert(0, (_state(picture, why_of(facts), is_short=False), clock))
    fitting = (choice for choice in choices if width_of(choice[0]) + name_width + 2 + len(choice[1]) <= width)
    return next(fitting, choices[-1])


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
    name_width = cell_len(cut_path(facts.title, _MIN_TITLE_WIDTH))
    state = _state(picture, why_of(facts), is_short=False)
    return width_of(state) + name_width + 2 + len(_clock(facts)) <= width


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


def _state(picture: Picture, why: str, *, is_short: bool) -> list[Cell]:
    facts = picture.facts
    words, role = _WORDS[facts.phase]
    if facts.phase in ("playing", "paused") and facts.pace:
        words = words.replace("replay", f"replay {facts.pace}")
    if facts.phase == "catching up" and facts.pulse is not None:
        lag = figures.rough_span(facts.pulse.lag_s)
        words = f"behind {lag}" if is_short else f"{words} {lag}, {bytes_of(facts.pulse.lag_bytes)}"
    if why:
        words = f"{words}: {why}" if facts.phase in ("waiting", "failed") else f"{words}, waiting: {why}"
        role = "bad" if facts.phase == "failed" else "warn"
    state = [_DOT, Cell(words, role)]
    if facts.reading_back_to_us is not None:
        back = f"back to {local(facts.reading_back_to_us):%H:%M}"
        state += [_DOT, Cell(back if is_short else f"reading {back}", "accent")]
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
