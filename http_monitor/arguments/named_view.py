"""Applies the view that ``--view`` names."""

from collections.abc import Mapping
from dataclasses import replace

from http_monitor.errors import UsageError
from http_monitor.settings import Settings
from http_monitor.units import brief_text, visible_text

_MAX_SHOWN = 10


def with_view(settings: Settings, environment: Mapping[str, str]) -> Settings:
    """Return the settings with the filter of the named view beside the others; unchanged without ``--view``.

    The dashboard's are unchanged too: all lines count there, and the view is a filter of the screen.

    Raises:
        UsageError: there is no such view, its expression is wrong, or the file of the views is malformed.
        RefusedError: that file cannot be read.
    """
    expression = expression_of_view(settings, environment)
    if expression is None or settings.dashboard:
        return settings
    return replace(settings, filters=(*settings.filters, expression))


def expression_of_view(settings: Settings, environment: Mapping[str, str]) -> str | None:
    """Return the filter of the named view; None without ``--view``. Raises likewise."""
    if settings.view is None:
        return None
    # Few runs have views, and the libraries for filters take long to import.
    from http_monitor.dashboard.named_views import NamedViews, views_path  # noqa: PLC0415
    from http_monitor.filtering.masks import check_patterns  # noqa: PLC0415
    from http_monitor.filtering.reading import read_expression  # noqa: PLC0415

    path = views_path(environment)
    try:
        views = NamedViews(path).read()
    except UsageError as error:
        raise UsageError(f"--view: {error}") from None
    expression = views.get(settings.view)
    if expression is None:
        raise UsageError(f"--view: got '{brief_text(settings.view)}', {_expected(settings.view, list(views), path)}")
    try:
        check_patterns(read_expression(expression))
    except UsageError as error:
        words = str(error).removeprefix("--filter: ")
        raise UsageError(f"--view: {settings.view} in {visible_text(path or '')}: {words}") from None
    return expression


def _expected(name: str, names: list[str], path: str | None) -> str:
    if not names:
        return "but no view is saved" + ("" if path is None else f" in {visible_text(path)}")
    import difflib  # noqa: PLC0415 - most names have no mistake

    near = difflib.get_close_matches(name[:40], names, n=1)
    if near:
        return f"did you mean {near[0]}?"
    more = "" if len(names) <= _MAX_SHOWN else f" and {len(names) - _MAX_SHOWN} others"
    return f"takes one of {', '.join(names[:_MAX_SHOWN])}{more}"
