"""The pictures of the dashboard in docs/pictures are those that the app paints, and ask nobody for anything."""

import re
from xml.etree import ElementTree

import pytest

from tests import dashboard_pictures as pictures
from tests.program import ROOT


@pytest.mark.parametrize("name", pictures.MOMENTS)
def test_a_picture_is_what_the_app_paints(name: str) -> None:
    made = pictures.make_picture(name)
    kept = (pictures.FOLDER / f"{name}.svg").read_bytes()
    assert made == kept, "run scripts/pictures.py"
    assert len(kept) <= pictures.MAX_BYTES


@pytest.mark.parametrize("name", pictures.MOMENTS)
def test_a_picture_loads_nothing_and_names_no_address_of_anybody(name: str) -> None:
    text = (pictures.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(text).iter()} == {
        "svg",
        "rect",
        "text",
    }
    assert re.findall(r"[a-z]+://[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"font-face|@import|href|url\(|<script|\son[a-z]+=", text)
    documented = ("192.0.2.", "198.51.100.", "203.0.113.", "10.20.0.")
    assert all(found.startswith(documented) for found in re.findall(r"(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}", text))


def test_every_picture_is_shown_in_the_readme_with_words_for_those_who_do_not_see_it() -> None:
    shown = dict(re.findall(r"!\[([^]]+)\]\((docs/pictures/[^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {*shown.values()} == {f"docs/pictures/{name}.svg" for name in pictures.MOMENTS}
    assert {path.stem for path in pictures.FOLDER.iterdir()} == {*pictures.MOMENTS}
    assert all(len(words.split()) >= 5 for words in shown)
