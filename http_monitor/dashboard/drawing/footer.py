"""Draws the last row of the screen: what was said last, and the keys that matter now."""

from collections.abc import Iterator, Mapping

from http_monitor.dashboard.drawing.cells import Cell, Row, cut, sentence, width_of
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.keys import KEYS, Key
from http_monitor.dashboard.state.panels import BY_NAME
from http_monitor.dashboard.state.scene import Scene

_BY_ACTION: Mapping[str, Key] = {key.action: key for key in KEYS}
_GAP = "  "
_LAST = ("help", "leave")
"""Always there, at the end."""
_REPLAY = ("play", "pace(1)", "pace(-1)", "jump")
_TABLE = (
    *("enter", "exclude", "unfilter", "cursor(-1)", "peak(-1)", "lines", "alerts", "search", "sort", "next_panel"),
    *("export", "freeze", "command_palette", "filter", "copy"),
)
_LINES = (
    "enter",
    "search",
    "follow",
    "cursor(-1)",
    "copy",
    "next_panel",
    "alerts",
    "export",
    "freeze",
    "command_palette",
)
_ALERTS = ("enter", "cursor(-1)", "lines", "search", "next_panel", "export", "freeze", "command_palette")
_HEALTH = ("next_panel", "lines", "alerts", "freeze", "command_palette")
_OPEN = ("back", "lines", "copy", "export", "next_panel", "command_palette")
_SELECTING = ("enter", "cursor(-1)", "cursor(1)", "cursor(-10)", "cursor(10)", "back")
_WORDS: Mapping[str, str] = {
    **{"follow": "follow", "copy": "copy", "unfilter": "take off", "filter": "filter text"},
    **{"pace(1)": "faster", "pace(-1)": "slower", "jump": "next alert"},
    **{"cursor(1)": "on", "cursor(-10)": "far back", "cursor(10)": "far on"},
}
"""Words for keys that have none for the footer, as it shows them at certain times only."""


def paint_footer(picture: Picture, width: int, message: str = "") -> Row:
    """Return the last row.

    Args:
        picture: What is shown.
        width: Columns.
        message: What the last key press led to; empty: nothing to say.
    """
    cells = [Cell(cut(sentence(message), width), "accent")] if message else []
    last = list(_pairs(picture, _LAST))
    keys: list[tuple[str, str]] = []
    room = width - width_of(cells) - sum(_columns(pair) for pair in last)
    for pair in _pairs(picture, _actions(picture)):
        room -= _columns(pair)
        # The first key of a row has no gap before it.
        if room < (0 if message else -len(_GAP)):
            break
        keys.append(pair)
    for shown, word in (*keys, *last):
        added = [*([Cell(_GAP)] if cells else []), Cell(shown, "key"), Cell(f" {word}", "dim")]
        if width_of(cells) + width_of(added) <= width:
            cells += added
    return cells


def _actions(picture: Picture) -> tuple[str, ...]:
    """Return the actions that matter now, the most important first."""
    scene = picture.scene
    if scene.anchor_us is not None:
        return _SELECTING
    if scene.is_open:
        return _OPEN
    by_panel = {"lines": _LINES, "alerts": _ALERTS, "health": _HEALTH}
    actions = by_panel.get(scene.panel, _TABLE)
    if not scene.chips:
        actions = tuple(action for action in actions if action != "unfilter")
    if scene.panel == "lines" and not scene.is_now:
        actions = tuple(action for action in actions if action != "follow")
    plays = picture.facts.is_replay and picture.facts.phase not in ("finished", "failed")
    now = () if scene.is_now and scene.pinned_us is None else ("back",)
    return (*now, *(_REPLAY if plays else ()), *actions)


def _pairs(picture: Picture, actions: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for action in actions:
        key = _BY_ACTION[action]
        yield key.shown, _word(picture, key)


def _word(picture: Picture, key: Key) -> str:
    scene = picture.scene
    match key.action:
        case "enter":
            return _enter(scene)
        case "back":
            return _back(scene)
        case "cursor(-1)" if scene.anchor_us is not None or scene.cursor_us is not None:
            return "back"
        case "freeze" if scene.is_paused:
            return "go on"
        case "follow" if scene.is_following:
            return "stand still"
        case "play":
            return "play" if picture.facts.phase == "paused" else "pause"
        case "freeze" if picture.facts.is_replay:
            return "pause screen"
        case _:
            return key.footer or _WORDS.get(key.action, "")


def _enter(scene: Scene) -> str:
    if scene.anchor_us is not None:
        return "select"
    return "filter" if BY_NAME[scene.panel].is_table else "open"


def _back(scene: Scene) -> str:
    if scene.anchor_us is not None:
        return "give up"
    return "close" if scene.is_open else "now"


def _columns(pair: tuple[str, str]) -> int:
    shown, word = pair
    return width_of([Cell(f"{_GAP}{shown} {word}")])
