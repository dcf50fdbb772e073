"""Reads objects of one shape: the meanings of their keys, and whether they record a request."""

import re
from collections.abc import Sequence
from typing import Literal

from http_monitor.parser.fields.field import Role
from http_monitor.parser.fields.row_builder import Meaning
from http_monitor.parser.jsonl.key_book import Found, Object
from http_monitor.parser.jsonl.mending import mends_of
from http_monitor.parser.jsonl.text import scalar_text, value_at
from http_monitor.parser.jsonl.values import FIRM, can_be, is_nothing, text_of

Part = Literal["whole", "first", "maybe first", "last", "again"]
"""The position of an object among its request's lines: the only one; the first; the first if its message says so; the
last, which may follow others; a repetition of another."""

NOT_COUNTED: tuple[Role, ...] = ("ident", "protocol", "port", "request_id")
_REQUEST: tuple[Role, ...] = ("request", "method", "target", "path")
_TARGET: tuple[Role, ...] = ("target", "path")
_ENDED: tuple[Role, ...] = ("status", "duration")
# Fastify, pino-http and Logbook: a line with these keys, and not with the one of the answer, is followed by another.
_FIRST = (
    (frozenset(("reqid", "req")), "res"),
    (frozenset(("req.id", "pid", "hostname", "level")), "res"),
    (frozenset(("origin", "type", "correlation")), "status"),
)
_MESSAGES = ("msg", "message", "event", "@m", "@mt", "text", "log")
_LEVELS = ("level", "severity", "levelname", "loglevel", "lvl", "priority", "@l", "logger", "category")
_BEGINS = re.compile(
    rb"(?i)\W*(?:(?:incoming|received|started|starting|start of|begin|processing) (?:http |processing )?request\b"
    rb"|started processing|started\W*\Z|started [A-Z]+ \"|authoriz(?:ed|ing) request|HostingRequestStarting"
    rb"|(?:http[ _])?request[ _](?:started|starting|start|received|begins?|begun|incoming)\b).*",
    re.DOTALL,
)
_LONGEST_MESSAGE = 200


class Layout:
    """The meanings of the keys of one shape.

    Args:
        found: The possible meanings of the keys.
        kind: Kind of batches of such lines.
        declared: The user gave the meanings.
    """

    def __init__(self, found: Found, kind: str, *, declared: bool) -> None:
        self.candidates = found.candidates
        self.fields = tuple(candidate.field for candidate in found.candidates)
        self.meaning = Meaning(self.fields, kind)
        self.places: dict[Role, list[int]] = {}
        """For each role, the candidates in order of precedence."""
        for index, field in enumerate(self.fields):
            if field.role is not None:
                self.places.setdefault(field.role, []).append(index)
        self.declared = declared
        self.is_asked = any(role in self.places for role in _REQUEST)
        """A key may contain a part of the request."""
        self.mends = mends_of(found.names)
        names = frozenset(found.names)
        self._message = next((found.names[name] for name in _MESSAGES if name in names), None)
        self.is_log = self._message is not None and ("time" in self.places or not names.isdisjoint(_LEVELS))
        """If it lacks all fields of a request, it is a message of the server or of a program."""
        self.part: Part = "whole" if declared else self._part(names)

    @property
    def is_open(self) -> bool:
        """It is a program's message with a request and without a status."""
        return self.is_log and self.is_asked and "status" not in self.places

    @property
    def is_closed(self) -> bool:
        """It is a program's message with a status."""
        return self.is_log and "status" in self.places

    def mend(self, found: Object) -> Object:
        """Return an object with values corrected that depend on each other; its keys are unchanged."""
        for mend in self.mends:
            found = mend(found)
        return found

    def texts_in(self, found: Object) -> list[bytes | None]:
        """Return the text of each candidate, None for those that do not count; at most one per role does."""
        texts: list[bytes | None] = [None] * len(self.fields)
        for role, places in self.places.items():
            index, text = self._choose(found, role, places)
            if index is not None:
                texts[index] = text
        return texts

    def text(self, texts: Sequence[bytes | None], role: Role) -> bytes | None:
        """Return the text of a role."""
        return next((texts[index] for index in self.places.get(role, ()) if texts[index] is not None), None)

    def is_hit(self, texts: Sequence[bytes | None]) -> bool:
        """Return whether the texts record a request; a target alone does not."""
        said = {role for role in (*_REQUEST, "status", "host") if self.text(texts, role)}
        if self.declared:
            return not said.isdisjoint((*_REQUEST, "status"))
        return not said.isdisjoint(("request", "status", "method")) or ("host" in said and not said.isdisjoint(_TARGET))

    def lacks_time(self, texts: Sequence[bytes | None]) -> bool:
        """Return whether no key must be the time, and no key that may be the time is one."""
        return self.text(texts, "time") is None and all(
            self.candidates[index].vague for index in self.places.get("time", ())
        )

    def begins(self, found: Object) -> bool:
        """Return whether an object is the first line of a request."""
        if self.part != "maybe first":
            return self.part == "first"
        text = scalar_text(value_at(found, self._message or ()))
        return text is not None and _BEGINS.fullmatch(text[:_LONGEST_MESSAGE]) is not None

    def _part(self, names: frozenset[str]) -> Part:
        ended = any(role in self.places for role in _ENDED)
        if "reqid" in names and "err" in names and "res" in names and "duration" not in self.places:
            return "again"  # Fastify logs an error before the end of the request
        if self.is_asked and not ended:
            if any(wanted <= names and answer not in names for wanted, answer in _FIRST):
                return "first"
            return "maybe first" if self._message is not None else "whole"
        return "last" if "status" in self.places and "request_id" in self.places else "whole"

    def _choose(self, found: Object, role: Role, places: Sequence[int]) -> tuple[int | None, bytes | None]:
        wrong: tuple[int, bytes] | None = None
        nothing: tuple[int, bytes] | None = None
        for index in places:
            candidate = self.candidates[index]
            text = text_of(value_at(found, candidate.path), role)
            if text is None:
                continue
            if can_be(text, candidate.field, vague=candidate.vague, declared=self.declared):
                return index, text
            if candidate.vague:
                continue
            if is_nothing(text, role):
                nothing = nothing or (index, text)
            elif role in FIRM or self.declared:
                wrong = wrong or (index, text)
        return wrong or nothing or (None, None)
