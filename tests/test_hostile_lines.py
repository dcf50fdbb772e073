"""Some hostile lines for every format; `scripts/fuzz_formats.py` throws others for as long as one likes."""

import pytest

from http_monitor.parser.presets import PRESETS, Preset
from http_monitor.ports.log_format import LogFormat
from http_monitor.records import Batch
from tests.fuzzed_strings import STRINGS
from tests.fuzzing import Broken, Fuzzer

_SEED = 20_261_126


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_no_format_fails_for_a_mutated_line_or_depends_on_cuts(preset: Preset) -> None:
    fuzzer = Fuzzer((preset,), _SEED)
    fuzzer.rounds(4)
    assert fuzzer.lines > 30


@pytest.mark.parametrize("preset", STRINGS, ids=lambda preset: preset.name)
def test_no_format_string_fails_for_a_mutated_line_or_depends_on_cuts(preset: Preset) -> None:
    assert preset.make(1_000).parse(preset.examples[0]).malformed_lines == 0
    Fuzzer((preset,), _SEED).rounds(2)


def test_a_format_that_fails_is_found_with_its_line() -> None:
    class Failing:
        name = "failing"

        def parse(self, data: bytes) -> Batch:
            raise IndexError(data[:1])

    def failing(limit: int) -> LogFormat:
        return Failing()

    preset = Preset("failing", "nobody", "https://example.org/", (b"a line",), failing)
    with pytest.raises(Broken, match=r"failing: IndexError: b'.'; "):
        Fuzzer((preset,), _SEED).rounds(1)
