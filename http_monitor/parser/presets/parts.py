"""The parts that lines of several servers have in common."""

import re

from http_monitor.parser.field import Field, Role, Writing
from http_monitor.parser.steps import Step


def text(literal: str) -> Step:
    """Return bytes that stand there as they are."""
    return Step(re.escape(literal), (), f"{literal!r}")


def word(name: str, role: Role | None = None, writing: Writing = "plain") -> Step:
    """Return a field that ends before the next space, or with the line."""
    return Step("([^ ]++)", (Field(name, role, writing),), name)


def quoted(name: str, role: Role | None = None) -> Step:
    """Return a field in quotes, where a backslash escapes the next byte; or a bare dash."""
    return Step(r'(?:"([^"\\]*+(?:\\.[^"\\]*+)*+)"|-(?=[ ]|\Z))', (Field(name, role),), f'{name} in " "')


def loose(name: str, role: Role | None = None) -> Step:
    """Return a field in quotes that itself may hold quotes nobody escaped, but none before a space; or a bare dash."""
    return Step(r'(?:"(.*?)"(?=[ ]|\Z)|-(?=[ ]|\Z))', (Field(name, role),), f'{name} in " "')


def bracketed(name: str, writing: Writing) -> Step:
    """Return a time in brackets."""
    return Step(r"\[([^\]]{1,40})\]", (Field(name, "time", writing),), f"{name} in [ ]")


def status(name: str) -> Step:
    """Return a status, or what says that there is none."""
    return Step(r"([1-9][0-9]{2}|0{1,3}|-1|-)(?=[ ,]|\Z)", (Field(name, "status"),), "a status of three digits")


def count(name: str, role: Role) -> Step:
    """Return a number, or a dash."""
    return Step(r"([0-9]++|-)(?=[ ]|\Z)", (Field(name, role),), f"{name}, digits or -")


def client(name: str = "client", port: str = "client_port") -> Step:
    """Return an address with its port behind the last colon."""
    return Step("([^ ]+):([0-9]++)(?=[ ])", (Field(name, "host"), Field(port)), f"{name}:port")


def spaced(*steps: Step) -> tuple[Step, ...]:
    """Return parts with a space between them."""
    return tuple(part for step in steps for part in (text(" "), step))[1:]


def behind(*steps: Step) -> tuple[Step, ...]:
    """Return parts each with the space before it, for the tail of a format."""
    return tuple(Step(f" {step.pattern}", step.fields, step.expected) for step in steps)
