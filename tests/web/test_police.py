"""The police's events beside the week, and how a member makes one of them an incident."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from lagesbild.access import service as access
from lagesbild.base import clock
from lagesbild.people.rules import Group, Role
from lagesbild.police.service import events as police_events
from tests.build import NOW
from tests.police import event
from tests.web.conftest import SignIn, csrf

WEEK = "/g/as/vecka/2026-W47"
API = "/api/v1/groups/as/police-events"
NEW = "/g/as/handelser/ny"


def publish(group: Group, *raw: dict[str, object]) -> None:
    police_events.take_in([group], raw, now=NOW, recent_only=True)


def log(client: FlaskClient, reference: str = "polisen:1", **changes: str) -> int:
    form = {
        "id": str(uuid4()),
        "category": "TRA03",
        "occurred_from": "2026-11-17T08:50",
        "time_precision": "exakt",
        "source_ref": reference,
        "csrf_token": csrf(client, NEW),
    }
    return client.post(NEW, data=form | changes).status_code


def test_an_event_stands_beside_the_week_with_its_text_and_a_link(
    group: Group, police: FlaskClient
) -> None:
    publish(group, event())
    page = police.get(WEEK).text
    assert "Polisens öppna händelser" in page
    assert "utan plats på kartan, tas inte med i siffrorna" in page
    assert "tis 17 nov kl. 8.50" in page
    assert "Två bilar har krockat vid torget." in page
    link = re.search(r'<a [^>]*href="https://polisen.se/aktuellt/[^>]*>', page)
    assert link is not None
    assert 'rel="noopener noreferrer"' in link[0]
    assert "17 november 08.50" not in police.get("/g/as/vecka/2026-W46").text


def test_an_event_without_a_place_is_said_on_the_map_of_all_and_of_no_district(
    group: Group, police: FlaskClient
) -> None:
    publish(group, event())
    whole = police.get("/g/as/karta?week=2026-W47").text
    assert "Två bilar har krockat vid torget." in whole
    assert "utan plats på kartan, tas inte med i siffrorna" in whole
    assert "Polisens öppna händelser" not in police.get("/g/as/omraden/norra-as?week=2026-W47").text


def test_nothing_is_counted_and_nobody_has_reported(group: Group, police: FlaskClient) -> None:
    before = police.get("/api/v1/weeks/2026-W47").get_json()
    publish(group, *(event(id_) for id_ in range(1, 31)))
    after = police.get("/api/v1/weeks/2026-W47").get_json()
    assert after == before
    assert after["total"]["this_week"] == 0
    assert {c["state"] for c in after["coverage"]} == {"inte"}


def test_without_events_there_is_no_heading_and_with_others_a_sentence(
    group: Group, police: FlaskClient
) -> None:
    assert "Polisens öppna händelser" not in police.get(WEEK).text
    publish(group, event())
    quiet = police.get("/g/as/vecka/2026-W46").text
    assert "Polisen har inte publicerat någon händelse" in quiet
    assert "är borttagna" in police.get("/g/as/vecka/2026-W30").text


def test_a_text_of_theirs_is_never_code_on_our_page(group: Group, police: FlaskClient) -> None:
    publish(group, event(summary="<script>alert(1)</script>", type="<b>Stöld</b>", url='/"><b>'))
    page = police.get(WEEK).text
    assert "<script>alert" not in page
    assert "<b>Stöld" not in page
    assert '/"><b>' not in page


def test_the_button_opens_the_form_with_what_is_known(group: Group, police: FlaskClient) -> None:
    publish(group, event())
    address = re.search(r'href="(/g/as/handelser/ny\?[^"]*referens[^"]*)"', police.get(WEEK).text)
    assert address is not None
    form = police.get(address[1].replace("&amp;", "&")).text
    assert 'name="category" value="TRA03" checked' in form
    assert 'value="2026-11-17T08:50"' in form
    assert 'name="source_ref" type="text" value="polisen:1"' in form
    assert "Den räknas som er organisations" in form
    assert "Två bilar" not in form


def test_an_event_that_is_logged_counts_for_who_logged_it_and_leads_there(
    group: Group, police: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(group, event())
    assert log(police) == 303
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=1))  # what was known before
    page = police.get(WEEK).text
    assert re.search(r"Loggad som <a [^>]*>L-2026-000001</a>", page)
    assert "Logga som händelse" not in page
    week = police.get("/api/v1/weeks/2026-W47").get_json()
    assert week["total"]["this_week"] == 1
    states = {c["organisation"]: c["state"] for c in week["coverage"]}
    assert states == {"kommun": "inte", "polis": "rapporterat", "brand": "inte"}


def test_no_event_is_logged_twice_by_whomever(
    group: Group, police: FlaskClient, sign_in: SignIn
) -> None:
    publish(group, event())
    assert log(police) == 303
    assert log(police) == 422
    other = sign_in(Role.MEMBER, "brand")
    form = {
        "id": str(uuid4()),
        "category": "TRA03",
        "occurred_from": "2026-11-17T08:50",
        "summary": "Vi var där.",
        "source_ref": "polisen:1",
        "csrf_token": csrf(other, NEW),
    }
    answer = other.post(NEW, data=form)
    assert answer.status_code == 422
    assert "har redan loggat den här händelsen från polisen" in answer.text
    assert "Vi var där." in answer.text
    assert log(other, reference="polisen:2") == 303


def test_one_that_is_taken_back_says_so(group: Group, police: FlaskClient) -> None:
    publish(group, event())
    log(police)
    one = "/g/as/handelser/L-2026-000001"
    form = {"version": "1", "reason": "Fel kommun.", "csrf_token": csrf(police, one)}
    assert police.post(f"{one}/ta-tillbaka", data=form).status_code == 303
    assert "Tillbakatagen <a" in police.get(WEEK).text


def test_what_another_organisation_keeps_to_itself_is_not_named(
    group: Group, police: FlaskClient, sign_in: SignIn
) -> None:
    publish(group, event())
    other = sign_in(Role.MEMBER, "brand")
    assert log(other, visibility="egen") == 303
    assert "L-2026-000001" in other.get(WEEK).text
    page = police.get(WEEK).text
    assert "L-2026-000001" not in page
    assert log(police) == 422


def test_an_analyst_reads_and_has_no_button(group: Group, sign_in: SignIn) -> None:
    publish(group, event())
    page = sign_in(Role.ANALYST, "kommun").get(WEEK).text
    assert "Två bilar" in page
    assert "Logga som händelse" not in page


def test_programs_get_the_events_of_a_week(group: Group, police: FlaskClient) -> None:
    publish(group, event(), event(2, summary="Mannen är efterlyst."))
    found = police.get(f"{API}?week=2026-W47").get_json()
    assert found["source"] == "Polisens öppna händelser"
    assert (found["counted"], found["located"]) == (False, False)
    assert [e["id"] for e in found["events"]] == [2, 1]
    assert found["events"][0]["summary_withheld"] is True
    assert found["events"][1] == {
        "id": 1,
        "type": "Trafikolycka",
        "suggested_category": "TRA03",
        "occurred_at": "2026-11-17T07:50:00+00:00",
        "time_precision": "exakt",
        "summary": "Två bilar har krockat vid torget.",
        "summary_withheld": False,
        "url": "https://polisen.se/aktuellt/handelser/2026/november/17/17-november-08.50-trafikolycka-as/",
        "published_at": "2026-11-17T08:05:12+00:00",
        "changed_at": None,
        "incident": None,
    }
    assert police.get(API).get_json()["week"] == "2026-W47"
    assert police.get(f"{API}?week=x").status_code == 422


def test_only_who_may_read_the_week_gets_them(group: Group, sign_in: SignIn) -> None:
    publish(group, event())
    for role in Role:
        if role is Role.SYSTEM:
            continue
        allowed = role in {Role.MEMBER, Role.COORDINATOR, Role.ANALYST}
        assert sign_in(role, "kommun").get(API).status_code == (200 if allowed else 403), role


def test_the_events_of_another_municipality_are_not_there(
    group: Group, police: FlaskClient
) -> None:
    other = access.add_municipality(slug="berg", name="Berg", code="0002", now=NOW)
    publish(other, event(5, name="17 november 08.50, Stöld, Berg"))
    publish(group, event())
    assert [e["id"] for e in police.get(API).get_json()["events"]] == [1]
    assert police.get("/api/v1/groups/berg/police-events").status_code == 404
