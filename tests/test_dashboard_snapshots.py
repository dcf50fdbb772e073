"""The whole screen of the dashboard looks as it did: text, roles and grounds, at four sizes.

``python scripts/update_golden.py`` writes it anew.
"""

import asyncio

import pytest
from rich.cells import cell_len

from tests import dashboard_screens as screens


@pytest.mark.parametrize("name", screens.KEYS)
def test_a_screen_looks_as_it_did_and_fills_the_terminal(name: str) -> None:
    for size, rows in asyncio.run(screens.screens_of(name)).items():
        width, height = size
        assert [cell_len(row.text) for row in rows] == [width] * height
        assert screens.golden_text(rows) == screens.golden_path(name, size).read_text(encoding="utf-8"), size


def test_no_screen_is_kept_that_nothing_shows() -> None:
    expected = {screens.golden_path(name, size) for name in screens.KEYS for size in screens.SIZES}
    assert {*screens.FOLDER.iterdir()} == {*expected, screens.FOLDER / "LEGEND.txt"}


def test_no_two_roles_have_the_same_letter() -> None:
    assert len({*screens.LETTERS.values()}) == len(screens.LETTERS)


@pytest.mark.parametrize(("width", "height"), [(59, 15), (60, 14), (20, 3), (1, 1)])
def test_below_the_least_size_only_that_is_said_and_with_room_the_screen_is_back(width: int, height: int) -> None:
    async def resized() -> tuple[list[str], str, str]:
        app = screens.app_of("busy")
        async with app.run_test(size=(80, 24)) as pilot:
            await screens.press(pilot, "busy")
            before = screens.golden_text(app.screen._compositor.render_strips())
            await pilot.resize_terminal(width, height)
            small = [strip.text for strip in app.screen._compositor.render_strips()]
            await pilot.resize_terminal(80, 24)
            app.frame()
            await pilot.pause()
            return small, before, screens.golden_text(app.screen._compositor.render_strips())

    with screens.roles_for_colours():
        small, before, after = asyncio.run(resized())
    assert small[0].strip() == ("too small" if width >= 9 else "…")
    assert all(not row.strip() for row in small[2:])
    assert after == before
