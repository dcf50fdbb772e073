"""Exports what a panel shows, in the form that the name of the file tells."""

import os
from collections.abc import Callable

from http_monitor.dashboard.drawing.lists.alerts import in_order
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.export import block_list, csv_file, json_file
from http_monitor.dashboard.export.writing import FORMS, default_path, write_new
from http_monitor.dashboard.state.answers import TableAnswer
from http_monitor.dashboard.state.panels import BY_NAME
from http_monitor.errors import RefusedError, UsageError
from http_monitor.units import pluralize, visible_text

WORDS = "the file: .csv, .json, or .txt for a block list of hosts or networks"


def default_name(folder: str, at_us: int) -> str:
    """Return the name of a new file in the folder."""
    return os.path.basename(default_path(folder, "csv", at_us))


def export(picture: Picture, whole_table: Callable[[], TableAnswer], folder: str, name: str) -> str:
    """Write what the panel of a picture shows to a new file, and return a sentence about it.

    Args:
        picture: What is shown.
        whole_table: Returns the table of the panel with all its rows.
        folder: Where a relative name stands.
        name: The file, which does not exist yet.

    Raises:
        UsageError: The name has no form.
        RefusedError: The panel cannot be exported in this form, or the file cannot be written.
    """
    form = name.rpartition(".")[2]
    if form not in FORMS:
        raise UsageError(f"got '{visible_text(name)}', takes a name that ends with .csv, .json or .txt")
    panel = picture.scene.panel
    if BY_NAME[panel].is_table:
        text, note = _table(picture, whole_table(), form)
    elif form == "txt":
        raise RefusedError("a block list is made of hosts or networks: show one of these tables (3, 4)")
    else:
        text, note = _list(picture, form), ""
    # An expanded name is absolute, and stays where it is.
    path = write_new(os.path.join(folder, os.path.expanduser(name)), text)
    return f"written to {visible_text(path)}{note}"


def _table(picture: Picture, table: TableAnswer, form: str) -> tuple[str, str]:
    dimension = picture.scene.panel
    if form == "csv":
        return csv_file.text_of(table), ""
    if form == "json":
        return json_file.text_of(table, dimension, picture.scene.filter), ""
    blocked = block_list.list_of(table, dimension)
    left = f", {pluralize(blocked.left_out, 'name')} left out" if blocked.left_out else ""
    return blocked.text, f" ({pluralize(blocked.entries, 'entry', 'entries')}{left})"


def _list(picture: Picture, form: str) -> str:
    is_csv = form == "csv"
    if picture.scene.panel == "alerts":
        episodes = in_order(picture.facts)
        return csv_file.text_of_alerts(episodes) if is_csv else json_file.text_of_alerts(episodes)
    lines = picture.answers.lines
    if picture.scene.panel != "lines" or lines is None:
        raise RefusedError("the health cannot be exported; NDJSON has it")
    return csv_file.text_of_lines(lines) if is_csv else json_file.text_of_lines(lines)
