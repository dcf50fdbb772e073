"""What the regions of the screen are drawn from."""

from dataclasses import dataclass, field

from http_monitor.dashboard.state.answers import Answers
from http_monitor.dashboard.state.facts import Facts
from http_monitor.dashboard.state.place import Place
from http_monitor.dashboard.state.scene import Scene


@dataclass(frozen=True, slots=True)
class Picture:
    """What a region is drawn from."""

    scene: Scene
    facts: Facts
    answers: Answers = field(default=Answers())
    place: Place = field(default=Place())
    """The place of the cursor in the panel that is drawn."""
    is_dimmed: bool = False
    """The panel does not have the keyboard, so it shows no cursor."""
