"""The keys behind codes, however they are stored."""

import numpy as np
import pyarrow as pa

from http_monitor.counting.keys import Keys, Numbering


def test_a_few_of_many_keys_are_those_behind_their_codes() -> None:
    names = [b"", *(b"/p%d" % number * (number % 3) for number in range(200))]
    for values in (pa.array(names, pa.binary()), pa.array([b"x", *names], pa.binary())[1:]):
        for codes in ([], [0], [7, 200, 7, 0], [-1, 3, -1, 3], [-1]):
            found = Keys(None, values).some(np.array(codes, np.int64))
            assert found == [None if code < 0 else names[code] for code in codes]


def test_the_code_of_a_key_is_found_however_keys_are_stored() -> None:
    names = [b"", b"a", b"b"]
    numbering = Numbering()
    numbering.numbers_of(names)
    for keys in (Keys(names), Keys(None, pa.array(names, pa.binary())), numbering.keys):
        assert [keys.code_of(name) for name in (*names, b"c")] == [0, 1, 2, -1]
    assert list(numbering.keys.values()) == names
