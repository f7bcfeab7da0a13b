"""What each audience gets of an incident."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from lagesbild.incidents.rules import (
    Category,
    Incident,
    Shown,
    Verification,
    Visibility,
)
from lagesbild.incidents.rules.audiences import (
    Audience,
    shown_in_group,
    usual_visibility,
    views,
    withheld,
)
from tests.build import NOW, draft


def category(sensitivity: str) -> Category:
    return Category("BRA01", "Brand", 3, sensitivity)


def incident(**changes: Any) -> Incident:  # noqa: ANN401 – any field of an incident
    usual = draft(severity=3)
    facts = replace(usual.facts, severity=3)
    made = usual.becomes(facts, Visibility.OPEN, now=NOW)
    return replace(made, **changes)


def going(visibility: Visibility) -> Incident:
    made = incident()
    return replace(made, parts=(replace(made.parts[0], visibility=visibility),))


@pytest.mark.parametrize(
    ("sensitivity", "shown"),
    [("A", Shown.EXACT), ("B", Shown.EXACT), ("C", Shown.GRID), ("D", Shown.DISTRICT)],
)
def test_the_group_sees_a_place_by_how_sensitive_the_type_is(
    sensitivity: str, shown: Shown
) -> None:
    assert shown_in_group(sensitivity) is shown
    by_audience = {v.audience: v for v in views(incident(), category(sensitivity), "Skogås")}
    assert by_audience[Audience.GROUP].place is shown
    assert by_audience[Audience.OWN].place is Shown.EXACT


def test_nobody_outside_the_group_gets_a_row() -> None:
    outside = views(incident(), category("A"), "Skogås")[2:]
    assert [v.audience for v in outside] == [Audience.READERS, Audience.PUBLIC]
    assert all(v.place is None and v.counted for v in outside)


@pytest.mark.parametrize(
    ("visibility", "counted"),
    [
        (Visibility.OWN, (False, False, False)),
        (Visibility.GROUP, (True, False, False)),
        (Visibility.READERS, (True, True, False)),
        (Visibility.OPEN, (True, True, True)),
    ],
)
def test_an_incident_goes_as_far_as_its_owner_lets_it(
    visibility: Visibility, counted: tuple[bool, ...]
) -> None:
    found = views(going(visibility), category("A"), "Skogås")
    assert tuple(v.counted for v in found[1:]) == counted


@pytest.mark.parametrize(
    "kept",
    [
        incident(withdrawn_at=NOW),
        incident(marked=True),
        replace(incident(), facts=replace(incident().facts, severity=0)),
        replace(incident(), facts=replace(incident().facts, duplicate_of=UUID(int=1))),
        replace(incident(), facts=replace(incident().facts, verification=Verification.REJECTED)),
    ],
    ids=["withdrawn", "marked", "information", "merged", "rejected"],
)
def test_what_must_not_be_counted_outside_says_why(kept: Incident) -> None:
    for audience in (Audience.READERS, Audience.PUBLIC):
        assert withheld(kept, category("A"), audience)


@pytest.mark.parametrize(("sensitivity", "leaves"), [("A", 1), ("B", 1), ("C", 0), ("D", 0)])
def test_sensitive_types_do_not_leave_the_group(sensitivity: str, leaves: int) -> None:
    assert (withheld(incident(), category(sensitivity), Audience.READERS) == "") is bool(leaves)


def test_a_blocked_type_stays_in_the_group_unless_somebody_chooses() -> None:
    assert usual_visibility(category("D")) is Visibility.GROUP
    assert usual_visibility(category("C")) is Visibility.READERS
