from http_monitor.dashboard.drawing.panels import paint_panel
from http_monitor.dashboard.state.facts import Facts
from http_monitor.dashboard.steering import Steering
from tests import dashboard_samples as samples
from tests.dashboard_samples import screen


def opened(panel: str) -> Steering:
    """Return the state in which the second row of a panel is open, in three rows and a title."""
    steering = Steering(samples.alerting().facts)
    steering.receive(samples.answers())
    steering.panel_width, steering.panel_height = 60, 4
    steering.show_panel(panel)
    steering.move(1)
    steering.enter()
    return steering


def top_row(steering: Steering) -> str:
    return screen(paint_panel(steering.picture(), 60, 4))[1]


def test_what_is_open_scrolls_by_the_keys_of_lists_and_no_further_than_its_end() -> None:
    steering = opened("lines")
    first = top_row(steering)
    assert first.startswith("198.51.100.1 - - [")
    steering.move(-1)
    assert top_row(steering) == first
    steering.move(3)
    assert top_row(steering).startswith("time ")
    steering.edge(1)
    assert steering.scene.open_top == 12 - 3
    steering.move(1)
    assert steering.scene.open_top == 12 - 3
    steering.edge(-1)
    assert top_row(steering) == first


def test_the_list_is_where_it_was_when_what_was_open_is_closed() -> None:
    for panel in ("lines", "alerts"):
        steering = opened(panel)
        steering.page(1)
        assert steering.scene.open_top == 2
        steering.back()
        assert steering.cursor_row == 1
        steering.enter()
        assert steering.scene.open_top == 0


def test_a_short_alert_does_not_scroll() -> None:
    steering = Steering(Facts(title="a.log", episodes=samples.episodes()))
    steering.show_panel("alerts")
    steering.panel_height = 40
    steering.enter()
    steering.move(5)
    assert steering.scene.open_top == 0
