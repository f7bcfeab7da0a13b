"""The series of meetings through its pages and the API."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from lagesbild.access import service as access
from lagesbild.base.db import transaction
from lagesbild.meetings import service as meetings
from lagesbild.meetings.service import series
from lagesbild.people.rules import Group, Role, system
from tests.build import NOW
from tests.web.conftest import SignIn, csrf

PAGE = "/g/as/mote"
W47 = f"{PAGE}/2026-W47/andra"
SETTINGS = f"{PAGE}/installningar"
MOVE = {"version": "1", "day": "2026-11-20", "at": "13:30", "place": "Rum 2", "gor": "flytta"}
SKIP = {"version": "1", "skipped_reason": "Få kan komma", "gor": "stall-in"}
USUAL = {"version": "1", "weekday": "3", "meeting": "09:00"}


@pytest.fixture
def boss(sign_in: SignIn, group: Group) -> FlaskClient:
    """A coordinator, in a group whose meetings the clock has made."""
    with transaction(system(group).gate) as session:
        series.make_ahead(session, system(group), now=NOW)
    return sign_in(Role.COORDINATOR, "kommun")


def send(client: FlaskClient, address: str, form: dict[str, str]) -> Any:  # noqa: ANN401 – werkzeug's answer
    return client.post(address, data=form | {"csrf_token": csrf(client, "/losenord")})


def told(client: FlaskClient) -> dict[str, dict[str, str]]:
    found = client.get("/api/v1/groups/as/meetings").get_json()["meetings"]
    return {meeting.pop("week"): meeting for meeting in found}


def test_the_page_says_when_the_next_meeting_is_and_which_need_a_word(boss: FlaskClient) -> None:
    page = boss.get(PAGE).text
    assert "Nästa möte är tors 19 nov kl. 9.00." in page
    assert "Tors 24 dec: Julafton. Tors 31 dec: Nyårsafton." in page
    assert page.count("behöver ses över") == 2


def test_a_member_reads_the_series_and_changes_nothing(
    boss: FlaskClient, police: FlaskClient
) -> None:
    assert boss.get(W47).status_code == 200
    assert "/andra" not in police.get(PAGE).text
    assert police.get(W47).status_code == send(police, W47, MOVE).status_code == 403


def test_an_administrator_plans_without_seeing_the_week(sign_in: SignIn) -> None:
    admin = sign_in(Role.ADMIN, "kommun")
    assert send(admin, W47, MOVE).location == f"{PAGE}?klart=2026-W47"
    page = admin.get(PAGE).text
    assert "flyttat" in page
    assert "/vecka/" not in page


def test_a_meeting_is_moved_and_the_week_says_so(boss: FlaskClient) -> None:
    answer = send(boss, W47, MOVE)
    assert answer.status_code == 303
    page = boss.get(answer.location).text
    assert "Mötet om v.&nbsp;47 är flyttat till fre 20 nov kl. 13.30." in page
    assert "Nästa möte är fre 20 nov kl. 13.30, Rum 2." in page
    assert "Mötet är fre 20 nov kl. 13.30" in boss.get("/g/as/vecka/2026-W47").text


def test_a_meeting_is_skipped_and_held_after_all(boss: FlaskClient) -> None:
    send(boss, W47, SKIP)
    assert "Nästa möte är tors 26 nov" in boss.get(PAGE).text
    assert "Mötet är inställt: Få kan komma" in boss.get("/g/as/vecka/2026-W47").text
    assert "Håll mötet ändå" in boss.get(W47).text
    assert send(boss, W47, {"version": "2", "gor": "hall"}).status_code == 303
    assert "Nästa möte är tors 19 nov" in boss.get(PAGE).text


@pytest.mark.parametrize(
    ("written", "told_reason"), [(" ", "Sommaruppehåll"), ("Brandövning", "Brandövning")]
)
def test_a_reason_is_chosen_or_written(boss: FlaskClient, written: str, told_reason: str) -> None:
    send(boss, W47, SKIP | {"quick": "Sommaruppehåll", "skipped_reason": written})
    assert told(boss)["2026-W47"]["reason"] == told_reason


def test_a_meeting_on_a_day_off_is_proposed_another_day_and_can_be_held_all_the_same(
    boss: FlaskClient,
) -> None:
    page = boss.get(f"{PAGE}/2026-W52/andra").text
    assert "Förslag: ons 23 dec" in page
    assert 'value="2026-12-23"' in page
    send(boss, f"{PAGE}/2026-W52/andra", {"version": "1", "gor": "hall"})
    assert boss.get(PAGE).text.count("behöver ses över") == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": "2026-11-26"}, "senast ons 25 nov"),
        ({"day": "i morgon"}, "inte ett datum"),
        ({"at": "21:00"}, "mellan 06.00 och 20.00"),
        ({"at": "sent"}, "inte ett klockslag"),
        ({"place": "811228-9874"}, "personnummer"),
        ({"gor": "stall-in"}, "Välj eller skriv varför mötet ställs in."),
        ({"gor": ""}, "Välj vad som ska göras."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(
    boss: FlaskClient, changes: dict[str, str], sentence: str
) -> None:
    answer = send(boss, W47, MOVE | {"reason": "Brandövning"} | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Brandövning"' in answer.text
    assert "811228" not in answer.text


def test_who_was_second_reads_what_holds_now(boss: FlaskClient) -> None:
    send(boss, W47, MOVE)
    answer = send(boss, W47, SKIP)
    assert answer.status_code == 409
    assert "Någon annan ändrade samtidigt" in answer.text
    assert "Fre 20 nov kl. 13.30" in answer.text
    assert 'value="Få kan komma"' in answer.text
    assert 'name="version" value="2"' in answer.text


@pytest.mark.parametrize("week", ["2026-W46", "2027-W10"])
def test_where_there_is_no_meeting_there_is_no_page(boss: FlaskClient, week: str) -> None:
    answer = boss.get(f"{PAGE}/{week}/andra")
    assert answer.status_code == 404
    assert "Det finns inget möte för veckan." in answer.text


def test_settings_are_kept_and_meetings_follow(boss: FlaskClient) -> None:
    new = USUAL | {"meeting": "10:00", "place": "Rum 2", "break_from": "48", "break_to": "49"}
    answer = send(boss, SETTINGS, new)
    assert "Sparat." in boss.get(answer.location).text
    found = told(boss)
    assert found["2026-W47"] == {
        "starts_at": "2026-11-19T10:00:00+01:00",
        "place": "Rum 2",
        "state": "planerat",
        "reason": "",
        "holiday": "",
    }
    assert (found["2026-W49"]["state"], found["2026-W49"]["reason"]) == (
        "installt",
        "Sommaruppehåll",
    )


def test_how_near_the_same_incident_lies_is_kept(boss: FlaskClient, group: Group) -> None:
    send(boss, SETTINGS, USUAL | {"near_metres": "1000", "near_hours": "48"})
    [stored] = [g for g in access.groups() if g.id == group.id]
    assert (stored.near_metres, stored.near_hours) == (1000, 48)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"meeting": "21:00"}, "mellan 06.00 och 20.00"),
        ({"weekday": "7"}, "veckans dagar"),
        ({"break_from": "28"}, "Skriv både första och sista veckan"),
        ({"break_from": "juli"}, "inte ett heltal"),
        ({"place": "811228-9874"}, "personnummer"),
        ({"near_metres": "0"}, "mellan 1 och 1 000 meter"),
        ({"near_metres": "1001"}, "mellan 1 och 1 000 meter"),
        ({"near_hours": "49"}, "mellan 1 och 48 timmar"),
    ],
)
def test_wrong_settings_are_named(
    boss: FlaskClient, changes: dict[str, str], sentence: str
) -> None:
    answer = send(boss, SETTINGS, USUAL | changes)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_the_weekday_can_be_chosen_until_a_week_is_published(
    boss: FlaskClient, group: Group
) -> None:
    assert 'name="weekday"><option' in boss.get(SETTINGS).text.replace("\n", "").replace("  ", "")
    with transaction(system(group).gate) as session:
        period = meetings.shown_first(session, system(group), now=NOW)
        meetings.publish(session, system(group), period, now=NOW)
    assert "Dagen ligger fast" in boss.get(SETTINGS).text
    answer = send(boss, SETTINGS, USUAL | {"weekday": "4"})
    assert answer.status_code == 422
    assert "flytta mötena ett i taget" in answer.text


def test_the_series_needs_no_clock_to_be_read(police: FlaskClient) -> None:
    assert list(told(police)) == [*(f"2026-W{week}" for week in range(47, 54)), "2027-W01"]


def test_a_reader_gets_no_meetings(sign_in: SignIn) -> None:
    reader = sign_in(Role.READER, "kommun")
    assert reader.get(PAGE).status_code == 403
    assert reader.get("/api/v1/groups/as/meetings").status_code == 403
