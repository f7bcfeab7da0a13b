"""What stands beside the map of a district and of the municipality, and the weeks above it."""

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, event

from lagesbild.actions import service as actions
from lagesbild.actions.rules import Draft as ActionDraft
from lagesbild.actions.rules import Kind
from lagesbild.base import db
from lagesbild.base.clock import Period
from lagesbild.base.db import new_id
from lagesbild.districts import service as districts
from lagesbild.districts.rules import Inhabitants
from lagesbild.districts.store import inhabitants
from lagesbild.incidents import service as incidents
from lagesbild.meetings.rules.assessing import Assessment, Word
from lagesbild.meetings.service import fixing, sitting
from lagesbild.people.rules import Actor, Group, Role, system
from lagesbild.problems import service as problems
from lagesbild.problems.rules import Draft as ProblemDraft
from tests.build import NOW, SOUTH, draft
from tests.web.conftest import SignIn
from tests.web.test_map_marks import PAGE, log
from tests.web.test_maps import report

MAP = "/g/as/karta"
WEEK = timedelta(weeks=1)
OVER = f"{PAGE}?week=2026-W46"  # a week that is over
W46 = Period.named("2026-W46")


def happened(actor: Actor, category: str, **changes: Any) -> None:  # noqa: ANN401 – any field of a draft
    """Log something an hour ago: what comes in at this moment is in no figure yet."""
    then = NOW - timedelta(hours=1)
    usual = {"organisation_id": actor.organisation_id, "occurred_from": then}
    with db.transaction(actor.gate) as session:
        made = draft(category=category, **usual | changes)
        incidents.report(session, actor, made, now=then)


def markup(client: FlaskClient, heading: str, page: str) -> str:
    pattern = rf'<section[^>]*aria-labelledby="{heading}".*?</section>'
    found = re.search(pattern, client.get(page).text, re.DOTALL)
    assert found is not None, heading
    return found[0]


def section(client: FlaskClient, heading: str, page: str = PAGE) -> str:
    """The words of the section with a heading, and the sign | between what stands apart."""
    words = html.unescape(re.sub(r"\s*<[^>]+>\s*", "|", markup(client, heading, page)))
    return re.sub(r"[|\s]*\|[|\s]*", "|", words).replace("\xa0", " ")


def links(client: FlaskClient, heading: str, page: str = PAGE) -> list[str]:
    return [
        html.unescape(link) for link in re.findall(r'href="([^"]+)"', markup(client, heading, page))
    ]


# --- Four stretches of weeks ---------------------------------------------------------------------


def test_four_stretches_are_counted_and_each_leads_to_its_view(
    police: FlaskClient, member: Actor
) -> None:
    for weeks_ago, number in ((0, 5), (1, 3), (3, 2), (30, 7)):
        log(member, number, weeks_ago=weeks_ago)
    said = section(police, "st-h")
    numbers = re.findall(r"\|(\d+)\|händelse", said)
    assert numbers == ["5", "3", "10", "17"]
    assert links(police, "st-h") == [
        f"{PAGE}?week=2026-W47",
        f"{PAGE}?week=2026-W46",
        f"{PAGE}?week=2026-W47&weeks=4",
        f"{PAGE}?week=2026-W47&weeks=52",
    ]


def test_stretches_keep_to_the_rest_of_the_view(police: FlaskClient, member: Actor) -> None:
    happened(member, "ORD01")
    happened(member, "SKA01")
    page = f"{PAGE}?category=ORD"
    assert re.findall(r"\|(\d+)\|händelse", section(police, "st-h", page))[0] == "1"
    assert "i urvalet" in section(police, "st-h", page)
    assert links(police, "st-h", page)[1] == f"{PAGE}?week=2026-W46&category=ORD"


def test_a_week_that_is_over_says_how_it_differs_from_the_one_before(
    police: FlaskClient, member: Actor
) -> None:
    for weeks_ago, number in ((1, 3), (2, 5), (3, 1)):
        log(member, number, weeks_ago=weeks_ago)
    assert "2 färre än veckan före" in section(police, "st-h", OVER)
    assert "veckan pågår" in section(police, "st-h")


# --- Types ---------------------------------------------------------------------------------------


def test_types_stand_with_this_week_the_last_and_the_expected(
    police: FlaskClient, member: Actor
) -> None:
    for n in range(2, 15):
        log(member, 2, weeks_ago=n)
    log(member, 9, weeks_ago=1)
    said = section(police, "ty-h", OVER)
    assert "|Väntat|" in said
    assert "sticker ut|9|2|2,0|7 fler|" in said


def test_a_type_leads_to_the_same_view_of_it_alone(police: FlaskClient, member: Actor) -> None:
    happened(member, "ORD01")
    page = f"{PAGE}?week=2026-W47&organisation=polis"
    assert f"{PAGE}?week=2026-W47&organisation=polis&category=ORD01" in links(police, "ty-h", page)


def test_a_type_that_was_not_there_last_week_is_new(police: FlaskClient, member: Actor) -> None:
    happened(member, "ORD01", occurred_from=NOW - WEEK)
    happened(member, "TRA01", occurred_from=NOW - 3 * WEEK)  # there are figures since then
    happened(member, "SKA01")
    said = section(police, "ty-h")
    assert re.search(r"Klotter\|1\|0\|ny\|", said)
    assert "färre" not in said  # the week goes on


def test_types_of_a_district_are_not_those_of_another(police: FlaskClient, member: Actor) -> None:
    happened(member, "SKA01", place=SOUTH)
    assert "Klotter" not in section(police, "ty-h")
    assert "Klotter" in section(police, "ty-h", MAP)


def test_the_municipality_says_in_which_district_a_type_stands_out(
    police: FlaskClient, member: Actor
) -> None:
    for n in range(2, 15):
        log(member, 2, weeks_ago=n)
    log(member, 9, weeks_ago=1)
    page = f"{MAP}?week=2026-W46"
    assert "sticker ut|i|Norra Ås" in section(police, "ty-h", page)
    assert f"{PAGE}?week=2026-W46&category=BRA01" in links(police, "ty-h", page)


def test_what_is_less_common_is_folded(
    police: FlaskClient, member: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lagesbild.maps.web.beside.MOST_TYPES", 1)
    happened(member, "ORD01")
    happened(member, "SKA01")
    assert "Visa 1 typ till" in section(police, "ty-h")


def test_a_longer_period_is_compared_with_as_long_a_one(police: FlaskClient, member: Actor) -> None:
    for weeks_ago, number in ((1, 3), (5, 5), (9, 1)):
        log(member, number, weeks_ago=weeks_ago)
    said = section(police, "ty-h", f"{OVER}&weeks=4")
    assert "|3|5|2 färre|" in said
    assert "Väntat" not in said


# --- When ----------------------------------------------------------------------------------------


def test_hours_are_a_table_with_words(police: FlaskClient, member: Actor) -> None:
    log(member, 60)
    page = police.get(PAGE).text
    assert 'class="hours hours-3" role="table"' in page
    assert "Flest: onsdag kl. 12–15 (60)." in section(police, "ho-h").replace("|", "")


@pytest.mark.parametrize(("number", "tables"), [(29, 0), (30, 1)])
def test_a_few_incidents_have_no_hours(
    police: FlaskClient, member: Actor, number: int, tables: int
) -> None:
    log(member, number)
    assert police.get(PAGE).text.count('class="hours') == tables
    assert ("För få för att visa mönster" in police.get(PAGE).text) is (tables == 0)


def test_hours_keep_to_the_view(police: FlaskClient, member: Actor) -> None:
    log(member, 30)
    assert "För få" in section(police, "ho-h", f"{PAGE}?category=ORD")


# --- Inhabitants ---------------------------------------------------------------------------------


def live(group: Group, number: int, *slugs: str) -> None:
    actor = system(group)
    with db.transaction(actor.gate) as session:
        known = {
            districts.district(session, actor, slug).id: Inhabitants(
                number, date(2025, 12, 31), "SCB"
            )
            for slug in slugs
        }
        inhabitants.put(session, group.municipality_id, known)


@pytest.fixture
def year(member: Actor) -> None:
    log(member, 38, weeks_ago=3)
    log(member, 2, weeks_ago=51)


@pytest.mark.usefixtures("year")
def test_a_rate_stands_with_its_interval_and_its_warning(police: FlaskClient, group: Group) -> None:
    live(group, 2000, "norra-as")
    said = section(police, "ra-h")
    assert "|20|händelser, med 95 % säkerhet mellan 14 och 27|" in said
    assert "bor någon annanstans" in said
    assert "inte fler brott" in said
    assert "40 räknade händelser på 52 veckor och 2 000 invånare den ons 31 dec 2025" in said


@pytest.mark.usefixtures("year")
@pytest.mark.parametrize(
    ("page", "slugs", "is_there"),
    [
        (PAGE, (), False),
        (PAGE, ("norra-as",), True),
        (MAP, ("norra-as",), False),
        (MAP, ("norra-as", "sodra-as"), True),
        (f"{PAGE}?bbox=17.9,59.2,18.0,59.3", ("norra-as",), False),
    ],
)
def test_a_rate_is_told_only_where_all_who_live_there_are_known(
    police: FlaskClient, group: Group, page: str, slugs: tuple[str, ...], *, is_there: bool
) -> None:
    if slugs:
        live(group, 2000, *slugs)
    assert ('id="ra-h"' in police.get(page).text) is is_there


@pytest.mark.usefixtures("year")
def test_of_few_inhabitants_no_rate_is_told(police: FlaskClient, group: Group) -> None:
    live(group, 699, "norra-as")
    assert "Visas inte: i Norra Ås bor färre än 700." in section(police, "ra-h")


def test_a_rate_of_few_incidents_says_so(police: FlaskClient, member: Actor, group: Group) -> None:
    live(group, 2000, "norra-as")
    log(member, 2, weeks_ago=51)
    assert "bygger på få händelser (2 på 52 veckor)" in section(police, "ra-h")


# --- What goes on, and what was said -------------------------------------------------------------


def add_problem(actor: Actor, title: str, district: str | None) -> None:
    draft = ProblemDraft(new_id(), title, since=NOW.date(), district=district)
    with db.transaction(actor.gate) as session:
        problems.add(session, actor, draft, now=NOW)


def decide(actor: Actor, what: str, district: str | None) -> None:
    draft = ActionDraft(
        new_id(), what, actor.organisation_id, Kind.SOCIAL, due=NOW.date(), district=district
    )
    with db.transaction(actor.gate) as session:
        actions.decide(session, actor, draft, now=NOW)


def test_a_district_has_its_own_problems_and_actions(police: FlaskClient, member: Actor) -> None:
    for place, slug in (("norr", "norra-as"), ("söder", "sodra-as"), ("överallt", None)):
        add_problem(member, f"Bränder {place}", slug)
        decide(member, f"Besök {place}", slug)
    for heading, word in (("pr-h", "Bränder"), ("ac-h", "Besök")):
        said = section(police, heading)
        assert re.findall(rf"{word} \w+", said) == [f"{word} norr"]
        assert len(re.findall(rf"{word} \w+", section(police, heading, MAP))) == 3


def test_with_nothing_going_on_it_says_so(police: FlaskClient) -> None:
    assert "Inga öppna åtgärder i Norra Ås." in section(police, "ac-h")
    assert "Inga pågående problem i Norra Ås." in section(police, "pr-h")
    assert "Inget är fastställt än" in section(police, "as-h")


def fix(actor: Actor, period: Period, word: Word | None = None, sentence: str = "") -> None:
    met = period.end + timedelta(hours=9)
    with db.transaction(actor.gate) as session:
        if word:
            found = districts.district(session, actor, "norra-as")
            said = Assessment(found.id, None, word, sentence)
            sitting.assess(session, actor, period, [said], now=met)
        fixing.fix(session, actor, period, now=met)


def test_what_the_group_has_said_stands_week_by_week_the_latest_first(
    police: FlaskClient, coordinator: Actor
) -> None:
    fix(coordinator, W46.previous(), Word.WATCHED, "Mopeder vid torget.")
    fix(coordinator, W46, Word.ACTION, "Bränder i parken.")
    said = section(police, "as-h")
    words = r"v. 46\|.*kräver åtgärd\|Bränder i parken.\|v. 45\|.*följs\|Mopeder vid torget."
    assert re.search(words, said)
    assert "/g/as/mote/2026-W46/protokoll" in links(police, "as-h")


def test_what_was_said_later_is_not_told_of_an_earlier_week(
    police: FlaskClient, coordinator: Actor
) -> None:
    fix(coordinator, W46, Word.ACTION, "Bränder i parken.")
    assert "Bränder i parken" not in section(police, "as-h", f"{PAGE}?week=2026-W45")


def test_the_municipality_has_the_sentence_of_each_week(
    police: FlaskClient, coordinator: Actor
) -> None:
    fix(coordinator, W46)
    assert "Inga rapporterade händelser den här veckan." in section(police, "as-h", MAP)


# --- The weeks above -----------------------------------------------------------------------------


def slider(client: FlaskClient, page: str) -> list[str]:
    found = re.search(r'data-weeks="([^"]+)"', client.get(page).text)
    return [name for name, _ in json.loads(html.unescape(found[1]))] if found else []


@pytest.mark.parametrize("page", [PAGE, MAP, "/g/as/omraden"])
def test_the_slider_goes_over_the_weeks_that_there_are_figures_of(
    police: FlaskClient, member: Actor, page: str
) -> None:
    log(member, 1, weeks_ago=2)
    assert slider(police, page) == ["2026-W45", "2026-W46", "2026-W47"]


def test_the_slider_says_its_week_in_words(police: FlaskClient, member: Actor) -> None:
    log(member, 1, weeks_ago=2)
    page = police.get(OVER).text
    assert 'value="1" aria-valuetext="v. 46, tors 5 nov – ons 11 nov 2026"' in page


def test_one_week_has_no_slider(police: FlaskClient) -> None:
    assert slider(police, PAGE) == []


# --- Who, and at what cost -----------------------------------------------------------------------


def test_what_another_organisation_keeps_to_itself_is_in_no_number(
    police: FlaskClient, firefighter: Actor
) -> None:
    report(firefighter, visibility="egen")
    assert re.findall(r"\|(\d+)\|händelse", section(police, "st-h")) == ["0"] * 4
    assert "Anlagd" not in section(police, "ty-h")


@pytest.mark.parametrize("role", [Role.READER, Role.REPORTER, Role.ADMIN, Role.AUDITOR])
def test_roles_without_the_week_get_nothing_of_it(sign_in: SignIn, role: Role) -> None:
    page = sign_in(role, "kommun").get(PAGE).text
    for mark in ("st-h", "ty-h", "ho-h", "ra-h", "as-h", "data-weeks"):
        assert mark not in page


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield asked
    event.remove(connection, "before_cursor_execute", note)


def test_a_page_asks_as_often_of_many_as_of_one(
    police: FlaskClient, member: Actor, connection: Connection
) -> None:
    numbers = []
    police.get(PAGE)  # some things are asked once
    for _ in range(2):
        happened(member, "ORD01")
        happened(member, "SKA01")
        add_problem(member, "Bränder", "norra-as")
        decide(member, "Besök", "norra-as")
        with counted(connection) as asked:
            assert police.get(PAGE).status_code == 200
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]
