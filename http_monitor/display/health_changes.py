"""Chooses the health that a block shows: what does no harm is said once."""

from http_monitor.display.health import short_words
from http_monitor.display.style import Role
from http_monitor.health import Health

Words = list[tuple[str, Role]]


class HealthChanges:
    """Knows which counters the blocks before have shown. Owned by the display."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def next_words(self, health: Health, now_us: int) -> Words:
        """Return the words for the next block (`short_words`), without what is healthy and was said with this count."""
        words = short_words(health, now_us)
        fresh = [(text, role) for text, role in words if role != "plain" or text not in self._said]
        self._said = {text for text, role in words if role == "plain"}
        return fresh
