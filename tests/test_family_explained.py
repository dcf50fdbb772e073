"""A line of the common family is explained as what it is read as, whatever bytes it holds."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.parser.clf.format import FamilyFormat
from tests.examples import examples
from tests.reference.clf import FORMATS
from tests.strategies import hollow_lines, hostile_lines, lines, mutated_lines

NAMES = ("time", "host", "section", "path", "method", "user", "referer", "agent", "status", "size_bytes", "vhost")


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=examples(60), deadline=None)
@given(line=st.one_of(lines(), mutated_lines(), hostile_lines(), hollow_lines(), st.binary(max_size=80)))
def test_a_line_is_explained_as_what_it_is_read_as(name: str, line: bytes) -> None:
    line = line.replace(b"\n", b"")
    if not line or line.isspace():
        return
    made = FamilyFormat(name)
    batch, reading = made.parse(line), made.read_line(line)
    assert (reading.values is not None) == (batch.rows.num_rows == 1)
    assert (made.explain(line) == "") == (reading.values is not None)
    assert all(0 <= found.start <= found.stop <= len(line) for found in reading.found)
    if reading.values is None:
        assert reading.expected
        assert reading.column is not None
        assert 1 <= reading.column <= len(line) + 1
        return
    row = batch.rows.to_pylist()[0] | {"time": batch.rows.column("time").cast(pa.int64()).to_pylist()[0]}
    # A host that says nothing is a dash in the rows, and no status a zero, for they need one.
    values = {**reading.values, "host": reading.values["host"] or b"-", "status": reading.values["status"] or 0}
    assert {key: values.get(key) for key in NAMES} == {key: row[key] for key in NAMES}
