"""A format in which some lines fit and record no finished request, for the real engine and for its slow reference."""

from dataclasses import replace

import numpy as np

from http_monitor.parser.formats import get_format
from http_monitor.records import Batch, Sample
from tests.reference.clf import Parsed, parse_log

MARK = b"#"


class WithOthers:
    """A format whose lines that begin with `MARK` are others. Owned by one test."""

    def __init__(self, name: str) -> None:
        """Take the name of the format that the other lines have."""
        self._format = get_format(name)
        self.name = name

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines."""
        lines = [line for line in data.split(b"\n") if line.strip()]
        others = [no for no, line in enumerate(lines, start=1) if line.startswith(MARK)]
        kept = np.array([no for no, line in enumerate(lines, start=1) if not line.startswith(MARK)], np.int64)
        batch = self._format.parse(b"".join(lines[no - 1] + b"\n" for no in kept.tolist()))
        return replace(
            batch,
            lines=len(lines),
            line_nos=kept[batch.line_nos - 1],
            oversized_nos=kept[batch.oversized_nos - 1],
            samples=tuple(Sample(int(kept[sample.line_no - 1]), sample.raw) for sample in batch.samples),
            other_nos=np.array(others, np.int64),
        )


def parse_with_others(data: bytes) -> Parsed:
    """Return a log of the family as the reference reads it, with the lines that begin with `MARK` as others."""
    lines = [line for line in data.split(b"\n") if line.strip()]
    others = [no for no, line in enumerate(lines, start=1) if line.startswith(MARK)]
    kept = [no for no, line in enumerate(lines, start=1) if not line.startswith(MARK)]
    parsed = parse_log(b"".join(lines[no - 1] + b"\n" for no in kept))
    return replace(
        parsed,
        rows=[replace(row, line_no=kept[row.line_no - 1]) for row in parsed.rows],
        lines=len(lines),
        malformed=[kept[no - 1] for no in parsed.malformed],
        oversized=[kept[no - 1] for no in parsed.oversized],
        other=others,
    )
