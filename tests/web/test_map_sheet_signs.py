"""What goes on stands on the sheet of a map, in its legend and in words, as the map shows it."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from lagesbild.base.clock import Period
from lagesbild.base.db import reading
from lagesbild.incidents.rules import TimePrecision
from lagesbild.maps.rules.view import View
from lagesbild.maps.service.sheet_marks import spots
from lagesbild.people.rules import Actor, Kind
from tests.build import NORTH, NOW
from tests.hostile import MARKUP
from tests.pdfs import active
from tests.unit.test_map_sheet import sheet
from tests.web.test_map_layers import action, problem, report
from tests.web.test_map_sheet import DISTRICT, WHOLE, pages

SOUTH = "/g/as/omraden/sodra-as/blad"


@pytest.fixture
def going_on(member: Actor) -> None:
    [reference] = report(member, place=NORTH)
    problem(member, reference)
    action(member, reference)


@pytest.mark.usefixtures("going_on")
@pytest.mark.parametrize("address", [DISTRICT, WHOLE])
def test_what_goes_on_stands_on_the_sheet_and_in_its_words(
    address: str, police: FlaskClient
) -> None:
    drawn, *said = pages(police, f"{address}.pdf")
    assert "pågående problem" in drawn
    assert "åtgärd" in drawn
    words = " ".join(" ".join(said).split())
    for told in ("Buskörning", "P-1", "Vandra", "Visas vid händelsen som hör till."):
        assert told in words


@pytest.mark.usefixtures("going_on")
@pytest.mark.parametrize(
    ("layers", "is_there"), [("pagaende", True), ("handelser", False), ("inga", False)]
)
def test_a_map_without_that_layer_makes_a_sheet_without_it(
    layers: str, police: FlaskClient, *, is_there: bool
) -> None:
    said = " ".join(pages(police, f"{DISTRICT}.pdf?lager={layers}"))
    assert ("pågående problem" in said) is ("Buskörning" in said) is is_there


@pytest.mark.usefixtures("going_on")
def test_what_goes_on_elsewhere_is_not_on_a_districts_sheet(police: FlaskClient) -> None:
    said = " ".join(pages(police, f"{SOUTH}.pdf"))
    assert "Buskörning" not in said
    assert "åtgärd" not in said


@pytest.mark.parametrize("hostile", MARKUP)
def test_the_place_of_a_problem_is_only_text(
    hostile: str, police: FlaskClient, member: Actor
) -> None:
    problem(member, place_text=hostile, confirmed=True)
    answer = police.get(f"{DISTRICT}.pdf")
    assert (answer.status_code, active(answer.data)) == (200, set())


@pytest.mark.parametrize(
    ("hours", "number", "has_clock"), [(9, 1, True), (1, 1, False), (9, 2, False)]
)
def test_one_incident_alone_with_a_wide_time_gets_a_clock(
    member: Actor, hours: int, number: int, *, has_clock: bool
) -> None:
    """Of several that are one disc the times differ: their list tells them."""
    since = NOW - timedelta(hours=hours)
    kind = TimePrecision.WINDOW
    report(member, number, place=NORTH, occurred_from=since, occurred_to=NOW, time_precision=kind)
    with reading(member.gate) as session:
        view = View(Period.of(NOW))
        found = spots(session, member, view, sheet().layout, lambda _: Kind.POLICE)
    assert [(each.rows, each.unsure_time) for each in found] == [(number, has_clock)]
