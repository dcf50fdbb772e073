"""The line that the user edits."""

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import Binding
from textual.events import Key
from textual.widgets import Input


def _actions() -> Mapping[str, str]:
    """Return what the keys of an input do, but for those that are text."""
    bound = [each for each in Input.BINDINGS if isinstance(each, Binding)]
    return {key.strip(): each.action for each in bound for key in each.key.split(",")}


class Entry(Input):
    """An input to which keys are given one by one, each of which is done before the next."""

    ACTIONS: ClassVar[Mapping[str, str]] = _actions()

    async def take(self, event: Key) -> None:
        """Do what a key does to the text."""
        action = self.ACTIONS.get(event.key)
        if action is not None:
            await self.run_action(action)
        elif event.is_printable and event.character is not None:
            if self.selection.is_empty:
                self.insert_text_at_cursor(event.character)
            else:
                self.replace(event.character, *self.selection)
