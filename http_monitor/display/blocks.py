"""The parts that the block of an interval shares with the summary."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from http_monitor.display import figures
from http_monitor.display.columns import shorten
from http_monitor.display.slowest import Slowest, render_slowest
from http_monitor.display.style import Line, Role, Span, Style, labelled, line_columns, padded, wrapped, wrapped_words
from http_monitor.display.tables import Heading, render_table
from http_monitor.report import ActiveAlert, Report, Summary
from http_monitor.report_tables import KeyCount, Table
from http_monitor.units import ratio

TWO_FROM = 120
"""From so many columns on, two parts stand side by side."""
_THREE_FROM = 190
_PAIR_FROM = 76
_INDENT = 2
_GAP = 3
# An IPv6 address fits.
_SUBJECT_MOST = 39
_ACTIVE_MOST = 6
_FEW = 4
_LEAST_CHOSEN = 8
"""In fewer columns an expression says nothing."""
_Cell = Heading | Slowest


def inner_width(width: int) -> int:
    """Return the columns of a line below the title."""
    return max(1, width - _INDENT)


def title_width(width: int) -> int:
    """Return the columns of a title without a rule behind it."""
    return max(1, width - len("-- "))


def block(title: Line, lines: Sequence[Line], width: int, style: Style, *, ruled: bool = True) -> list[str]:
    """Return a title, on a rule across the width or not, the lines indented under it; all fit in `width` columns."""
    rule = style.glyphs.rule
    head: Line = [(rule * 2 + " ", "dim"), *title]
    if ruled:
        head.append((" ", "plain"))
        head.append((rule * (width - line_columns(head)), "dim"))
    indent: Span = (" " * _INDENT, "plain")
    return [style.line(head, width), *(style.line([indent, *line], width) for line in lines)]


def chosen(totals: Report | Summary, room: int, style: Style) -> Line:
    """Return which lines count and whose word is taken for their clients, for a title with so many columns left."""
    parts = [totals.filter] if totals.filter else []
    if totals.trusted_proxies:
        parts.append(f"behind {', '.join(totals.trusted_proxies)}")
    words = style.text(", ".join(parts))
    room -= len("  only ")
    if not words or room < _LEAST_CHOSEN:
        return []
    only = "only " if totals.filter else ""
    return [(f"  {only}{shorten(words, room, style.glyphs.ellipsis)}", "accent")]


def fact(text: str, role: Role = "bold") -> Line:
    """Return ``1,234 hits`` with its number in front made to stand out."""
    number, space, unit = text.partition(" ")
    return [(number, role), (space + unit, "plain")]


def facts(totals: Report | Summary, hosts: int, per_s: float | None, style: Style) -> list[Line]:
    """Return hits, rate, bytes, hosts and the share of status 5xx, one piece each."""
    error, more = totals.hosts.distinct_error, "+" if totals.hosts.remainder.hits else ""
    if error:
        more = f" {style.glyphs.plus_minus}{error:,}"
    number, unknown, coverage = figures.counted(hosts, "host"), style.glyphs.dash, totals.coverage
    error_rate = figures.percent(ratio(100 * totals.errors, totals.hits))
    pieces = [
        fact(figures.counted(totals.hits, "hit")),
        fact(f"{unknown} bytes" if coverage.no_size else figures.size(totals.size_bytes)),
        fact(f"{unknown} hosts" if coverage.no_host else number.replace(" ", f"{more} ")),
        fact(f"{unknown if coverage.no_status else error_rate} 5xx", "bad" if totals.errors else "bold"),
    ]
    if per_s is not None:
        pieces.insert(1, fact(figures.rate(per_s)))
    return pieces


def render_active(active: Sequence[ActiveAlert], now_us: int, width: int, style: Style) -> list[Line]:
    """Return the alerts that have not recovered, each with the local time of its raise.

    The title of the block gives the offset, and the date of `now_us`: another date is written out.
    """
    if not active:
        return []
    label: Span = (f"{figures.counted(len(active), 'alert')} active", "raised")
    more: list[Line] = []
    if len(active) > _ACTIVE_MOST:
        more.append([(f"+{len(active) - _ACTIVE_MOST:,} more", "bad")])
    parts = [_active(alert, now_us, style) for alert in active[:_ACTIVE_MOST]]
    pieces: list[Line] = [[(name, "bad"), (f" {since}", "plain")] for name, since in parts]
    beside = width - len(label[0]) - _INDENT
    if all(line_columns(piece) <= beside for piece in pieces):
        return labelled((label[0] + " " * _INDENT, label[1]), wrapped([*pieces, *more], beside))
    beneath = max(1, width - _INDENT)
    lines: list[Line] = []
    if all(line_columns(piece) <= beneath for piece in pieces):
        lines = wrapped([*pieces, *more], beneath)
    else:
        for name, since in parts:
            lines += _broken_active(name, since, beneath)
        lines += more
    return [[label], *([(" " * _INDENT, "plain"), *line] for line in lines)]


def _active(alert: ActiveAlert, now_us: int, style: Style) -> tuple[str, str]:
    name = style.text(alert.name)
    if alert.subject is not None:
        name += " " + shorten(style.key(alert.subject), _SUBJECT_MOST, style.glyphs.ellipsis)
    return name, f"since {figures.moment(alert.since_us, now_us)}"


def _broken_active(name: str, since: str, width: int) -> list[Line]:
    """Return an alert in as many lines as it needs, its time whole where that fits a line at all."""
    lines = wrapped_words(name, width, "bad")
    if line_columns(lines[-1]) + 1 + len(since) <= width:
        lines[-1].append((f" {since}", "plain"))
        return lines
    return lines + wrapped_words(since, width)


def render_tables(totals: Report | Summary, width: int, style: Style) -> list[Line]:
    """Return the tables that have rows, as many beside each other as the width allows."""
    wide = width + _INDENT >= TWO_FROM
    lines: list[Line] = []
    for band in _bands(totals, width):
        present = [cell for cell in band if wide or _has_rows(cell)]
        cells = cell_widths(width, len(present)) if wide else _uneven_widths(width, len(present))
        drawn = [_drawn(cell, totals, columns, style) for cell, columns in zip(present, cells, strict=True)]
        lines += side_by_side(drawn, cells, style)
    return lines


def _bands(totals: Report | Summary, width: int) -> list[list[_Cell]]:
    """Return the tables that stand beside each other, from above."""
    details = totals.details
    sections = Heading("Sections", totals.sections, bars=True)
    endpoints = Heading("Endpoints", totals.endpoints)
    hosts = Heading("Hosts", totals.hosts)
    users = Heading("Users", totals.users)
    agents = Heading("Agents", _with_row(totals.agents, details.without_agent))
    referers = Heading("Referers", totals.referers)
    slowest = Slowest(tuple(details.slowest))
    # A table of the one site there is says nothing.
    vhosts = Heading("Virtual hosts", details.vhosts if details.vhosts.distinct > 1 else Table())
    sources = Heading("Sources", details.sources)
    servers = Heading("Servers", details.servers)
    # An interval shows agents as they came: families would hide the one that nobody knows.
    is_summary = isinstance(totals, Summary)
    families = [Heading("Agent families", details.browsers), Heading("Systems", details.systems)] if is_summary else []
    if width + _INDENT >= TWO_FROM:
        every: list[_Cell] = [
            sections,
            endpoints,
            hosts,
            servers,
            slowest,
            vhosts,
            sources,
            users,
            agents,
            *families,
            referers,
        ]
        present = [cell for cell in every if _has_rows(cell)]
        beside = 3 if width + _INDENT >= _THREE_FROM else 2
        present += [Heading("", Table())] * (-len(present) % beside)
        return [present[start : start + beside] for start in range(0, len(present), beside)]
    who: list[list[_Cell]] = [[agents, users]]
    # A narrow screen is a short one: there an interval goes without the tables that are looked at least.
    if is_summary:
        who += [[*families], [slowest, vhosts], [sources], [servers], [referers]]
    elif details.slowest:
        # Where requests are timed there is a line more above.
        who = [[Slowest(tuple(details.slowest[:_FEW])), replace(vhosts, table=_first(vhosts.table, _FEW))]]
    elif vhosts.table.rows or sources.table.rows:
        who = [[agents if agents.table.rows else users, vhosts if vhosts.table.rows else sources]]
    if servers.table.rows and not is_summary:
        who.insert(0, [servers])
    if width + _INDENT >= _PAIR_FROM:
        # Addresses and names are short, and an agent loses little by losing its middle; a path loses what matters.
        return [[sections, hosts], [endpoints], *who]
    rest = [cell for band in who for cell in band if cell not in (agents, users)]
    return [[cell] for cell in (sections, hosts, users, endpoints, agents, *rest)]


def _with_row(table: Table, more: KeyCount | None) -> Table:
    """Return a table with one row more, in its place, and no longer than it was."""
    if more is None:
        return table
    rows = sorted((*table.rows, more), key=lambda row: (-row.hits, row.key))
    return replace(table, rows=rows[: max(1, len(table.rows))], distinct=table.distinct + 1)


def _has_rows(cell: _Cell) -> bool:
    return bool(cell.rows if isinstance(cell, Slowest) else cell.table.rows)


def _drawn(cell: _Cell, totals: Report | Summary, width: int, style: Style) -> list[Line]:
    if isinstance(cell, Slowest):
        return render_slowest(cell, width, style)
    return render_table(cell, totals.hits, width, style, knows_errors=not totals.coverage.no_status)


def _first(table: Table, count: int) -> Table:
    return replace(table, rows=table.rows[:count])


def cell_widths(width: int, cells: int) -> list[int]:
    """Return equal widths for so many cells beside each other."""
    return [(width - _GAP * (cells - 1)) // cells] * cells


def _uneven_widths(width: int, cells: int) -> list[int]:
    """Return the widths for one cell, or for two of which the first needs more."""
    right = (width - _GAP) * 5 // 12
    return [width - _GAP - right, right] if cells == 2 else [width] * cells


def side_by_side(cells: Sequence[Sequence[Line]], widths: Sequence[int], style: Style) -> list[Line]:
    """Return the cells beside each other, the shorter ones filled with nothing."""
    empty: Line = []
    rows = zip_longest(*cells, fillvalue=empty)
    gap: Span = (" " * _GAP, "plain")
    lines: list[Line] = []
    for row in rows:
        line: Line = []
        for part, width in zip(row, widths, strict=True):
            line += (
                [gap, *padded(part, width, style.glyphs.ellipsis)]
                if line
                else padded(part, width, style.glyphs.ellipsis)
            )
        lines.append(line)
    return lines
