"""Gives the rows of an input the name of the server that writes it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.inputs.look import Select
from http_monitor.records import SCHEMA, Batch

_SERVER = SCHEMA.get_field_index("server")


def select_server(server: str, select: Select | None) -> Callable[[Batch], Batch]:
    """Return a selection of rows that names their server first.

    Args:
        server: The name that the user gave the input.
        select: Removes rows; None: keeps all.
    """
    name: pa.Array[Any] = pa.array([server.encode()], pa.binary())

    def put_server_first(batch: Batch) -> Batch:
        codes = np.zeros(len(batch.rows), np.int32)
        column: pa.DictionaryArray[Any, Any] = pa.DictionaryArray.from_arrays(codes, name)
        batch = replace(batch, rows=batch.rows.set_column(_SERVER, SCHEMA.field(_SERVER), column))
        return batch if select is None else select(batch)

    return put_server_first
