"""The parts that the blocks of an interval and of the summary share."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from http_monitor import figures
from http_monitor.display.columns import shorten
from http_monitor.display.slowest import Slowest, render_slowest
from http_monitor.display.style import Line, Role, Span, Style, add_label, line_columns, pad, wrap, wrap_words
from http_monitor.display.tables import Heading, render_table
from http_monitor.report import ActiveAlert, Report, Summary
from http_monitor.report_tables import KeyCount, Table
from http_monitor.units import ratio

TWO_FROM = 120
"""Width from which two parts are placed side by side."""
_THREE_FROM = 190
_PAIR_FROM = 76
INDENT = 2
"""Columns in front of a line below the title."""
GAP = 3
"""Columns between two parts side by side."""
# An IPv6 address fits.
_MAX_SUBJECT = 39
_MAX_ACTIVE = 6
_SHORT_ROWS = 4
_SLOW_FROM_US = 1_000
"""Minimum mean duration of an endpoint that is listed as slow."""
_MIN_CHOSEN = 8
"""Minimum number of columns in which an expression is worth showing."""
_Cell = Heading | Slowest


def inner_width(width: int) -> int:
    """Return the width of a line below the title."""
    return max(1, width - INDENT)


def title_width(width: int) -> int:
    """Return the width of a title that no rule follows."""
    return max(1, width - len("-- "))


def block(title: Line, lines: Sequence[Line], width: int, style: Style, *, ruled: bool = True) -> list[str]:
    """Return the title and the lines indented under it, in at most `width` columns; `ruled`: a rule fills the title."""
    rule = style.glyphs.rule
    head: Line = [(rule * 2 + " ", "dim"), *title]
    room = width - line_columns(head) - 1
    if ruled and room > 0:
        head += [(" ", "plain"), (rule * room, "dim")]
    indent: Span = (" " * INDENT, "plain")
    return [style.line(head, width), *(style.line([indent, *line], width) for line in lines)]


def describe_selection(totals: Report | Summary, room: int, style: Style) -> Line:
    """Return the filter and the trusted proxies, for a title with `room` columns left."""
    parts = [totals.filter] if totals.filter else []
    if totals.trusted_proxies:
        parts.append(f"behind {', '.join(totals.trusted_proxies)}")
    words = style.text(", ".join(parts))
    room -= len("  only ")
    if not words or room < _MIN_CHOSEN:
        return []
    only = "only " if totals.filter else ""
    return [(f"  {only}{shorten(words, room, style.glyphs.ellipsis)}", "accent")]


def fact(text: str, role: Role = "bold") -> Line:
    """Return ``1,234 hits`` with its leading number emphasised."""
    number, space, unit = text.partition(" ")
    return [(number, role), (space + unit, "plain")]


def facts(totals: Report | Summary, hosts: int, per_s: float | None, style: Style) -> list[Line]:
    """Return hits, rate, bytes, hosts and the share of status 5xx, one piece each."""
    error, more = totals.hosts.distinct_error, "+" if totals.hosts.remainder.hits else ""
    if error:
        more = f" {style.glyphs.plus_minus}{error:,}"
    number, unknown, coverage = figures.pluralize(hosts, "host"), style.glyphs.dash, totals.coverage
    error_rate = figures.percent(ratio(100 * totals.errors, totals.hits))
    pieces = [
        fact(figures.pluralize(totals.hits, "hit")),
        fact(f"{unknown} bytes" if coverage.no_size else figures.size(totals.size_bytes)),
        fact(f"{unknown} hosts" if coverage.no_host else number.replace(" ", f"{more} ")),
        fact(f"{unknown if coverage.no_status else error_rate} 5xx", "bad" if totals.errors else "bold"),
    ]
    if per_s is not None:
        pieces.insert(1, fact(figures.rate(per_s)))
    return pieces


def render_active(active: Sequence[ActiveAlert], now_us: int, width: int, style: Style) -> list[Line]:
    """Return the alerts that have not recovered, each with the local time at which it was raised.

    The title of the block shows the offset and the date of `now_us`; times of other dates include their date.
    """
    if not active:
        return []
    label: Span = (f"{figures.pluralize(len(active), 'alert')} active", "raised")
    more: list[Line] = []
    if len(active) > _MAX_ACTIVE:
        more.append([(f"+{len(active) - _MAX_ACTIVE:,} more", "bad")])
    parts = [_active(alert, now_us, style) for alert in active[:_MAX_ACTIVE]]
    pieces: list[Line] = [[(name, "bad"), (f" {since}", "plain")] for name, since in parts]
    beside = width - len(label[0]) - INDENT
    if all(line_columns(piece) <= beside for piece in pieces):
        return add_label((label[0] + " " * INDENT, label[1]), wrap([*pieces, *more], beside))
    beneath = max(1, width - INDENT)
    lines: list[Line] = []
    if all(line_columns(piece) <= beneath for piece in pieces):
        lines = wrap([*pieces, *more], beneath)
    else:
        for name, since in parts:
            lines += _wrap_active(name, since, beneath)
        lines += more
    return [[label], *([(" " * INDENT, "plain"), *line] for line in lines)]


def _active(alert: ActiveAlert, now_us: int, style: Style) -> tuple[str, str]:
    name = style.text(alert.name)
    if alert.subject is not None:
        name += " " + shorten(style.key(alert.subject), _MAX_SUBJECT, style.glyphs.ellipsis)
    return name, f"since {figures.moment(alert.since_us, now_us)}"


def _wrap_active(name: str, since: str, width: int) -> list[Line]:
    """Return an alert wrapped to the width, its time on a line of its own if it does not fit on the last one."""
    lines = wrap_words(name, width, "bad")
    if line_columns(lines[-1]) + 1 + len(since) <= width:
        lines[-1].append((f" {since}", "plain"))
        return lines
    return lines + wrap_words(since, width)


def render_tables(totals: Report | Summary, width: int, style: Style) -> list[Line]:
    """Return the tables that have rows, as many side by side as fit the width."""
    return [line for band in render_bands(totals, width, style) for line in band]


def render_bands(totals: Report | Summary, width: int, style: Style) -> list[list[Line]]:
    """Return these tables as bands of tables that are side by side, the most important first."""
    wide = width + INDENT >= TWO_FROM
    bands: list[list[Line]] = []
    for band in _bands(totals, width):
        present = [cell for cell in band if wide or _has_rows(cell)]
        cells = cell_widths(width, len(present)) if wide else _uneven_widths(width, len(present))
        drawn = [_render_cell(cell, totals, columns, style) for cell, columns in zip(present, cells, strict=True)]
        bands.append(side_by_side(drawn, cells, style))
    return bands


def _bands(totals: Report | Summary, width: int) -> list[list[_Cell]]:
    """Return the rows of tables that are placed side by side, top to bottom."""
    details = totals.details
    sections = Heading("Sections", totals.sections, bars=True)
    endpoints = Heading("Endpoints", totals.endpoints)
    hosts = Heading("Hosts", totals.hosts)
    users = Heading("Users", totals.users)
    agents = Heading("Agents", _with_row(totals.agents, details.without_agent))
    referers = Heading("Referers", totals.referers)
    # Endpoints that are slow by time spent or 95th percentile are in a table of their own already.
    slow = () if totals.slow.by_time else tuple(row for row in details.slowest if row.mean_us >= _SLOW_FROM_US)
    slowest = Slowest(slow)
    # With a single site the table says nothing.
    vhosts = Heading("Virtual hosts", details.vhosts if details.vhosts.distinct > 1 else Table())
    sources = Heading("Sources", details.sources)
    servers = Heading("Servers", details.servers)
    # An interval shows agents as logged: families would hide an unusual one.
    is_summary = isinstance(totals, Summary)
    families = [Heading("Agent families", details.browsers), Heading("Systems", details.systems)] if is_summary else []
    if width + INDENT >= TWO_FROM:
        every: list[_Cell] = [sections, endpoints, hosts, servers, slowest, vhosts, sources, users, agents]
        every += [*families, referers]
        present = [cell for cell in every if _has_rows(cell)]
        beside = 3 if width + INDENT >= _THREE_FROM else 2
        present += [Heading("", Table())] * (-len(present) % beside)
        return [present[start : start + beside] for start in range(0, len(present), beside)]
    who: list[list[_Cell]] = [[agents, users]]
    # A narrow screen is usually short too, so an interval omits the least used tables.
    if is_summary:
        who += [[*families], [slowest, vhosts], [sources], [servers], [referers]]
    elif slowest.rows:
        # Durations take one more line above.
        who = [[Slowest(slowest.rows[:_SHORT_ROWS]), replace(vhosts, table=_first(vhosts.table, _SHORT_ROWS))]]
    elif vhosts.table.rows or sources.table.rows:
        who = [[agents if agents.table.rows else users, vhosts if vhosts.table.rows else sources]]
    if servers.table.rows and not is_summary:
        who.insert(0, [servers])
    if width + INDENT >= _PAIR_FROM:
        # Addresses, names and agents stay recognisable when shortened; paths do not.
        return [[sections, hosts], [endpoints], *who]
    rest = [cell for band in who for cell in band if cell not in (agents, users, servers)]
    return [[cell] for cell in (sections, hosts, servers, users, endpoints, agents, *rest)]


def _with_row(table: Table, more: KeyCount | None) -> Table:
    """Return a table with one more row, in the same place and at most as long as before."""
    if more is None:
        return table
    rows = sorted((*table.rows, more), key=lambda row: (-row.hits, row.key))
    return replace(table, rows=rows[: max(1, len(table.rows))], distinct=table.distinct + 1)


def _has_rows(cell: _Cell) -> bool:
    return bool(cell.rows if isinstance(cell, Slowest) else cell.table.rows)


def _render_cell(cell: _Cell, totals: Report | Summary, width: int, style: Style) -> list[Line]:
    if isinstance(cell, Slowest):
        return render_slowest(cell, width, style)
    return render_table(cell, totals.hits, width, style, knows_errors=not totals.coverage.no_status)


def _first(table: Table, count: int) -> Table:
    return replace(table, rows=table.rows[:count])


def cell_widths(width: int, cells: int) -> list[int]:
    """Return equal widths for a number of cells side by side."""
    return [(width - GAP * (cells - 1)) // cells] * cells


def _uneven_widths(width: int, cells: int) -> list[int]:
    """Return the widths for one cell, or for two, the first being wider."""
    right = (width - GAP) * 5 // 12
    return [width - GAP - right, right] if cells == 2 else [width] * cells


def side_by_side(cells: Sequence[Sequence[Line]], widths: Sequence[int], style: Style) -> list[Line]:
    """Return the cells side by side, the shorter ones padded with empty lines."""
    empty: Line = []
    rows = zip_longest(*cells, fillvalue=empty)
    gap: Span = (" " * GAP, "plain")
    lines: list[Line] = []
    for row in rows:
        line: Line = []
        for part, width in zip(row, widths, strict=True):
            line += [gap, *pad(part, width, style.glyphs.ellipsis)] if line else pad(part, width, style.glyphs.ellipsis)
        lines.append(line)
    return lines
