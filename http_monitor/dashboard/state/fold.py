"""Folds the messages of a run into what is known of it."""

import math
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from http_monitor import figures
from http_monitor.dashboard.state.facts import Episode, Facts, Phase
from http_monitor.report import AlertEvent, CaughtUp, Message, Notice, Pulse, Report, Summary

MAX_EPISODES = 1_000
MAX_NOTICES = 100
EARLIER = "raised before the start of this run"
"""What is read at an alert whose raise this run has not seen."""


def fold(facts: Facts, messages: Iterable[Message], dropped: int = 0) -> Facts:
    """Return what is known after some more messages.

    Episodes and notices are bounded: of the former, the oldest past ones are left out first, and counted.

    Args:
        facts: What was known before.
        messages: What has been said since; events before the report of their time.
        dropped: Number of alert events among them that are lacking.
    """
    facts = replace(facts, events_dropped=facts.events_dropped + dropped) if dropped else facts
    for message in messages:
        match message:
            case Report():
                facts = _agree(replace(facts, report=message), message)
            case Pulse():
                facts = replace(facts, pulse=message)
            case Summary():
                facts = replace(facts, summary=message)
            case AlertEvent(state="raised"):
                facts = _with_episodes(facts, (Episode(message), *facts.episodes))
            case AlertEvent():
                facts = _with_episodes(facts, _recovered(facts.episodes, message))
            case CaughtUp():
                facts = _noticed(facts, Notice(describe_catch_up(message), name="caught-up", at_us=message.at_us))
            case Notice():
                facts = _noticed(facts, message)
    return facts


def phase_of(facts: Facts, *, is_ended: bool, is_paused: bool) -> Phase:
    """Return the state of a run.

    Args:
        facts: What is known of it.
        is_ended: Its thread has ended.
        is_paused: It is a replay that stands still.
    """
    if facts.failure:
        return "failed"
    if is_ended:
        return "finished"
    if facts.is_replay:
        if facts.now_us is None and facts.report is None:
            return "starting"
        return "paused" if is_paused else "playing"
    if facts.pulse is None:
        return "starting"
    if facts.pulse.waiting_for and not facts.pulse.window_hits_per_s:
        return "waiting"
    return "catching up" if facts.pulse.lag_s else "live"


def describe_catch_up(done: CaughtUp) -> str:
    """Return a sentence about a backlog that was processed."""
    return f"caught up: {figures.backlog(done.span_s, done.lines, done.alerts)}"


def _recovered(episodes: Sequence[Episode], event: AlertEvent) -> tuple[Episode, ...]:
    for place, episode in enumerate(episodes):
        raised = episode.raised
        if episode.recovered is None and (raised.name, raised.subject) == (event.name, event.subject):
            return (*episodes[:place], replace(episode, recovered=event), *episodes[place + 1 :])
    return _sorted([Episode(_earlier(event.name, event.subject, event.at_us, event), event), *episodes])


def _agree(facts: Facts, report: Report) -> Facts:
    """Return the facts with the alerts that are active by a report.

    Those that an earlier run has raised are added: this one resumed their state, not their events. Those whose recovery
    was dropped for lack of room are left out.
    """
    active = {(alert.name, alert.subject) for alert in report.active}
    if facts.events_dropped:
        ended = [
            place
            for place, episode in enumerate(facts.episodes)
            if episode.recovered is None
            and episode.raised.at_us <= report.end_us
            and (episode.raised.name, episode.raised.subject) not in active
        ]
        facts = _without(facts, frozenset(ended)) if ended else facts
    # A known one may have recovered since the report.
    known = {(episode.raised.name, episode.raised.subject, episode.raised.at_us) for episode in facts.episodes}
    earlier = [
        Episode(_earlier(alert.name, alert.subject, alert.since_us))
        for alert in report.active
        if (alert.name, alert.subject, alert.since_us) not in known
    ]
    return _with_episodes(facts, _sorted([*earlier, *facts.episodes])) if earlier else facts


def _earlier(name: str, subject: bytes | None, at_us: int, recovered: AlertEvent | None = None) -> AlertEvent:
    """Return a raise of which only the time is known; its numbers are not."""
    window_s, unit = (0, "") if recovered is None else (recovered.window_s, recovered.unit)
    title = name if recovered is None else recovered.title
    threshold = math.nan if recovered is None else recovered.threshold
    return AlertEvent("raised", name, subject, at_us, math.nan, threshold, 0, window_s, title, EARLIER, unit)


def _sorted(episodes: Iterable[Episode]) -> tuple[Episode, ...]:
    return tuple(sorted(episodes, key=lambda episode: episode.raised.at_us, reverse=True))


def _with_episodes(facts: Facts, episodes: Sequence[Episode]) -> Facts:
    """Return the facts with these episodes, newest first; beyond the limit the oldest past ones are left out first."""
    over = len(episodes) - MAX_EPISODES
    if over <= 0:
        return replace(facts, episodes=tuple(episodes))
    oldest = sorted(range(len(episodes)), key=lambda place: (episodes[place].recovered is None, -place))
    return _without(replace(facts, episodes=tuple(episodes)), frozenset(oldest[:over]))


def _without(facts: Facts, gone: Container[int]) -> Facts:
    """Return the facts without the episodes at some places, whose events are counted as dropped."""
    kept, dropped = [], facts.events_dropped
    for place, episode in enumerate(facts.episodes):
        if place not in gone:
            kept.append(episode)
        else:
            dropped += 1 + (episode.recovered is not None)
    return replace(facts, episodes=tuple(kept), events_dropped=dropped)


def _noticed(facts: Facts, notice: Notice) -> Facts:
    return replace(facts, notices=(notice, *facts.notices)[:MAX_NOTICES])
