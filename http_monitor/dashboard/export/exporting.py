"""Exports what the panel shows, in the form that the name of the file ends with."""

import os
from pathlib import Path

from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.export import csv_file, json_file
from http_monitor.dashboard.export.block_list import list_of
from http_monitor.dashboard.export.writing import write_new
from http_monitor.dashboard.state.panels import BY_NAME
from http_monitor.errors import RefusedError
from http_monitor.figures import pluralize
from http_monitor.units import local, visible_text

FORMS = ".csv, .json, or .txt for a block list"
"""The forms, for people."""


def default_name(at_us: int) -> str:
    """Return ``http-monitor-HHMMSS.csv``, in local time."""
    return f"http-monitor-{local(at_us):%H%M%S}.csv"


def write(picture: Picture, directory: Path, name: str) -> str:
    """Write what the panel shows to a new file.

    Args:
        picture: What is shown.
        directory: Where the file is written, unless its name is an absolute path or begins with ``~``.
        name: Its name, which ends with ``.csv``, ``.json`` or ``.txt``.

    Returns:
        The sentence that says what was written where, sanitised.

    Raises:
        RefusedError: There is nothing to write, the name ends with anything else, the file exists, or it cannot be
            written.
    """
    form = os.path.splitext(name)[1].lower()
    if form not in (".csv", ".json", ".txt"):
        raise RefusedError(f"{visible_text(name) or 'a name'} has to end with {FORMS}")
    text, words = _content(picture, form)
    path = write_new(os.path.join(directory, os.path.expanduser(name)), text)
    return f"{words} written to {visible_text(path)}"


def _content(picture: Picture, form: str) -> tuple[str, str]:
    """Return the content of a file, and what it is."""
    panel = BY_NAME[picture.scene.panel]
    if form == ".txt":
        return _block_list(picture)
    if panel.is_table:
        return _table(picture, form)
    if panel.name == "lines":
        return _lines(picture, form)
    if panel.name == "alerts":
        episodes = picture.facts.episodes
        text = csv_file.text_of_alerts(episodes) if form == ".csv" else json_file.text_of_alerts(episodes)
        return text, pluralize(len(episodes), "alert")
    raise RefusedError(f"{panel.title}: only tables, lines and alerts are written to files")


def _table(picture: Picture, form: str) -> tuple[str, str]:
    answer = picture.answers.tables.get(picture.scene.panel)
    if answer is None:
        raise _nothing_yet()
    if form == ".csv":
        text = csv_file.text_of(answer)
    else:
        text = json_file.text_of(answer, picture.scene.panel, picture.scene.filter)
    return text, _rows(len(answer.view.rows), answer.view.keys)


def _lines(picture: Picture, form: str) -> tuple[str, str]:
    answer = picture.answers.lines
    if answer is None:
        raise _nothing_yet()
    text = csv_file.text_of_lines(answer) if form == ".csv" else json_file.text_of_lines(answer)
    return text, pluralize(len(answer.lines), "line")


def _block_list(picture: Picture) -> tuple[str, str]:
    dimension = picture.scene.panel
    answer = picture.answers.tables.get(dimension)
    made = list_of(() if answer is None else answer.view.rows, dimension)
    kind = "address" if dimension == "host" else "network"
    words = pluralize(made.entries, kind, f"{kind}es" if kind == "address" else "")
    return made.text, f"{words} (left out: {made.left_out:,} without one)" if made.left_out else words


def _rows(written: int, keys: int) -> str:
    return pluralize(written, "row") if written >= keys else f"the first {written:,} of {pluralize(keys, 'row')}"


def _nothing_yet() -> RefusedError:
    return RefusedError("there is nothing to write yet")
