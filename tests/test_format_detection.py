"""What a file's format is found to be, and what becomes of its lines then."""

from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.parser.clf.format import FamilyFormat
from http_monitor.parser.detect.auto import AutoFormat, Choice
from http_monitor.parser.detect.candidates import FAMILY
from http_monitor.parser.detect.fallback import FallbackFormat
from http_monitor.parser.presets import PRESETS as REAL
from http_monitor.records import Batch, Sample
from tests import toy_formats as toys
from tests.examples import examples
from tests.toy_formats import COMMON, HEADER, OTHER, PIPED, TIMED, UNDER_HEADER

LIMIT = 200
LONG = b"x" * (LIMIT + 1)
some_lines = st.lists(
    st.sampled_from(
        (COMMON, TIMED, PIPED, HEADER, UNDER_HEADER, OTHER, LONG, b"", b" \r", COMMON + b"\r", b"h " + COMMON)
    ),
    max_size=12,
)


def auto() -> AutoFormat:
    return AutoFormat(toys.PRESETS, LIMIT)


@dataclass
class Outcome:
    """All batches of a file as one."""

    fitting: list[int]
    malformed: list[int]
    oversized: list[int]
    first_samples: list[tuple[int, bytes]]
    other: list[int]


def outcome(batches: list[Batch]) -> Outcome:
    total = Outcome([], [], [], [], [])
    lines = 0
    for batch in batches:
        batch.rows.validate(full=True)
        assert batch.rows.num_rows == len(batch.line_nos)
        fitting = batch.line_nos.tolist()
        assert fitting == sorted(set(fitting))
        total.fitting += [lines + number for number in fitting]
        other = batch.other_nos.tolist()
        total.other += [lines + number for number in other]
        missing = sorted(set(range(1, batch.lines + 1)) - set(fitting) - set(other))
        assert [sample.line_no for sample in batch.samples] == missing[:3]
        total.malformed += [lines + number for number in missing]
        total.oversized += [lines + number for number in batch.oversized_nos.tolist()]
        total.first_samples += [(lines + sample.line_no, sample.raw) for sample in batch.samples]
        lines += batch.lines
    total.first_samples = total.first_samples[:1]
    return total


def said_slowly(lines: list[bytes], enough: int = 20) -> Outcome:
    """Say one line at a time, without any format's help, what the formats of the toys make of a file."""
    result = Outcome([], [], [], [], [])
    chosen, mark, count = "", b"", 0
    row: list[bytes] = []
    for raw in lines:
        line = raw.removesuffix(b"\r")
        too_long = len(raw) > LIMIT
        if not line.strip() and not too_long:
            continue
        is_header = line.startswith(b"#")
        if is_header and chosen in ("", "sheet"):
            mark = line.removeprefix(b"#Columns: ") + toys.MARK
            count += 1
            result.other.append(count)
            continue
        count += 1
        timed = line.endswith(b" rt=17")
        fits = {
            "sheet": bool(mark) and line.startswith(mark),
            "timed": timed,
            "piped": line.startswith(toys.PIPE),
            FAMILY: toys.family_fits(line),
        }
        fits["timed"] = (timed and toys.family_fits(line)) or (chosen == "timed" and fits[FAMILY])
        if not chosen and not too_long:
            chosen = next((name for name, good in fits.items() if good), "")
        if not too_long and chosen and fits[chosen]:
            result.fitting.append(count)
            row.clear()
            continue
        if chosen:
            row.append(raw)
            block, over = divmod(len(row), enough)
            if not over and block & (block - 1) == 0:
                others = (read_all(name, row[-enough:]) for name in ("sheet", "timed", "piped", FAMILY))
                for name, other_mark in filter(None, others):
                    chosen, mark = name, other_mark
                    row.clear()
                    break
        result.malformed.append(count)
        result.oversized += [count] * too_long
        result.first_samples += [(count, line)]
    result.first_samples = result.first_samples[:1]
    return result


def read_all(name: str, lines: list[bytes]) -> tuple[str, bytes] | None:
    """Return the name, and what headers said, if that format alone reads every one of some lines."""
    mark, count = b"", 0
    for raw in lines:
        line = raw.removesuffix(b"\r")
        if len(raw) > LIMIT:
            return None
        if name == "sheet" and line.startswith(b"#"):
            mark = line.removeprefix(b"#Columns: ") + toys.MARK
            continue
        fits = {
            "sheet": bool(mark) and line.startswith(mark),
            "timed": line.endswith(b" rt=17") and toys.family_fits(line),
            "piped": line.startswith(toys.PIPE),
            FAMILY: toys.family_fits(line),
        }
        if not fits[name]:
            return None
        count += 1
    return (name, mark) if count else None


@settings(max_examples=examples(150), deadline=None)
@given(some_lines, st.data())
def test_what_becomes_of_the_lines_does_not_depend_on_where_they_were_cut(
    lines: list[bytes], data: st.DataObject
) -> None:
    whole = [line + b"\n" for line in lines]
    parts: list[bytes] = []
    for line in whole:
        if parts and not data.draw(st.booleans(), "cut"):
            parts[-1] += line
        else:
            parts.append(line)
    format_of_whole, format_of_parts = auto(), auto()
    expected = said_slowly(lines)
    assert outcome([format_of_whole.parse(b"".join(whole))]) == expected
    assert outcome([format_of_parts.parse(part) for part in parts]) == expected
    assert format_of_parts.chosen == format_of_whole.chosen


@settings(max_examples=examples(60), deadline=None)
@given(some_lines, st.integers(0, 12))
def test_a_format_that_was_saved_at_any_line_continues_as_without_a_restart(lines: list[bytes], cut: int) -> None:
    before, after = lines[:cut], lines[cut:]
    first, second = auto(), auto()
    batches = [first.parse(b"".join(line + b"\n" for line in before))]
    second.load(first.save())
    batches.append(second.parse(b"".join(line + b"\n" for line in after)))
    assert outcome(batches) == said_slowly(lines)


def test_each_format_reads_a_log_that_fits_none_in_pieces_though_only_one_knows_its_headers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads: Counter[str] = Counter()
    parse = toys.Toy.parse

    def counted(toy: toys.Toy, data: bytes) -> Batch:
        reads[toy.name] += 1
        return parse(toy, data)

    monkeypatch.setattr(toys.Toy, "parse", counted)
    data = (HEADER + b"\n" + OTHER + b"\n") * 1_000
    batch = auto().parse(data)
    # The first 1,000 lines in pieces of 1, 2, 4, … 128 lines, and 3 of up to 256; of each 500 behind them 20
    # at once, and the 240 that may be headers.
    every = 8 + 3 + 2 * (1 + 240)
    assert reads == {"timed": every, "piped": every, "sheet": every}
    assert (batch.lines, batch.malformed_lines) == (2_000, 1_000)
    assert batch.other_nos.tolist() == [*range(1, 2_000, 2)]
    assert batch.samples == tuple(Sample(number, OTHER) for number in (2, 4, 6))


def test_a_line_alone_decides_as_it_does_in_a_chunk() -> None:
    found = auto()
    assert [found.read_line(line).values is not None for line in (OTHER, PIPED, OTHER, PIPED)] == [0, 1, 0, 1]
    assert found.chosen == "piped"


def test_a_line_that_fits_nothing_is_held_to_what_reads_most_of_it() -> None:
    reading = auto().read_line(PIPED[:-4] + b"x")
    assert (reading.format, reading.column) == ("piped", len(toys.PIPE) + 1)
    assert auto().readings(PIPED)[0].format == "piped"


@pytest.mark.parametrize(
    ("lines", "choice", "chosen"),
    [
        ([PIPED] * 3 + [OTHER], Choice("piped", 3, 4), "piped"),
        ([TIMED] * 3, Choice("timed", 3, 3), "timed"),
        ([TIMED, COMMON, COMMON], Choice("timed", 1, 3), FAMILY),
        ([COMMON] * 2, Choice("common", 2, 2), FAMILY),
        ([b"h:1 " + COMMON, COMMON], Choice("vhost_common", 2, 2), FAMILY),
        ([HEADER, UNDER_HEADER], Choice("sheet", 1, 1), "sheet"),
        ([PIPED, TIMED], Choice("timed", 1, 2), "timed"),
    ],
)
def test_what_most_lines_of_a_sample_fit_is_chosen_and_of_two_the_earlier(
    lines: list[bytes], choice: Choice, chosen: str
) -> None:
    found = auto()
    sampled = found.choose(b"\n".join(lines) + b"\n")
    if chosen == FAMILY:
        choice = Choice(sampled.name if sampled else "", len(lines), len(lines))
    assert (sampled, found.chosen) == (choice, chosen)


@pytest.mark.parametrize("sample", [b"", b"\n \n", OTHER + b"\n"])
def test_a_sample_that_fits_nothing_leaves_the_choice_to_the_lines(sample: bytes) -> None:
    found = auto()
    assert found.choose(sample) is None
    assert found.chosen is None
    assert outcome([found.parse(OTHER + b"\n" + PIPED + b"\n" + COMMON)]).fitting == [2]
    assert found.chosen == "piped"


def test_a_file_of_a_stricter_format_loses_none_of_the_lines_that_only_the_family_reads() -> None:
    found = auto()
    found.choose(TIMED + b"\n")
    batch = found.parse(b"\n".join((COMMON, TIMED, OTHER, b"v:1 " + COMMON)) + b"\n")
    assert batch.line_nos.tolist() == [1, 2, 4]
    assert batch.rows.column("vhost").to_pylist() == [None, None, b"v"]
    assert batch.kind == "timed"


def test_a_log_that_is_read_from_its_end_learns_what_its_head_says() -> None:
    found = auto()
    assert found.choose(UNDER_HEADER + b"\n", HEADER + b"\n") == Choice("sheet", 1, 1)
    assert found.parse(UNDER_HEADER + b"\n").malformed_lines == 0


def test_the_head_is_known_to_a_format_that_is_found_later() -> None:
    found = auto()
    assert found.choose(b"", HEADER + b"\n") is None
    assert found.parse(UNDER_HEADER + b"\n").malformed_lines == 0
    assert found.chosen == "sheet"


def test_the_choice_of_another_version_is_forgotten() -> None:
    found = auto()
    found.load({"chosen": "of_tomorrow", "kept": {"of_tomorrow": {"what": 1}}})
    assert found.chosen is None
    found.load({"chosen": "sheet", "kept": {"sheet": {"other": 1}}})
    assert found.chosen == "sheet"


@pytest.mark.parametrize("given_state", [{}, {"chosen": None, "kept": 3}])
def test_what_is_no_memory_is_refused(given_state: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError)):
        auto().load(given_state)


def test_every_preset_of_the_family_means_the_whole_family() -> None:
    family = [preset for preset in REAL if isinstance(preset.make(LIMIT), FamilyFormat)]
    found = AutoFormat(family, LIMIT)
    mixed = b"\n".join((COMMON, b"v:1 " + COMMON + b' "-" "a"', COMMON + b' "-" "b"')) + b"\n"
    assert found.parse(mixed).rows.equals(FamilyFormat("auto").parse(mixed).rows)
    assert found.chosen == FAMILY


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (COMMON, "common"),
        (COMMON + b' "-" "curl/8"', "combined"),
        (b"v:1 " + COMMON, "vhost_common"),
        (b"v:1 " + COMMON + b' "-" "curl/8"', "vhost_combined"),
        (OTHER, "common"),
    ],
)
def test_a_line_of_the_family_is_called_what_it_is(line: bytes, name: str) -> None:
    assert AutoFormat((), LIMIT).read_line(line).format == name
    assert AutoFormat((), LIMIT).readings(line)[0].format == name


@settings(max_examples=examples(100), deadline=None)
@given(some_lines)
def test_a_fallback_takes_each_line_as_the_first_format_that_fits_it(lines: list[bytes]) -> None:
    data = b"".join(line + b"\n" for line in lines)
    timed, family = toys.Timed("timed", limit=LIMIT), FamilyFormat("auto", LIMIT)
    batch = FallbackFormat(timed, family, LIMIT).parse(data)
    alone = family.parse(data)
    # What is timed is of the family too, here.
    assert batch.line_nos.tolist() == alone.line_nos.tolist()
    assert batch.rows.drop_columns(["vhost"]).to_pylist() == [
        {name: row[name] for name in row if name != "vhost"} for row in alone.rows.to_pylist()
    ]
    assert batch.samples == alone.samples
    assert batch.oversized_nos.tolist() == alone.oversized_nos.tolist()
