"""Makes rows of many JSON objects at once that have the same keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.parser.arrays import Ints
from http_monitor.parser.chunk import index_chunk
from http_monitor.parser.field import Field
from http_monitor.parser.jsontext import Path, scalar_text
from http_monitor.parser.marks import Marks
from http_monitor.parser.regular import Span
from http_monitor.parser.slot import Slot
from http_monitor.parser.template import Template
from http_monitor.parser.typed import Columns
from http_monitor.parser.walk import Walked

Object = dict[str, Any]
Keys = tuple[Any, ...]
"""The keys of an object in their order, with those of the objects in it that a map looks into."""

Getter = Callable[[Object], Any]
_PADDING = b"\n" * 32


@dataclass(slots=True)
class Alike:
    """Objects with the same keys."""

    line: list[int] = field(default_factory=list)
    """For each the index of its line, ascending."""
    objects: list[Object] = field(default_factory=list)

    def add(self, index: int, found: Object) -> None:
        """Take the object of a line."""
        self.line.append(index)
        self.objects.append(found)


class KeyTree:
    """The keys under which a map looks into objects within the object of a line."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Take the paths of a map."""
        heads = dict.fromkeys(path[0] for path in paths if len(path) > 1)
        self._inner = {
            head: KeyTree([path[1:] for path in paths if path[0] == head and len(path) > 1]) for head in heads
        }

    def keys_of(self, found: Object) -> Keys:
        """Return the keys of an object."""
        keys: list[Any] = [*found]
        for head, tree in self._inner.items():
            inner = found.get(head)
            if type(inner) is dict:
                keys.append((head, tree.keys_of(inner)))
        return tuple(keys)


def getter_of(found: Object, path: Path) -> Getter | None:
    """Return what gets the value at a path out of objects with these keys; None where they have none."""
    one: Any = found
    for key in path:
        if not isinstance(one, dict) or key not in one:
            return None
        one = one[key]
    if len(path) == 1:
        return itemgetter(path[0])
    if len(path) == 2:
        first, second = path
        return lambda one: one[first][second]

    def deep(one: Any) -> Any:
        for key in path:
            one = one[key]
        return one

    return deep


def texts_of(values: list[Any]) -> "pa.Array[Any]":
    """Return values as texts of bytes, of a list its first; null where one says none."""
    kinds = set(map(type, values))
    if kinds <= {str}:
        found: pa.Array[Any] = pa.array(values, pa.string()).view(pa.binary())
        return found
    if kinds == {int}:
        return pa.array([b"%d" % value for value in values], pa.binary())
    if list in kinds:
        values = [(value[0] if value else None) if type(value) is list else value for value in values]
    texts: pa.Array[Any] = pa.array([scalar_text(value) for value in values], pa.binary())
    return texts


class ObjectReader:
    """Makes rows of texts that come field by field."""

    def __init__(self, fields: Sequence[Field]) -> None:
        """Take the fields; `fits` says whether their columns can be made here."""
        self._columns = Columns(Template([Slot(one) for one in fields], exact=True))
        self.fits = self._columns.fits

    def rows(self, line: Ints, texts: Sequence["pa.Array[Any]"]) -> tuple[pa.RecordBatch, Ints]:
        """Return the rows of the lines that need no closer look, and the indices of their lines.

        Args:
            line: The index of each line.
            texts: For each field the text of each line; null where it has none.
        """
        data: list[bytes] = []
        spans: list[Span] = []
        at = 0
        for column in texts:
            filled = column.fill_null(b"") if column.null_count else column
            _, offsets, content = filled.buffers()
            edges = np.frombuffer(memoryview(offsets or b""), np.int32)[filled.offset :][: len(filled) + 1]
            first, last = int(edges[0]), int(edges[-1])
            data.append(memoryview(content)[first:last].tobytes() if content is not None else b"")
            starts = edges.astype(np.int64) + (at - first)
            spans.append(Span(starts[:-1], starts[1:]))
            at += last - first
        chunk = index_chunk(b"".join(data) + _PADDING)
        return self._columns.rows(chunk, Marks(chunk), Walked(line, tuple(spans)))
