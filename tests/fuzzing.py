"""Hostile lines for every format, and what reading them must not do."""

import random
import time
from collections.abc import Callable, Sequence

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.parser.presets import Preset
from http_monitor.ports.log_format import Explaining, LogFormat
from http_monitor.records import SCHEMA, Batch
from tests.agreement import check_alike
from tests.wrapped_fuzzing import check_wrapped
from tests.written.hit import any_hit
from tests.written.writers import WRITERS, write

MAX_MS_PER_KIB = 1.0
_MIN_KIB = 16.0
"""A shorter line is measured as if it were that long: a thousand instructions of overhead are no slow format."""
_MAX_BYTES = 64 << 10
_MAX_FOR_SLOW_BYTES = 1_000
"""No line that the slow readers read is longer."""
_TRIES = 3
"""A time counts if it is reached again: on a busy machine also the time of the processor varies."""
_SPECIAL = b"\"'\\ \t\r\0[]{}()<>,;:#-+%$?/=&|~\x1b\x7f\x80\xff0123456789.eE"
_WORDS = (b'""', b'\\"', b" - ", b'" "', b"\xc2\xa0", b"\\u0000", b"\xed\xa0\x80", b"1e999", b"9" * 40, b"[" * 40)

Mutation = Callable[[random.Random, bytearray], None]


class Broken(Exception):
    """A law that a line has broken."""


class Fuzzer:
    """Makes lines of the examples of formats, and of what servers write, and reads them.

    Args:
        presets: The formats.
        seed: The same seed gives the same lines.
        wrappers: Names of what may stand around lines.
    """

    def __init__(self, presets: Sequence[Preset], seed: int, wrappers: Sequence[str] = ()) -> None:
        self._presets = presets
        self._wrappers = wrappers
        self._random = random.Random(seed)
        self._slowest: dict[str, float] = {}
        self.lines = 0
        """Read so far."""

    def run(self, seconds: float) -> None:
        """Read lines for so long.

        In turns some of one format, one that is worst for a backtracking matcher, and some that stand inside others.

        Raises:
            Broken: a line breaks a law.
        """
        until = time.perf_counter() + seconds
        long = [(preset, line) for preset in self._presets for line in self._long_lines(preset)]
        self._random.shuffle(long)
        while time.perf_counter() < until:
            if self._wrappers:
                self._unwrap(self._random.choice(self._wrappers))
            if not self._presets:
                continue
            preset = self._random.choice(self._presets)
            self._try(preset, [self._mutated(preset) for _ in range(self._random.randint(1, 200))])
            if long:
                preset, line = long.pop()
                self._try(preset, [line])

    def rounds(self, count: int) -> None:
        """Read a number of batches of lines of each format.

        Raises:
            Broken: a line breaks a law.
        """
        for preset in self._presets:
            for _ in range(count):
                self._try(preset, [self._mutated(preset) for _ in range(self._random.randint(1, 60))])

    def slowest_ms_per_kib(self, count: int) -> list[tuple[str, float]]:
        """Return the formats whose slowest line took longest."""
        return sorted(self._slowest.items(), key=lambda item: -item[1])[:count]

    def _long_lines(self, preset: Preset) -> list[bytes]:
        example = preset.examples[-1]
        lines = [bytes([byte]) * _MAX_BYTES for byte in sorted(set(_SPECIAL))]
        lines += [word * (_MAX_BYTES // len(word)) for word in _WORDS]
        for at in range(0, len(example), max(1, len(example) // 12)):
            for filler in (b" ", b'"', b'\\"', b"a", b"1", b"["):
                lines.append(example[:at] + filler * (_MAX_BYTES // 4 // len(filler)) + example[at:])
        lines.append((example + b" ") * (_MAX_BYTES // len(example)))
        return [line for line in lines if b"\n" not in line]

    def _mutated(self, preset: Preset) -> bytes:
        by_server = preset.name in WRITERS and self._random.random() < 0.7
        line = bytearray(
            write(preset.name, any_hit(self._random))[0] if by_server else self._random.choice(preset.examples)
        )
        for _ in range(self._random.choice((0, 1, 1, 2, 3, 8))):
            self._random.choice(MUTATIONS)(self._random, line)
        return bytes(line).replace(b"\n", b"")

    def _try(self, preset: Preset, lines: list[bytes]) -> None:
        self.lines += len(lines)
        head = [example for example in preset.examples if example.startswith(b"#")]
        data = b"".join(line + b"\n" for line in [*head, *lines])
        try:
            self._check(preset, data, lines)
        except Exception as error:
            raise Broken(f"{preset.name}: {type(error).__name__}: {error}; {_shown(lines)}") from error
        if len(lines) == 1:
            self._time(preset, lines[0])

    def _unwrap(self, name: str) -> None:
        seed = self._random.randrange(1 << 32)
        try:
            self.lines += check_wrapped(name, random.Random(seed))
        except Exception as error:
            raise Broken(f"{name}, lines of seed {seed}: {type(error).__name__}: {str(error)[:2_000]}") from error

    def _check(self, preset: Preset, data: bytes, lines: list[bytes]) -> None:
        whole = preset.make(DEFAULT_LINE_BYTES).parse(data)
        whole.rows.validate(full=True)
        assert whole.rows.schema.equals(SCHEMA), "another schema"
        assert whole.rows.num_rows == len(whole.line_nos), "line numbers that are not those of the rows"
        assert 0 <= whole.malformed_lines <= whole.lines, "more lines than there are"
        cut = self._random.randint(0, data.count(b"\n"))
        place = len(b"".join(data.splitlines(keepends=True)[:cut])) if b"\r" not in data else 0
        again = preset.make(DEFAULT_LINE_BYTES)
        parts = [again.parse(part) for part in (data[:place], data[place:]) if part]
        assert _rows(parts) == _rows([whole]), "rows that depend on where the lines were cut"
        if preset.name in WRITERS and max(map(len, lines)) <= _MAX_FOR_SLOW_BYTES:
            check_alike(preset, data.split(b"\n")[:-1])
        if len(lines) == 1 and not data.startswith(b"#"):
            _check_reading(preset.make(DEFAULT_LINE_BYTES), lines[0], whole)

    def _time(self, preset: Preset, line: bytes) -> None:
        kib = max(_MIN_KIB, len(line) / 1024)
        ms = float("inf")
        for _ in range(_TRIES):
            log_format = preset.make(DEFAULT_LINE_BYTES)
            started = time.process_time()
            log_format.parse(line + b"\n")
            ms = min(ms, (time.process_time() - started) * 1000 / kib)
            if ms <= MAX_MS_PER_KIB:
                break
        self._slowest[preset.name] = max(self._slowest.get(preset.name, 0.0), ms)
        if ms > MAX_MS_PER_KIB:
            raise Broken(f"{preset.name}: {ms:.1f} ms for each KiB; {_shown([line])}")


def _check_reading(log_format: LogFormat, line: bytes, batch: Batch) -> None:
    if not isinstance(log_format, Explaining) or len(batch.other_nos) == batch.lines:
        return
    reading = log_format.read_line(line)
    assert (reading.values is not None) == (batch.rows.num_rows == 1), "explained as what it is not read as"
    if reading.values is None:
        assert reading.column is not None and 1 <= reading.column <= len(line) + 1, "a column outside the line"
        assert reading.expected, "nothing expected"
    assert all(0 <= found.start <= found.stop <= len(line) for found in reading.found), "a field outside the line"


def _rows(batches: list[Batch]) -> list[dict[str, object]]:
    return [row for batch in batches for row in batch.rows.to_pylist()]


def _shown(lines: list[bytes]) -> str:
    return repr([line if len(line) <= 400 else line[:200] + b"..." + line[-200:] for line in lines[:3]])


def _flip(random_: random.Random, line: bytearray) -> None:
    if line:
        line[random_.randrange(len(line))] = random_.choice(_SPECIAL)


def _insert(random_: random.Random, line: bytearray) -> None:
    at = random_.randint(0, len(line))
    line[at:at] = random_.choice(_WORDS) if random_.random() < 0.3 else bytes([random_.choice(_SPECIAL)])


def _remove(random_: random.Random, line: bytearray) -> None:
    at = random_.randint(0, len(line))
    del line[at : at + random_.choice((1, 1, 2, 10))]


def _truncate(random_: random.Random, line: bytearray) -> None:
    del line[random_.randint(0, len(line)) :]


def _repeat(random_: random.Random, line: bytearray) -> None:
    at, size = random_.randint(0, len(line)), random_.randint(1, 30)
    line[at:at] = line[at : at + size] * random_.choice((1, 2, 50))


def _any_byte(random_: random.Random, line: bytearray) -> None:
    if line:
        line[random_.randrange(len(line))] = random_.choice([byte for byte in range(256) if byte != 0x0A])


MUTATIONS: tuple[Mutation, ...] = (_flip, _flip, _insert, _insert, _remove, _truncate, _repeat, _any_byte)
