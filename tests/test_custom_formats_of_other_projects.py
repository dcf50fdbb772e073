"""LogFormat strings of another project's tests: each directive says here what it says there, but for a list."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from http_monitor.parser.declared.apache import apache_template
from http_monitor.parser.template.matching import Matcher

DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "data" / "custom_formats.ndjson"
TIME = b"[10/Oct/2000:13:55:36 -0700] "
MANY_WORDS = "a time of several words, which this program does not read, ends at its first space"
DIFFERENCES = {
    ("%s", "%s"): "a status of 000 says here that there is none, as other servers write it; there it is the number 0",
    ("%u", "%u"): 'the user is the bytes of the log, quotes included; that project takes "" for an empty one',
    ("%{%a %b %d}t %r", "%r"): MANY_WORDS,
    ("%{%A %B %d}t %r", "%r"): MANY_WORDS,
    ("%{%w (%u) %m/%d}t %r", "%r"): MANY_WORDS,
    ("%{%Y-%m-%d %H:%M:%S}t %r", "%r"): "the time of the line is %t in front; the second time ends at its first space",
    ("%{%Y-%m-%d %H:%M:%S %z}t %r", "%r"): "as the one before",
}
"""By format and directive: why this program reads it otherwise."""


def _cases() -> list[dict[str, Any]]:
    lines = DATA.read_text(encoding="utf-8").splitlines() if DATA.is_file() else []
    return [case for case in map(json.loads, lines) if "expected_directives" in case]


CASES = _cases()
pytestmark = pytest.mark.skipif(not CASES, reason="../shared/data/custom_formats.ndjson is not here")


def _texts(case: dict[str, Any]) -> dict[str, str]:
    """Return the text of each directive; a time in front makes a line of any of them that can be counted."""
    template = apache_template("%t " + case["logformat"])
    line = TIME + case["line"].encode()
    start = Matcher(template).whole(line)
    if start is None:
        return {}
    named = zip([field.name for field in template.fields][1:], start.spans[1:], strict=True)
    return {name: line[left:right].decode() for name, (left, right) in named}


def _says(text: str | None, stated: object) -> bool:
    if stated is None or text is None:
        return text == "-" and stated is None
    if isinstance(stated, int):
        return text in (str(stated), f"{stated:x}")
    # That project undoes the escapes of Apache; here a key is the bytes of the log.
    plain = re.sub(r"\\x([0-9a-f]{2})", lambda match: chr(int(match[1], 16)), text)
    return plain == stated


def test_every_directive_says_what_it_says_there() -> None:
    asked, differing = 0, set()
    for case in CASES:
        texts = _texts(case)
        for directive, stated in case["expected_directives"].items():
            # The parts of a time are directives of their own there.
            if directive.endswith("t") or (texts and directive not in texts):
                continue
            asked += 1
            if not _says(texts.get(directive), stated):
                differing.add((case["logformat"], directive))
    assert asked == 75
    assert differing == set(DIFFERENCES)
