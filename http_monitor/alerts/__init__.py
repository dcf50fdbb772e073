"""The rules that measure the window, one small file each; a new rule is a file and a row in `default_alerts`."""

from http_monitor.alerts.ddos import DdosAlert
from http_monitor.alerts.error_rate import ErrorRateAlert
from http_monitor.alerts.malformed import MalformedAlert
from http_monitor.alerts.traffic import TrafficAlert
from http_monitor.ports.alert import Alert
from http_monitor.settings import Settings

__all__ = ["DdosAlert", "ErrorRateAlert", "MalformedAlert", "TrafficAlert", "default_alerts"]


def default_alerts(settings: Settings) -> list[Alert]:
    """Return the default rules, in the order of their events."""
    alerts: list[Alert] = [TrafficAlert(settings.alert_threshold)]
    if not settings.filters_status:
        alerts.append(ErrorRateAlert(settings.alert_error_rate, settings.alert_min_hits))
    alerts.append(DdosAlert(settings.ddos_threshold))
    if settings.alert_malformed is not None:
        alerts.append(MalformedAlert(settings.alert_malformed, settings.alert_min_hits))
    return alerts
