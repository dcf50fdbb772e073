"""What syslog and the journal put before a line, read the slow way."""

from dataclasses import replace

from tests.reference.wrapper_texts import (
    BSD,
    FULL,
    ISO,
    SECONDS,
    SINCE_BOOT,
    Inside,
    after_any,
    follow,
    in_front,
    masked,
)
from tests.reference.wrapping_objects import string_end

# What stands behind the time of syslog and of the journal: perhaps a host, and a program.


def is_host(word: bytes) -> bool:
    return 1 <= len(word) <= 256 and b'"' not in word and not word.endswith(b":")


def _program(word: bytes) -> bytes | None:
    """Return the name in ``nginx[812]:``."""
    if not word.endswith(b":"):
        return None
    name, bracket, number = word[:-1].partition(b"[")
    if not 1 <= len(name) <= 128 or any(byte in b':[]"' for byte in name):
        return None
    if not bracket:
        return name
    number = number.removesuffix(b"]")
    whole = name + b"[" + number + b"]:" == word
    return name if whole and len(number) <= 64 and b"]" not in number and b'"' not in number else None


def named_program(rest: bytes) -> Inside | None:
    first, blank, behind = rest.partition(b" ")
    if not blank:
        return None
    program = _program(first)
    if program is not None:
        return Inside(behind, None, masked(program))
    second, blank, behind = behind.partition(b" ")
    program = _program(second)
    if not blank or program is None or not is_host(first):
        return None
    return Inside(behind, first, masked(program))


def _mark(line: bytes) -> Inside | None:
    for words in ("Boot", "Reboot", "No entries", "Logs begin at", "Logs begins at", "Journal begin at"):
        if line.startswith(f"-- {words} ".encode()):
            return Inside(line[len(words) + 4 :], None, f"-- {words}".encode())
    words = "Journal begins at"
    return Inside(line[len(words) + 4 :], None, b"-- " + words.encode()) if _mark_of(line, words) else None


def _mark_of(line: bytes, words: str) -> bool:
    return line.startswith(f"-- {words} ".encode())


def _structured(text: bytes) -> bytes | None:
    """Return what stands behind the structured data of RFC 5424 and a blank."""
    if text.startswith(b"- "):
        return text[2:]
    element = rb'\[[^ =\]"]{1,128}'
    found = follow(text, element)
    if found is None:
        return None
    while True:
        value = follow(found[-1], rb' [^ =\]"]{1,128}="')
        if value is not None:
            end = string_end(value[-1], 0)
            if end is None:
                return None
            found = [value[-1][end + 1 :]]
            continue
        if not found[-1].startswith(b"]"):
            return None
        rest = found[-1][1:]
        if rest.startswith(b" "):
            return rest[1:]
        found = follow(rest, element)
        if found is None:
            return None


def _rfc5424(line: bytes) -> Inside | None:
    found = follow(line, rb"\d", b" ")
    rest = None if found is None else after_any(found[-1], b"-", ISO)
    if found is None or rest is None:
        return None
    time = in_front(found[-1], rest)
    words = rest.split(b" ", 4)
    if len(words) < 5 or not 1 <= len(words[0]) <= 255 or not all(1 <= len(word) <= 128 for word in words[1:4]):
        return None
    text = _structured(words[4])
    return None if text is None else Inside(text, words[0], masked(words[1]), time=None if time == b"-" else time)


def _header(line: bytes) -> Inside | None:
    rest = after_any(line, BSD, ISO)
    named = None if rest is None else named_program(rest)
    if named is not None:
        return replace(named, time=in_front(line, rest or b""))
    new = _rfc5424(line)
    if new is not None:
        return new
    if rest is not None:
        host, _, behind = rest.partition(b" ")
        found = follow(behind, b"last message repeated", b" ", rb"\d{1,9}", b" ")
        if found is not None and is_host(host):
            return Inside(found[-1], host, b"last message repeated", time=in_front(line, rest))
    return _mark(line)


def syslog(line: bytes) -> list[Inside] | None:
    priority = follow(line, rb"(\d{1,5} )?<\d{1,3}>")
    rest = line if priority is None else priority[-1]
    again = _again(rest)
    if again is not None:
        return again
    inside = _header(rest)
    if inside is None and priority is None:
        return None
    inside = Inside(rest, None, b"") if inside is None else inside
    return [replace(inside, text=inside.text.removeprefix(b"\xef\xbb\xbf"))]


def _again(line: bytes) -> list[Inside] | None:
    rest = after_any(line, BSD, ISO)
    named = None if rest is None else named_program(rest)
    found = None if named is None else follow(named.text, b"message repeated ", rb"\d{1,4}", rb" times: \[")
    if named is None or found is None or not found[-1].endswith(b"]") or not 1 <= int(found[1]) <= 1000:
        return None
    text = found[-1].removeprefix(b" ")[:-1] if found[-1] != b" ]" else b""
    return [Inside(text, named.source, named.origin, time=in_front(line, rest or b""))] * int(found[1])


def journald(line: bytes) -> list[Inside] | None:
    rest = after_any(line, BSD, FULL, ISO, SINCE_BOOT, SECONDS)
    inside = None if rest is None else named_program(rest)
    if inside is not None and after_any(line, SINCE_BOOT) is None:
        inside = replace(inside, time=in_front(line, rest or b""))
    inside = inside or _mark(line)
    return None if inside is None else [inside]
