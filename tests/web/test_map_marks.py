"""How a district's week compares with what is usual for it, on the pages with a map."""

import html
import json
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from lagesbild.base import db
from lagesbild.incidents import service as incidents
from lagesbild.people.rules import Actor
from tests.build import NOW, draft

PAGE = "/g/as/omraden/norra-as"
USUAL, WEEKS = 4, 12
LOGGED = NOW - timedelta(hours=1)


def log(actor: Actor, number: int, *, weeks_ago: int = 0) -> None:
    made = draft(
        organisation_id=actor.organisation_id,
        number=number,
        place=None,
        district="norra-as",
        occurred_from=LOGGED - timedelta(weeks=weeks_ago),
        historical=weeks_ago > 0,
    )
    with db.transaction(actor.gate) as session:
        incidents.report(session, actor, made, now=LOGGED)


@pytest.fixture
def usual_weeks(member: Actor) -> None:
    for n in range(1, WEEKS + 1):
        log(member, USUAL, weeks_ago=n)


def labels(client: FlaskClient) -> dict[str, list[object]]:
    text = html.unescape(re.findall(r'data-labels="([^"]*)"', client.get("/g/as/omraden").text)[0])
    return {label[0]: label[3:] for label in json.loads(text)}


@pytest.mark.usefixtures("usual_weeks")
def test_a_district_with_clearly_more_says_so_in_colour_word_and_number(
    police: FlaskClient, member: Actor
) -> None:
    log(member, 20)
    page = police.get("/g/as/omraden").text
    assert "area area-tydligt-fler" in page
    assert "mark-high" in page
    number, _, mark, word = labels(police)["Norra Ås"]
    assert (number, mark, word) == (20, "tydligt-fler", "tydligt fler än vanligt")


def test_a_colour_does_not_follow_the_number_alone(police: FlaskClient, member: Actor) -> None:
    for n in range(1, WEEKS + 1):
        log(member, 20, weeks_ago=n)
    log(member, 20)
    assert "area-tydligt-fler" not in police.get("/g/as/omraden").text


def test_without_eight_weeks_a_district_has_no_word(police: FlaskClient, member: Actor) -> None:
    log(member, 20)
    assert labels(police)["Norra Ås"][2:] == ["for-fa", ""]
    assert "Väntat" not in police.get(PAGE).text


@pytest.mark.usefixtures("usual_weeks")
def test_a_district_tells_what_was_expected_and_where_clearly_more_begins(
    police: FlaskClient, member: Actor
) -> None:
    log(member, 20)
    page = police.get(PAGE).text
    assert f"<dt>Väntat</dt><dd>{USUAL},0</dd>" in page
    [limit] = re.findall(r"<dt>Tydligt fler från</dt><dd>(\d+)</dd>", page)
    assert USUAL < int(limit) <= 20
    assert "tydligt fler</span>" in page


@pytest.mark.usefixtures("usual_weeks")
def test_the_bars_and_their_table_hold_the_same_weeks(police: FlaskClient, member: Actor) -> None:
    log(member, 7)
    page = police.get(PAGE).text
    assert page.count('<rect class="b') == WEEKS + 1
    rows = re.findall(r'<th scope="row">v\.&nbsp;\d+, [^<]*</th><td class="num">(\d+)</td>', page)
    assert [int(number) for number in rows] == [7] + [USUAL] * WEEKS


def test_without_weeks_before_there_are_no_bars(police: FlaskClient, member: Actor) -> None:
    log(member, 7)
    assert "Händelser per vecka" not in police.get(PAGE).text
