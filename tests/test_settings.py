"""Settings check themselves, whatever code makes them."""

from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest

from http_monitor.alerts import default_alerts
from http_monitor.arguments.options import GROUPS
from http_monitor.choices import MAX_BUCKETS, MAX_DURATION_S, GivenFile
from http_monitor.errors import UsageError
from http_monitor.settings import HARMLESS, KEPT, OPTIONS_OF_COUNTS, Settings
from http_monitor.units import US_PER_S


def test_the_defaults_are_those_of_the_design() -> None:
    settings = Settings()
    assert (settings.files, settings.format) == (("/tmp/access.log",), "auto")
    assert (settings.interval_s, settings.window_s, settings.bucket_size_s) == (10, 120, 1)
    assert (settings.bucket_waits_s, settings.max_ahead_s, settings.time) == (1, 60, "event")
    assert (Settings(replay=True).bucket_waits_s, Settings(replay=True, lateness_s=2).bucket_waits_s) == (60, 2)
    assert (settings.alert_threshold, settings.alert_error_rate, settings.ddos_threshold) == (10.0, 5.0, 5.0)
    assert settings.alert_malformed is None
    assert (settings.alert_min_hits, settings.top, settings.max_keys) == (20, 5, 1_000)
    assert (settings.output, settings.color, settings.duration_s) == ("text", "auto", None)
    assert (settings.traffic_rate, settings.traffic_scenario, settings.seed) == (20, "random", None)
    assert not any((settings.from_start, settings.replay, settings.give_me_traffic, settings.traffic_append))


def test_settings_cannot_be_changed() -> None:
    settings: Any = Settings()
    with pytest.raises(FrozenInstanceError):
        settings.top = 3


@pytest.mark.parametrize(
    ("fields", "option"),
    [
        ({"files": ()}, "--file"),
        ({"files": ("a", "")}, "--file"),
        ({"files": ("a\0",)}, "--file"),
        ({"format": ""}, "--format"),
        ({"interval_s": 0}, "--interval"),
        ({"window_s": -120}, "--window"),
        ({"bucket_size_s": 0}, "--bucket-size"),
        ({"interval_s": 7, "bucket_size_s": 5}, "--interval"),
        ({"window_s": 12, "bucket_size_s": 5}, "--window"),
        ({"window_s": MAX_BUCKETS + 1}, "--window"),
        ({"lateness_s": -1}, "--lateness"),
        ({"lateness_s": MAX_DURATION_S + 1}, "--lateness"),
        ({"max_ahead_s": -1}, "--max-ahead"),
        ({"duration_s": 0}, "--duration"),
        ({"duration_s": 1, "replay": True}, "--duration"),
        ({"time": "arrival", "replay": True}, "--time"),
        ({"time": "x"}, "--time"),
        ({"output": "x"}, "--output"),
        ({"color": "x"}, "--color"),
        ({"traffic_scenario": "x"}, "--traffic-scenario"),
        ({"alert_threshold": 0.0}, "--alert-threshold"),
        ({"alert_threshold": float("nan")}, "--alert-threshold"),
        ({"alert_error_rate": float("inf")}, "--alert-error-rate"),
        ({"alert_error_rate": 100.5}, "--alert-error-rate"),
        ({"ddos_threshold": 1e10}, "--ddos-threshold"),
        ({"alert_malformed": 0.0}, "--alert-malformed"),
        ({"alert_malformed": 100.5}, "--alert-malformed"),
        ({"alert_min_hits": -1}, "--alert-min-hits"),
        ({"top": 0}, "--top"),
        ({"max_keys": 0}, "--max-keys"),
        ({"traffic_rate": 0}, "--traffic-rate"),
        ({"seed": -1}, "--seed"),
        ({"seed": 1 << 63}, "--seed"),
        ({"give_me_traffic": True, "files": ("a", "b")}, "--give-me-traffic"),
        ({"give_me_traffic": True, "files": ("log[1]",)}, "--give-me-traffic"),
        ({"give_me_traffic": True, "replay": True}, "--give-me-traffic"),
    ],
)
def test_a_value_that_no_run_can_have_is_refused_by_the_name_of_its_option(fields: dict[str, Any], option: str) -> None:
    with pytest.raises(UsageError, match=rf"^{option}: (got|takes) .+$"):
        Settings(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"interval_s": 10, "window_s": 120, "bucket_size_s": 5},
        {"interval_s": 120, "window_s": 60, "bucket_size_s": 60},
        {"window_s": MAX_BUCKETS},
        {"window_s": MAX_DURATION_S, "interval_s": 86_400, "bucket_size_s": 86_400},
        {"lateness_s": 0, "max_ahead_s": 0},
        {"alert_error_rate": 100.0, "alert_min_hits": 0},
        {"files": ("-",)},
        {"give_me_traffic": True, "duration_s": 1, "from_start": True},
    ],
)
def test_a_value_at_the_edge_is_taken(fields: dict[str, Any]) -> None:
    settings = Settings(**fields)
    for field, value in fields.items():
        assert getattr(settings, field) == value


def test_the_longest_durations_do_not_overflow_time() -> None:
    # The last second of the year 9998, plus every duration that can be added to it.
    assert 253_370_764_799 * US_PER_S + 4 * MAX_DURATION_S * US_PER_S < 1 << 62


@pytest.mark.parametrize("via", ["", " ", "''", "'open", "a\0b"])
def test_a_prefix_that_is_no_command_is_refused(via: str) -> None:
    with pytest.raises(UsageError, match=r"--via: got '.*', takes a command such as 'ssh web1'"):
        Settings(given=(GivenFile("a", "a", None, via),))


def test_every_setting_is_kept_in_a_checkpoint_or_named_as_harmless() -> None:
    names = {field.name for field in fields(Settings)}
    assert {*KEPT} | HARMLESS == names
    assert not {*KEPT} & HARMLESS


def test_the_options_of_counts_are_options_of_the_command_line() -> None:
    flags = {flag: option.field for group in GROUPS for option in group.options for flag in option.flags}
    assert {flags[flag]: flag for flag in OPTIONS_OF_COUNTS.values()} == OPTIONS_OF_COUNTS


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("status >= 500", True),
        ('path ~ "x" and not status == none', False),
        ("status!=none", False),
        ("status != none and status < 500", True),
        ("status != nonesuch", True),
        ('path == "status"', False),
        ("path == 'a\\'status'", False),
        ('agent ~ "a\\" status"', False),
    ],
)
def test_a_run_whose_filter_names_the_status_does_not_judge_it(expression: str, named: bool) -> None:
    settings = Settings(filters=('host == "a"', expression))
    assert settings.filters_status is named
    assert ("error-rate" in [alert.name for alert in default_alerts(settings)]) is not named
