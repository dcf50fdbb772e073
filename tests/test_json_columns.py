"""Objects of any values under the keys of a format mean the same by columns, line by line, and to the slow reader."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.parser.jsonl import key_table as table
from http_monitor.parser.jsonl.format import JsonFormat
from http_monitor.parser.presets import BY_NAME, PRESETS
from tests.agreement import FILLER, check_alike, rows_read
from tests.examples import examples
from tests.reference.objects import KeyMap, spread
from tests.reference.presets import JSON, read_log


def known() -> KeyMap:
    """Return keys that the format json knows, each in one of the spellings that there are."""
    found: dict[str, tuple[str, str]] = {}
    for role, text in table.KEYS.items():
        for word in spread(text):
            name = word[:1].removeprefix(":") + word[1:].partition("@")[0].partition("!")[0].partition("=")[0]
            found.setdefault(name.removesuffix("?"), (role, "plain"))
    for role, text in (("duration", table.DURATIONS), ("upstream", table.UPSTREAMS)):
        for at, name in enumerate(spread(text)):
            suffix = [*table.SUFFIXES, ""][at % (len(table.SUFFIXES) + 1)]
            found.setdefault(f"{name}{'._'[at % 2]}{suffix}" if suffix else name, (role, "plain"))
    return found


KEYS: dict[str, tuple[KeyMap, tuple[str, ...]]] = {name: (own, needs) for name, (own, needs, _) in JSON.items()}
KEYS["json"] = (known(), ("status",))
PLAIN: dict[str, list[Any]] = {
    "time": [1760097336, 1760097336.25, 1760097336250, "2025-10-10T11:55:36.25Z", "2025-10-10T13:55:36+02:00"],
    "status": [200, "200", 404],
    "request": ["GET /a/b?c HTTP/1.1", "POST / HTTP/2.0"],
    "method": ["GET", "POST"],
    "target": ["/a/b?c=/d", "/"],
    "path": ["/a/b"],
    "size": [0, 7, "7"],
    "bytes_in": [421],
    "duration": [12, 0.012, "0.012", "1.5"],
    "upstream": [11, "0.011, 0.001"],
    "host": ["192.0.2.7"],
}
ODD: list[Any] = [
    *("2025-10-10", "11:55:36", "11:55:36.5Z", "a/b"),
    *(None, "", "-", "é", "a\nb", 'say "x"', "\x00", -1, 0, "000", 99, 2**63, -(2**62), 1e5, 1.5, 1e-7, True, False),
    *([], ["a", "b"], [None], [["x"]], {}, {"a": 1}, "10/Oct/2025:11:55:36 +0000", "[10/Oct/2025:11:55:36 +0000]"),
    *(
        "1760097336",
        "17600973360000000000",
        "1e3",
        "noon",
        "2025-10-10 11:55:36",
        "CONNECT",
        "a:443",
        "*",
        "http://h/x?y",
    ),
    *("CONNECT a:443 HTTP/1.1", "12ms", "5.", ".5", "9" * 19, "h:80", "2025-10-10T11:55:36.123456789Z"),
    *("2025-10-10T11:55:36-25:00", "2025-10-10T11:55:36+0200", "2025-1<-10T11:55:36Z"),
]


@st.composite
def objects(draw: st.DrawFn, name: str) -> list[bytes]:
    """Return objects with the same keys, some with an odd value, and some objects with other keys."""
    key_map, needs = KEYS[name]
    keys = dict.fromkeys([*needs, *draw(st.lists(st.sampled_from([*key_map]), max_size=8)), next(iter(key_map))])
    lines = []
    for _ in range(draw(st.integers(1, 4))):
        odd = draw(st.sampled_from([None, *keys]))
        found: dict[str, Any] = {}
        for key in keys:
            role = key_map[key][0]
            value = draw(st.sampled_from(ODD if key == odd else PLAIN.get(role, ["x", "anna"])))
            _put(found, key, value, whole=draw(st.integers(0, 15)) == 0)
        if draw(st.integers(0, 9)) == 0:
            found["another"] = 1
        lines.append(json.dumps(found, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass"))
    return lines


def _put(found: dict[str, Any], key: str, value: Any, *, whole: bool) -> None:
    """Put a value under a key, in objects within the object where the key has dots."""
    *heads, last = [key] if whole else key.split(".")
    for head in heads:
        inner = found.setdefault(head, {})
        if not isinstance(inner, dict):
            return
        found = inner
    found.setdefault(last, value)


@pytest.mark.parametrize("name", KEYS)
@settings(max_examples=examples(6), deadline=None)
@given(data=st.data())
def test_any_values_are_read_alike(name: str, data: st.DataObject) -> None:
    check_alike(BY_NAME[name], data.draw(objects(name)))


def test_a_list_in_a_list_says_nothing_to_any_reader() -> None:
    line = b'{"request":{"method":"GET","uri":"/a"},"ts":1760097336,"request.client_ip":"192.0.2.7","user_id":[["x"]]}'
    check_alike(BY_NAME["caddy_json"], [line])


@pytest.mark.parametrize("name", KEYS)
def test_every_odd_value_under_every_key_is_read_alike(name: str) -> None:
    key_map, needs = KEYS[name]
    # Of each role one key that is usual, and the one that is odd.
    usual = dict.fromkeys([*needs, *{role: key for key, (role, _) in reversed([*key_map.items()])}.values()])
    for odd in [*key_map][:: max(1, len(key_map) // examples(6))]:
        logs: list[list[bytes]] = [[], [], []]
        for value in ODD:
            found: dict[str, Any] = {}
            for key in dict.fromkeys([odd, *usual]):
                plain = PLAIN.get(key_map[key][0], ["x"])[0]
                _put(found, key, value if key == odd else plain, whole=False)
            line = json.dumps(found).encode()
            logs[0 if value is None else 1 if isinstance(value, (list, dict)) else 2].append(line)
        # A value that is null, or of several values, sends all objects that are like it to the reader of single lines.
        for lines in (logs[0] * 40, logs[1] * 4, logs[2]):
            rows = rows_read(BY_NAME[name], b"".join(line + b"\n" for line in lines) + FILLER)
            assert rows == [*read_log(name, lines), None], odd


def test_every_json_preset_is_among_them() -> None:
    made = {preset.name for preset in PRESETS if isinstance(preset.make(DEFAULT_LINE_BYTES), JsonFormat)}
    # A console's objects stand behind a time, and are read line by line.
    assert made - {"caddy_console"} == KEYS.keys()


def test_objects_of_ever_other_keys_do_not_fill_the_memory() -> None:
    made = BY_NAME["json"].make(DEFAULT_LINE_BYTES)
    assert isinstance(made, JsonFormat)
    keys = [*KEYS["json"][0]][60:84]
    for number in range(100):
        chosen = [key for place, key in enumerate(keys) if number >> place % 7 & 1]
        line = json.dumps({"time": 1760097336, "request": "GET / HTTP/1.1", **dict.fromkeys(chosen, "x")}).encode()
        made.parse((line + b"\n") * 200)
    assert len(made._columnar._readers) <= 64
    assert len(made._layouts) <= 1_000
