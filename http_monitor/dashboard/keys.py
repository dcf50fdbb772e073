"""The keys, what they do, and the words about them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the dashboard."""

    key: str
    """Its name in Textual; several are separated by commas."""
    action: str
    """The method of the app, without ``action_``."""
    shown: str
    """The key as people write it."""
    words: str
    """What it does, for help and palette."""
    footer: str = ""
    """A word for the footer; empty: it does not stand there."""
    group: str = ""
    """The group of the help page; keys of a group follow one another."""


KEYS: tuple[Key, ...] = (
    Key("question_mark", "help", "?", "show or hide this help", "help", "general"),
    Key("q,ctrl+c", "leave", "q", "quit, and print the summary", "quit", "general"),
    Key("colon", "command_palette", ":", "search all commands by name", "commands", "general"),
    Key("escape", "back", "Esc", "close what is open; return to now", "now", "general"),
    Key("p", "freeze", "p", "pause the screen; data goes on", "pause", "general"),
    Key("t", "theme", "t", "light or dark", "", "general"),
    Key("M", "mouse", "M", "switch the mouse on or off", "", "general"),
    Key("b", "alarm", "b", "ring the bell when an alert is raised, or not", "", "general"),
    Key("ctrl+z", "suspend_process", "Ctrl-Z", "suspend; fg returns", "", "general"),
    Key("tab", "next_panel", "Tab", "next panel", "panels", "panels"),
    Key("shift+tab", "previous_panel", "Shift-Tab", "previous panel", "", "panels"),
    Key("1,2,3,4,5,6,7,8,9,0", "panel", "0–9", "the panel with this number", "", "panels"),
    Key("l", "lines", "l", "the lines of the log", "lines", "panels"),
    Key("a", "alerts", "a", "the alerts", "alerts", "panels"),
    Key("h", "health", "h", "the health of the reading", "", "panels"),
    Key("left_square_bracket", "cursor(-1)", "[", "move the chart's cursor back by one column", "past", "time"),
    Key("right_square_bracket", "cursor(1)", "]", "move it forward", "", "time"),
    Key("left_curly_bracket", "cursor(-10)", "{", "move it back by ten columns", "", "time"),
    Key("right_curly_bracket", "cursor(10)", "}", "move it forward by ten", "", "time"),
    Key("left_parenthesis", "peak(-1)", "(", "move it to the spike before", "spike", "time"),
    Key("right_parenthesis", "peak(1)", ")", "move it to the spike behind", "", "time"),
    Key("v", "select", "v", "begin a selection at the cursor; Enter ends it", "", "time"),
    Key("plus,equals_sign", "zoom(-1)", "+", "show less time in the chart", "", "time"),
    Key("minus", "zoom(1)", "-", "show more time", "", "time"),
    Key("m", "marker", "m", "set a marker on the chart", "", "time"),
    Key("enter", "enter", "Enter", "filter by the row; open the line or the alert; end a selection", "filter", "rows"),
    Key("exclamation_mark", "exclude", "!", "exclude the row", "exclude", "rows"),
    Key("backspace", "unfilter", "Backspace", "take off the last filter", "", "rows"),
    Key("f", "filter", "f", "edit the filter expression", "", "rows"),
    Key("F", "views", "F", "recall a named filter, or save this one", "", "rows"),
    Key("down,j", "move(1)", "↓ j", "next row", "", "rows"),
    Key("up,k", "move(-1)", "↑ k", "previous row", "", "rows"),
    Key("pagedown", "page(1)", "PgDn", "next page", "", "rows"),
    Key("pageup", "page(-1)", "PgUp", "previous page", "", "rows"),
    Key("home,g", "edge(-1)", "Home", "first row", "", "rows"),
    Key("end,G", "edge(1)", "End", "last row", "", "rows"),
    Key("slash", "search", "/", "search rows and lines", "search", "rows"),
    Key("n", "search_next(1)", "n", "next match", "", "rows"),
    Key("N", "search_next(-1)", "N", "previous match", "", "rows"),
    Key("s", "sort", "s", "sort by the next column", "sort", "rows"),
    Key("r", "reverse", "r", "reverse the order", "", "rows"),
    Key("e", "export", "e", "export what the panel shows", "export", "rows"),
    Key("y", "copy", "y", "copy the row or line to the clipboard (OSC 52)", "", "rows"),
    Key("x", "explain", "x", "explain the span", "", "rows"),
    Key("A", "acknowledge", "A", "acknowledge the alert", "", "rows"),
    Key("w", "follow", "w", "follow new lines, or stand still", "", "rows"),
    Key("space", "play", "Space", "pause or go on with a replay", "play", "replay"),
    Key("less_than_sign", "pace(-1)", "<", "play slower", "", "replay"),
    Key("greater_than_sign", "pace(1)", ">", "play faster", "", "replay"),
    Key("J", "jump", "J", "play to the next alert", "", "replay"),
)
"""In the order of the help page."""
