"""The walk "Add an alert" of docs/EXTENDING.md, step by step, with the code that stands there."""

import re
from pathlib import Path
from typing import Any

from http_monitor import alerts
from http_monitor.clock import ManualClock
from http_monitor.ports.alert import Alert
from http_monitor.settings import Settings
from http_monitor.units import iso_utc
from tests.harness import START_US, Recorder, ScriptedSource, make_monitor

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "EXTENDING.md").read_text(encoding="utf-8")
SETTINGS = Settings(window_s=30)


def code_of_the_walk() -> dict[str, Any]:
    """Return the names that the walk's code defines, in a module that has those of the alerts package."""
    _, _, walk = PAGE.partition("\n## Add an alert\n")
    new_file, changed_list = re.findall(r"```python\n(.*?)```", walk.partition("\n## ")[0], re.DOTALL)
    names: dict[str, Any] = dict(vars(alerts))
    for code in (new_file, changed_list):
        exec(compile(code, "docs/EXTENDING.md", "exec"), names)
    return names


def judged_by(rule: Alert, hits_of_seconds: list[tuple[int, int]]) -> Recorder:
    """Return the messages of a live monitor with one rule; each second has (found, not found) requests."""
    clock = ManualClock(START_US)
    source = ScriptedSource([], ends=False)
    monitor, recorder = make_monitor(SETTINGS, [source], clock, alerts=[rule])
    monitor.step()
    for second, (found, not_found) in enumerate(hits_of_seconds):
        stamp = f"14/Nov/2023:22:{13 + (20 + second) // 60}:{(20 + second) % 60:02} +0000"
        source.write(
            f'203.0.113.9 - - [{stamp}] "GET / HTTP/1.1" 200 7\n'.encode() * found
            + f'203.0.113.9 - - [{stamp}] "GET /x HTTP/1.1" 404 0\n'.encode() * not_found
        )
        clock.advance(1)
        monitor.step()
    return recorder


def test_the_alert_of_the_walk_raises_and_recovers() -> None:
    rule = code_of_the_walk()["NotFoundAlert"](50.0, 20)

    recorder = judged_by(rule, [(10, 0), (10, 0), (0, 20), (0, 1), *[(0, 0)] * 40])

    assert [(e.state, e.name, e.subject, iso_utc(e.at_us), e.value, e.hits) for e in recorder.events] == [
        ("raised", "not-found", None, "2023-11-14T22:13:24Z", 100 * 21 / 41, 41),
        ("recovered", "not-found", None, "2023-11-14T22:13:53Z", 0.0, 1),
    ]
    assert recorder.events[0].message.startswith(
        "Many requests for nothing generated an alert - not found = 51.22 %, triggered at "
    )
    assert recorder.events[1].message.startswith(
        "Many requests for nothing alert recovered - not found = 0.00 %, recovered at "
    )


def test_the_alert_of_the_walk_changes_nothing_at_its_threshold() -> None:
    rule = code_of_the_walk()["NotFoundAlert"](50.0, 20)
    assert judged_by(rule, [(20, 20), *[(0, 0)] * 40]).events == []


def test_the_list_of_the_walk_is_the_one_there_is_with_the_new_alert_behind() -> None:
    listed = code_of_the_walk()["default_alerts"](SETTINGS)
    assert [rule.name for rule in listed] == [*(rule.name for rule in alerts.default_alerts(SETTINGS)), "not-found"]
    assert all(isinstance(rule.threshold, float) for rule in listed)
