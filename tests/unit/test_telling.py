"""What the group is told of a letter that waits, and when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.outbox import State
from lagesbild.digests.rules import (
    LATEST,
    REMINDED,
    SILENCE,
    Delivery,
    Kind,
    Run,
    RunState,
    telling,
)
from lagesbild.digests.rules.telling import Waited
from lagesbild.people.rules import Group
from tests.build import NOBODY

W47 = Period.named("2026-W47")
WALL = datetime(2026, 11, 19, 15, tzinfo=STOCKHOLM)
DUE = WALL.astimezone(UTC)
SECOND = timedelta(seconds=1)
DRAFT = Run(NOBODY, W47.name, Kind.LETTER, 1, DUE, RunState.DRAFT, late=False, made_at=DUE)
APPROVED = replace(DRAFT, state=RunState.APPROVED, approved_at=DUE - SILENCE)
LEFT = replace(APPROVED, state=RunState.RELEASED, released_at=DUE)
BASE = "https://lagesbild.as.example/"


def wanted(run: Run | None, now: datetime, *known: Kind, waits: bool = False) -> list[Kind]:
    return telling.wanted(Waited(W47, WALL, run, waits=waits), known, now)


@pytest.mark.parametrize("run", [None, DRAFT])
@pytest.mark.parametrize(
    ("now", "kinds"),
    [
        (DUE - REMINDED - SECOND, []),
        (DUE - REMINDED, [Kind.REMINDER]),
        (DUE - SECOND, [Kind.REMINDER]),
        (DUE, [Kind.ESCALATION, Kind.DELAYED]),
        (DUE + SILENCE - SECOND, [Kind.ESCALATION, Kind.DELAYED]),
        (DUE + SILENCE, [Kind.ESCALATION, Kind.DELAYED, Kind.ALARM]),
        (DUE + LATEST, [Kind.ESCALATION, Kind.DELAYED, Kind.ALARM]),
        (DUE + LATEST + SECOND, [Kind.ALARM]),
    ],
)
def test_an_unapproved_letter_is_told_of_step_by_step(
    run: Run | None, now: datetime, kinds: list[Kind]
) -> None:
    assert wanted(run, now) == kinds


def test_what_is_known_is_not_told_again() -> None:
    assert wanted(DRAFT, DUE + SILENCE, Kind.DELAYED, Kind.ALARM) == [Kind.ESCALATION]


@pytest.mark.parametrize(
    ("now", "kinds"),
    [(DUE - SECOND, []), (DUE, []), (DUE + SILENCE - SECOND, []), (DUE + SILENCE, [Kind.ALARM])],
)
def test_an_approved_letter_that_does_not_leave_is_an_alarm(
    now: datetime, kinds: list[Kind]
) -> None:
    assert wanted(APPROVED, now) == kinds


@pytest.mark.parametrize(("waits", "kinds"), [(False, []), (True, [Kind.ALARM])])
def test_one_that_has_left_is_an_alarm_only_while_a_mail_server_does_not_take_it(
    kinds: list[Kind], *, waits: bool
) -> None:
    assert wanted(LEFT, DUE + SILENCE, waits=waits) == kinds


def test_after_a_restore_only_what_has_passed_counts_as_told() -> None:
    assert telling.passed(WALL, DUE - REMINDED - SECOND) == []
    assert telling.passed(WALL, DUE - SECOND) == [Kind.REMINDER]
    assert Kind.ALARM not in telling.passed(WALL, DUE + SILENCE - SECOND)
    assert Kind.ALARM in telling.passed(WALL, DUE + SILENCE)


@pytest.mark.parametrize(
    ("run", "says"),
    [
        (None, "Lägesbilden är inte fastställd, så det finns inget utkast än."),
        (DRAFT, "Utkastet är skrivet men inte godkänt."),
    ],
)
def test_the_reminder_says_when_it_goes_and_why_it_waits(
    any_group: Group, run: Run | None, says: str
) -> None:
    found = telling.reminder(any_group, Waited(W47, WALL, run), BASE)
    assert found.subject == "Brevet för v. 47 väntar på att godkännas"
    assert f"går tors 19 nov kl. 15.00, om det är godkänt. {says}" in found.text
    assert found.text.endswith("https://lagesbild.as.example/g/as/utskick/2026-W47\n")


@pytest.mark.parametrize("is_told", [True, False])
def test_the_escalation_claims_that_readers_were_told_only_if_they_were(
    any_group: Group, *, is_told: bool
) -> None:
    found = telling.escalation(any_group, Waited(W47, WALL, DRAFT), BASE, is_told=is_told)
    assert ("Mottagarna har fått besked" in found.text) is is_told


@pytest.mark.parametrize(
    ("run", "says"),
    [
        (None, "inte fastställd"),
        (DRAFT, "inte godkänt"),
        (APPROVED, "godkänt men har inte skickats"),
        (LEFT, "mejlservern har inte tagit emot det till alla"),
    ],
)
def test_the_alarm_says_where_the_letter_is(any_group: Group, run: Run | None, says: str) -> None:
    found = telling.alarm(any_group, Waited(W47, WALL, run), BASE)
    assert found.subject == "Larm: brevet för v. 47 har inte gått"
    assert says in found.text


@pytest.mark.parametrize(
    ("run", "subject"),
    [
        (replace(DRAFT, kind=Kind.EXTRA, version=7), "Ett extra brev väntar på att godkännas"),
        (
            replace(DRAFT, version=2),
            "En rättelse av brevet för v. 47 väntar på att godkännas",
        ),
    ],
)
def test_what_has_no_set_time_is_told_of_when_it_is_drafted(
    any_group: Group, run: Run, subject: str
) -> None:
    assert telling.reminder_of(any_group, run, W47, BASE).subject == subject


@pytest.mark.parametrize(
    ("kind", "after", "kinds"),
    [
        (Kind.EXTRA, REMINDED - SECOND, [Kind.REMINDER]),
        (Kind.EXTRA, REMINDED, [Kind.REMINDER, Kind.ESCALATION]),
        (Kind.LETTER, 9 * REMINDED, [Kind.REMINDER]),  # of a correction at night, once is enough
    ],
)
def test_an_extra_letter_that_waits_for_an_hour_is_told_of_to_deputies(
    kind: Kind, after: timedelta, kinds: list[Kind]
) -> None:
    run = replace(DRAFT, kind=kind, version=2)
    assert telling.wanted_of(run, DUE + after) == kinds


def test_who_was_not_reached_is_told_with_what_the_server_said(any_group: Group) -> None:
    lost = [
        Delivery(NOBODY, NOBODY, "a@as.example", State.REFUSED, 1, "550 No such user", None),
        Delivery(NOBODY, NOBODY, "b@as.example", State.UNKNOWN, 1, "Avbrutet.", None),
    ]
    found = telling.missed(any_group, LEFT, W47, lost, BASE)
    assert found.subject == "Brevet för v. 47 nådde inte alla"
    assert "a@as.example: avvisat. 550 No such user" in found.text
    assert "b@as.example: ovisst. Avbrutet." in found.text
    assert "inte igen av sig självt" in found.text
