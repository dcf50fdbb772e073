"""The families of agents against sums by the slow way, from table to table."""

from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from http_monitor.codec import encode_integers, encode_keys
from http_monitor.counting import agent_families
from http_monitor.counting.agent_families import families_of
from http_monitor.counting.groups import Piece
from http_monitor.counting.keys import Keys, Numbering
from http_monitor.counting.numbers_by_code import NumbersByCode
from http_monitor.counting.tables.table import KeyTable
from http_monitor.records import AgentFamily, AgentKind

_KINDS: tuple[AgentKind, ...] = ("person", "bot", "library", "unknown")
_AGENTS = st.sampled_from([b"agent %d" % number for number in range(40)])
_COUNTS = st.tuples(st.integers(1, 4), st.sampled_from((0, 7, 1 << 61)), st.integers(0, 1))


def _family(agent: bytes) -> AgentFamily:
    number = int(agent.split()[1])
    return AgentFamily(
        b"b%d" % (number % 5) if number % 7 else None,
        b"s%d" % (number % 3) if number % 4 else None,
        _KINDS[number % 4],
    )


def _table(counts: dict[bytes, tuple[int, int, int]]) -> KeyTable:
    columns = np.array(list(counts.values()), object).reshape(-1, 3)
    hits, errors = columns[:, 0].astype(np.int64), columns[:, 2].astype(np.int64)
    saved = {"hits": encode_integers(hits), "sizes": encode_integers(columns[:, 1]), "errors": encode_integers(errors)}
    return KeyTable.load({"keys": encode_keys(list(counts)), **saved, "rest": [0, 0, 0, 0]}, 100)


@given(st.lists(st.dictionaries(_AGENTS, _COUNTS, min_size=1, max_size=20), min_size=1, max_size=4), st.booleans())
def test_families_have_the_sums_of_their_agents(tables: list[dict[bytes, tuple[int, int, int]]], forgets: bool) -> None:
    with patch.object(agent_families, "_MAX_FAMILIES", 3 if forgets else 4_096):
        for counts in tables:
            kinds: dict[AgentKind, int] = dict.fromkeys(_KINDS, 0)
            of_key: dict[bytes, list[int]] = {}
            for agent, numbers in counts.items():
                family = _family(agent)
                kinds[family.kind] += numbers[0]
                for key in (family.browser, family.system):
                    if key is not None:
                        row = of_key.setdefault(key, [0, 0, 0])
                        row[:] = [mine + more for mine, more in zip(row, numbers, strict=True)]
            hits = sum(numbers[0] for numbers in counts.values())
            browsers, systems, split = families_of(_table(counts), hits + 2, _family)
            found = [*browsers.rows[:10], *systems.rows[:10]]
            assert {row.key: [row.hits, row.size_bytes, row.errors] for row in found} == of_key
            assert (split.person, split.bot, split.library) == (kinds["person"], kinds["bot"], kinds["library"])
            assert split.unknown == kinds["unknown"] + 2


def test_a_number_is_found_once_for_tables_that_share_their_keys() -> None:
    asked: list[bytes] = []

    def find(key: bytes) -> int:
        asked.append(key)
        return len(key)

    numbers, numbering = NumbersByCode(find), Numbering()
    for names in ([b"a", b"bb"], [b"bb", b"ccc"], [b"a"]):
        codes, ones = np.arange(len(names), dtype=np.int32), np.ones(len(names), np.int64)
        piece = Piece(Keys(names, None, numbering), codes, ones, ones, ones)
        assert numbers.of(piece).tolist() == [len(name) for name in names]
    assert asked == [b"a", b"bb", b"ccc"]
    assert numbers.of(Piece(Keys([b"a"]), codes, ones, ones, ones)).tolist() == [1]
    assert asked == [b"a", b"bb", b"ccc", b"a"]
