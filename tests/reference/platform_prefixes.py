"""What container runtimes and platforms put before a line, read the slow way."""

import re
from collections.abc import Sequence
from dataclasses import replace

from tests.reference.syslog import is_host, named_program
from tests.reference.wrapper_texts import (
    COLOUR,
    ISO,
    LABEL,
    LOKI_LABELS,
    RFC3339,
    Inside,
    Read,
    after_any,
    fits,
    follow,
    in_front,
    masked,
)
from tests.reference.wrapping_objects import string_end

_COLOURS = rb"(%b)*" % COLOUR


def _timed(inside: Inside) -> Inside:
    """Take off the time that a runtime was asked for."""
    rest = after_any(inside.text, RFC3339)
    return inside if rest is None else replace(inside, text=rest, time=in_front(inside.text, rest))


def _timed_by_pm2(inside: Inside) -> Inside:
    """Take off the time that a runtime was asked for, or pm2."""
    found = follow(inside.text, rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", b": ")
    return _timed(inside) if found is None else replace(inside, text=found[-1], time=found[0])


def cri(line: bytes) -> list[Inside] | None:
    rest = after_any(line, RFC3339)
    found = None if rest is None else follow(rest, b"stdout|stderr", b" ", b"[FP]", b"[^ ]{0,64}", b" ")
    if found is None:
        return None
    return [Inside(found[-1], None, found[0], found[0], found[2] == b"P", in_front(line, rest or b""))]


def docker(line: bytes) -> list[Inside] | None:
    rest = after_any(line, RFC3339, rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
    return None if rest is None else [Inside(rest, None, b"", time=in_front(line, rest))]


def compose(line: bytes) -> list[Inside] | None:
    name = rb"[A-Za-z0-9][A-Za-z0-9_.@-]{0,127}"
    bracketed = follow(line, _COLOURS, rb"\[", name, rb"\]", _COLOURS, b" ")
    # Digits with a dot are no name, but the seconds since the start that the journal writes.
    if bracketed is not None and re.fullmatch(rb"\d+\.\d+", bracketed[2]) is None:
        return [_timed_by_pm2(Inside(bracketed[-1], bracketed[2], masked(bracketed[2])))]
    # A number and a bar are pm2's, unless no name follows: then the number is one.
    for before in (rb"(\d\d:\d\d:\d\d |\d{1,5}\|)", b""):
        found = follow(line, _COLOURS, before, name)
        rest = None if found is None else _behind_name(found)
        if found is not None and rest is not None:
            return [_timed_by_pm2(Inside(rest, found[2], masked(found[2])))]
    return None


def _behind_name(found: Sequence[bytes]) -> bytes | None:
    """Return what follows the name and the bar, given the colours, what precedes the name, the name and the rest."""
    ways = [(b" *", rb"\| ")]
    if found[0]:
        ways = [(rb" *\|", b" " + COLOUR), (rb" *\|", COLOUR + b" "), (b" *" + COLOUR, rb" *\| ")]
    rests = [follow(found[-1], *way) for way in ways]
    return next((each[-1] for each in rests if each is not None), None)


def kubectl(line: bytes) -> list[Inside] | None:
    name, word = rb'[^/\] "]{1,253}', rb"[a-z0-9][a-z0-9.-]{0,252}"
    begun = follow(line, _COLOURS)
    line = line if begun is None else begun[-1]
    found = follow(line, rb"\[pod/", name, b"/", name, rb"\]", _COLOURS, b" ")
    found = found or follow(line, rb"\[", word, b" ", word, rb"\]", _COLOURS, b" ")
    if found is None:
        kail = follow(line, word, b"/", word, rb"\[", word, rb"\]", _COLOURS, b":", _COLOURS, b" ")
        found = None if kail is None else kail[1:]
    return None if found is None else [_timed(Inside(found[-1], found[1], masked(found[3])))]


def _is_pod(word: bytes) -> bool:
    if not word or not fits(word, rb"[a-z0-9][a-z0-9.-]*[a-z0-9]"):
        return False
    return any(
        word[at : at + 1] == b"-" and at - 1 <= 251 and len(word) - 2 - at <= 251 for at in range(1, len(word) - 1)
    )


def stern_of(names: int) -> Read:
    def read(line: bytes) -> list[Inside] | None:
        words = line.split(b" ", names)
        if len(words) <= names:
            return None
        bare = [follow(word, COLOUR, b"[^\x1b]*", COLOUR) for word in words[:-1]]
        if all(each is not None and not each[-1] for each in bare):
            words = [*(each[1] for each in bare if each is not None), words[-1]]
        *spaces, pod, container = words[:-1]
        if not all(fits(word, LABEL) for word in (*spaces, container)) or not _is_pod(pod):
            return None
        return [_timed(Inside(words[-1], pod, masked(container)))]

    return read


def heroku(line: bytes) -> list[Inside] | None:
    dyno = rb"[A-Za-z_-]{1,64}(\.[0-9A-Za-z-]{1,64})?"
    found = follow(line, _COLOURS, ISO, b" ", b"app|heroku", rb"\[", dyno, rb"\]", b":", _COLOURS, b" ")
    if found is not None:
        return [Inside(found[-1], found[5], masked(b"".join(found[3:7])), time=found[1])]
    front = follow(line, rb"(\d{1,5} )?<\d{1,3}>\d ")
    rest = None if front is None else after_any(front[-1], ISO)
    if front is None or rest is None:
        return None
    found = follow(rest, b"[^ ]{1,255}", b" ", b"app|heroku", b" ", dyno, b" - ")
    if found is None:
        return None
    return [Inside(found[-1], found[4], masked(b"".join(found[2:5])), time=in_front(front[-1], rest))]


def fly(line: bytes) -> list[Inside] | None:
    colours = rb"(%b)*" % COLOUR
    gap = (colours, b" ", colours)
    machine = (b"app|runner|proxy|machine", colours, rb"\[", colours, b"[0-9A-Za-z_-]{1,64}", colours, rb"\]")
    level = (rb"\[", colours, b"[a-z]{1,8}", colours, rb"\] ?")
    found = follow(line, colours, ISO, *gap, *machine, *gap, b"[a-z]{3}", *gap, *level)
    return None if found is None else [Inside(found[-1], found[9], masked(b"".join(found[5:12])), time=found[1])]


def fastly(line: bytes) -> list[Inside] | None:
    found = follow(
        line, rb"<\d{1,3}>", ISO, b" ", b"cache-[0-9a-z-]{1,64}", b" ", rb'[^ \[\]"]{1,128}', rb"\[\d{1,10}\]: "
    )
    return None if found is None else [Inside(found[-1], found[3], masked(found[5]), time=found[1])]


def logentries(line: bytes) -> list[Inside] | None:
    token, blank, rest = line.partition(b" ")
    if not blank or not fits(token, b"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"):
        return None
    first, _, second = rest.partition(b" ")
    named = named_program(rest) if is_host(first) else None
    return [Inside(rest, None, b"") if named is None or not second else named]


def awslogs(line: bytes) -> list[Inside] | None:
    rest = after_any(line, rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+\d\d:\d\d")
    stream, blank, text = b"" if rest is None else rest, b"", b""
    stream, blank, text = stream.partition(b" ")
    if not blank or not 1 <= len(stream) <= 512 or any(byte in b'"*' for byte in stream):
        return None
    return [Inside(text, stream, masked(stream), time=in_front(line, rest or b""))]


def digitalocean(line: bytes) -> list[Inside] | None:
    name, _, rest = line.partition(b" ")
    text = after_any(rest, ISO) if fits(name, rb"[a-z]([a-z0-9-]{0,62}[a-z0-9])?") else None
    return None if text is None else [Inside(text, name, masked(name), time=in_front(rest, text))]


def logcli(line: bytes) -> list[Inside] | None:
    time = follow(line, RFC3339, rb" \{")
    is_coloured = time is None
    if time is None:
        time = follow(line, COLOUR, RFC3339, COLOUR, b" ", COLOUR, rb"\{")
    if time is None:
        return None
    block = time[-1]
    at, labels = 0, dict[str, bytes]()
    while block[at : at + 1] != b"}":
        if at >= len(block):
            return None
        if block[at : at + 1] == b'"':
            end = string_end(block, at + 1)
            if end is None:
                return None
            name = re.search(rb"[A-Za-z_][A-Za-z0-9_]*=\Z", block[:at])
            if name is not None and end > at + 1:
                labels[name[0][:-1].decode()] = block[at + 1 : end]
            at = end
        at += 1
    rest = block[at + 1 :]
    if is_coloured:
        found = follow(rest, b" *", COLOUR)
        if found is None:
            return None
        rest = found[-1]
    if not rest.startswith(b" "):
        return None
    source = next((labels[name] for name in LOKI_LABELS if name in labels), None)
    origin = b"\0".join(masked(labels[name]) for name in ("container", "app", "job") if name in labels)
    return [Inside(rest.lstrip(b" "), source, origin, time=time[1 if is_coloured else 0])]
