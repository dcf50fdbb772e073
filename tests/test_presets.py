"""Every preset has what the list of formats shows of it, and reads its own examples."""

import pkgutil
import random
import re
from importlib import import_module

import pytest

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.parser import presets
from http_monitor.parser.clf.format import FamilyFormat
from http_monitor.parser.detect.auto import auto_format
from http_monitor.parser.detect.suggest import explain_and_suggest
from http_monitor.parser.presets import BY_NAME, PRESETS, Preset, presets_for
from http_monitor.parser.template.format import TemplateFormat
from tests.written.hit import any_hit
from tests.written.writers import write

each_preset = pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)


def test_no_two_presets_have_the_same_name() -> None:
    assert len(BY_NAME) == len(PRESETS)


def test_every_preset_is_in_the_list_and_has_a_module_of_its_name() -> None:
    modules = {
        name: import_module(f"{presets.__name__}.{name}") for _, name, _ in pkgutil.iter_modules(presets.__path__)
    }
    kept = {name: module.PRESET for name, module in modules.items() if hasattr(module, "PRESET")}
    assert {preset.name: preset for preset in PRESETS} == kept


@each_preset
def test_a_preset_says_what_it_is_and_where_that_is_written(preset: Preset) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", preset.name)
    assert preset.what
    assert preset.source.startswith("https://")
    assert preset.examples
    assert not any(b"\n" in example for example in preset.examples)


@each_preset
def test_a_preset_reads_its_own_examples(preset: Preset) -> None:
    data = b"".join(example + b"\n" for example in preset.examples)
    batch = preset.make(DEFAULT_LINE_BYTES).parse(data)
    assert batch.malformed_lines == 0
    assert batch.rows.num_rows > 0


@each_preset
def test_a_preset_whose_lines_show_it_fits_none_that_does_not(preset: Preset) -> None:
    never = not preset.detected or isinstance(preset.make(DEFAULT_LINE_BYTES), FamilyFormat)
    assert (preset.name in presets._NEVER_FOUND) == never
    if never:
        return
    source = random.Random(5)
    lines = [*preset.examples, *(write(preset.name, any_hit(source))[0] for _ in range(20))]
    assert all(preset in presets_for(line + b"\n") for line in lines)
    assert preset in presets_for(b"x\n" + lines[-1])
    shows = presets._SHOWS.get(preset.name, b"")
    made = preset.make(DEFAULT_LINE_BYTES)
    if shows and isinstance(made, TemplateFormat) and preset.name != "gcs":
        # What has to stand in a line is part of a literal of its template; in CSV the quotes are those of the fields.
        literals = [part for part in made._template.parts if isinstance(part, bytes)]
        starts = shows.startswith(b"\n")
        assert any(
            part.startswith(shows[1:]) if starts else shows in part for part in literals[: 1 if starts else None]
        )


@each_preset
def test_a_preset_without_times_is_in_their_list(preset: Preset) -> None:
    assert (preset.name in presets.TIMELESS) == preset.timeless


def test_a_line_without_a_time_is_said_to_be_of_a_format_that_has_to_be_named() -> None:
    line = BY_NAME["uvicorn"].examples[0]
    assert explain_and_suggest(line, auto_format()).endswith(
        "(it fits uvicorn, whose lines have no time: live, --format uvicorn counts them when they arrive)"
    )
