"""Counts the calls of functions that a test is about."""

from collections import Counter
from typing import Any

import pytest


def count_calls(monkeypatch: pytest.MonkeyPatch, *targets: tuple[Any, str]) -> Counter[str]:
    """Return the number of calls by name, which grows from now on; each target is (owner, name of its function)."""
    calls: Counter[str] = Counter()

    def count(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def call(*given: Any, **named: Any) -> Any:
            calls[name] += 1
            return real(*given, **named)

        monkeypatch.setattr(owner, name, call)

    for owner, name in targets:
        count(owner, name)
    return calls
