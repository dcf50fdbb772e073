"""The header: what is read, the traffic now, the newest alert, what everything else answers for."""

from http_monitor import figures
from http_monitor.dashboard.drawing.cells import Cell, Role, Row, cell_len, cut, fit, pad, sentence, width_of
from http_monitor.dashboard.drawing.header_asked import asked_of
from http_monitor.dashboard.drawing.header_figures import paint_figures
from http_monitor.dashboard.drawing.header_state import paint_state, says_why, why_of
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.units import US_PER_S, pluralize

_MIN_CHIP_WIDTH = 16
_LEFT_OUT_WIDTH = 4
"""``+17 ``, the number of filters that are not shown."""


def paint_header(picture: Picture, width: int) -> list[Row]:
    """Return two rows, and further ones for what there is: an alert, filters, faults."""
    traffic, says_asked = paint_figures(picture, width)
    rows: list[Row] = [paint_state(picture, width), traffic]
    if picture.facts.active:
        rows.append(_paint_alert(picture, width))
    if not says_asked:
        rows.append(asked_of(picture)[0])
    if picture.scene.chips:
        rows.append(_paint_chips([f"[{sentence(chip)}]" for chip in picture.scene.chips], width))
    if picture.answers.filter_fault:
        rows.append([Cell(cut(sentence(picture.answers.filter_fault), width), "bad")])
    if why_of(picture.facts) and not says_why(picture, width):
        role: Role = "bad" if picture.facts.phase == "failed" else "warn"
        rows.append([Cell(cut(why_of(picture.facts), width), role)])
    return [fit(row, width) for row in rows]


def header_height(picture: Picture, width: int) -> int:
    """Return the number of rows that the header takes."""
    return len(paint_header(picture, width))


def _paint_alert(picture: Picture, width: int) -> Row:
    """Return the newest active alert, across the whole width."""
    facts = picture.facts
    episode, *others = facts.active
    raised = episode.raised
    # While a backlog is read, the clock is ahead of the log.
    now_us = facts.clock_us if facts.phase == "live" or facts.now_us is None else facts.now_us
    age_s = max(0, now_us - episode.start_us) // US_PER_S
    title, reading = f" ! {sentence(raised.title)}", f"  {sentence(raised.reading)}"
    since = f"  since {figures.moment(episode.start_us, now_us)}"
    age = f" ({figures.rough_span(age_s)})"
    more = f"  +{pluralize(len(others), 'more alert')}" if others else ""
    few = f"  +{len(others):,} more" if others else ""
    ends = (f"{reading}{since}{age}{more}", f"{since}{age}{more}", f"{since}{age}{few}", f"{since}{few}")
    end = next((end for end in ends if cell_len(title + end) <= width), ends[-1])
    return [Cell(pad(f"{cut(title, width - cell_len(end))}{end}", width), "raised", "raised")]


def _paint_chips(chips: list[str], width: int) -> list[Cell]:
    """Return the filters; if they do not fit, the longest are cut, and then the first ones left out."""
    shown = max(1, min(len(chips), (width - _LEFT_OUT_WIDTH) // (_MIN_CHIP_WIDTH + 1)))
    if sum(cell_len(chip) + 1 for chip in chips) - 1 <= width:
        shown = len(chips)
    left_out, chips = len(chips) - shown, chips[-shown:]
    cells = [Cell(f"+{left_out:,} ", "dim")] if left_out else []
    room = width - width_of(cells) - (len(chips) - 1)
    most = max(_MIN_CHIP_WIDTH, room)
    while most > _MIN_CHIP_WIDTH and sum(min(most, cell_len(chip)) for chip in chips) > room:
        most -= 1
    for place, chip in enumerate(chips):
        whole = cell_len(chip) <= most
        cells += [Cell(" ")] if place else []
        cells.append(Cell(chip if whole else f"{cut(chip[:-1], most - 1)}]", "chip", "chip"))
    return cells
