"""Actions and problems as pages and for programs."""

import re
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from lagesbild.people.rules import Role
from tests.web.conftest import SignIn, csrf
from tests.web.test_incidents import API, NEW, feature, form

ACTIONS, PROBLEMS = "/g/as/atgarder", "/g/as/problem"
ONE = f"{ACTIONS}/2026-001"
DEED = {
    "what": "Besök i högstadieskolor",
    "owner": "brand",
    "owner_role": "Förebyggande enheten",
    "kind": "social",
    "due": "2026-11-27",
    "district": "norra-as",
}
DONE = {"state": "klar", "result": "planerat", "effect": "minskat"}


def post(client: FlaskClient, address: str, **data: str) -> tuple[int, str]:
    """Send a form; return the status and where it leads, or the page."""
    answer = client.post(address, data=data | {"csrf_token": csrf(client, NEW)})
    return answer.status_code, answer.location or answer.text


def decide(client: FlaskClient, **changes: str) -> str:
    status, address = post(client, f"{ACTIONS}/ny", **DEED | {"id": str(uuid4())} | changes)
    assert status == 303, address
    return address


def collect(client: FlaskClient, **changes: str) -> str:
    said = {"id": str(uuid4()), "title": "Bränder i containrar", "since": "2026-11-12"}
    status, address = post(client, f"{PROBLEMS}/ny", **said | changes)
    assert status == 303, address
    return address


def log(client: FlaskClient, **changes: str) -> str:
    """Log an incident and return its number."""
    answer = client.post(NEW, data=form(client, id=str(uuid4()), distinct="true", **changes))
    assert answer.status_code == 303, answer.text
    return answer.location.rpartition("/")[2].partition("?")[0]


def test_a_decided_action_stands_in_the_list(police: FlaskClient) -> None:
    assert decide(police) == ONE
    page = police.get(ACTIONS).text
    assert "1 öppen. En är ny den här veckan." in page.replace("Ingen är försenad. ", "")
    assert "Senare, 1" in page
    assert "Förebyggande enheten" in page


def test_a_proposal_needs_no_last_day(police: FlaskClient) -> None:
    decide(police, state="foreslagen", due="")
    assert "Utan datum, 1" in police.get(ACTIONS).text


def test_a_double_click_makes_one_action(police: FlaskClient) -> None:
    same = str(uuid4())
    assert decide(police, id=same) == decide(police, id=same) == ONE
    assert len(police.get("/api/v1/actions").get_json()["actions"]) == 1


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"owner": ""}, "owner", "Välj vem som ansvarar för åtgärden."),
        ({"owner": "okand"}, "owner", "Välj vem som ansvarar för åtgärden."),
        ({"due": ""}, "due", "Välj när åtgärden ska vara klar."),
        ({"due": "2026-11-17"}, "due", "Klart senast ligger före beslutet."),
        ({"due": "nästa vecka"}, "due", "Det är inte ett datum."),
        ({"due": "0001-01-01"}, "due", "Året är inte rimligt."),
        ({"decided_on": "2026-11-19"}, "decided_on", "Beslutet ligger i framtiden."),
        ({"kind": ""}, "kind", "Välj vilken sorts åtgärd det är."),
        ({"what": ""}, "what", "Skriv vad som ska göras."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_written_stays(
    police: FlaskClient, changes: dict[str, str], field: str, words: str
) -> None:
    data = DEED | {"id": str(uuid4()), "place_text": "Tranparken"} | changes
    status, page = post(police, f"{ACTIONS}/ny", **data)
    assert status == 422
    assert words in page[page.index(f'id="{field}-error"') :][:400]
    assert 'value="Tranparken"' in page


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"state": "klar", "effect": "minskat"}, "Välj hur åtgärden genomfördes."),
        ({"state": "klar", "result": "planerat"}, "Välj vilken effekt ni har sett."),
        ({"state": "avbruten"}, "Skriv varför åtgärden avbryts."),
        ({"state": "foreslagen"}, "Läget är beslutad och kan inte ändras till föreslagen."),
        ({}, "Välj vilket läge åtgärden har nu."),
    ],
)
def test_a_step_that_lacks_something_is_refused_with_a_sentence(
    police: FlaskClient, sent: dict[str, str], words: str
) -> None:
    address = decide(police)
    status, page = post(police, f"{address}/lage", version="1", **sent)
    assert status == 422
    assert words in page


def test_who_was_second_sees_both_versions_and_loses_nothing(
    police: FlaskClient, sign_in: SignIn
) -> None:
    address, fire = decide(police), sign_in(Role.MEMBER, "brand")
    later = DEED | {"id": str(uuid4()), "version": "1"}
    first = post(fire, f"{address}/andra", **later | {"due": "2026-12-04"})
    assert first == (303, ONE)
    status, page = post(police, f"{address}/andra", **later | {"what": "Film om bränder"})
    assert status == 409
    told = page[page.index("Så står det nu") :]
    assert "2026-12-04" in told
    assert "Besök i högstadieskolor" in told
    assert 'value="Film om bränder"' in page
    assert 'name="version" value="2"' in page


def test_a_stale_step_keeps_what_was_written(police: FlaskClient, sign_in: SignIn) -> None:
    address, fire = decide(police), sign_in(Role.MEMBER, "brand")
    post(fire, f"{address}/lage", version="1", state="pagar")
    said = DONE | {"note": "Alla skolor är besökta", "version": "1"}
    status, page = post(police, f"{address}/lage", **said)
    assert status == 409
    assert "Du valde klar. Läget är nu pågår." in page
    assert "Alla skolor är besökta" in page


def test_a_later_last_day_stands_in_the_history(police: FlaskClient) -> None:
    address = decide(police)
    changed = DEED | {"id": str(uuid4()), "version": "1", "due": "2026-12-04"}
    post(police, f"{address}/andra", **changed)
    assert "klart senast 2026-11-27 → 2026-12-04" in police.get(address).text


def test_an_action_keeps_the_problem_that_is_closed_when_it_is_changed(police: FlaskClient) -> None:
    problem = collect(police)
    address = decide(police, problem="P-1")
    post(police, f"{problem}/stang", version="1", reason="Lugnt")
    assert 'value="P-1" selected' in police.get(f"{address}/andra").text
    assert 'value="P-1"' not in police.get(f"{ACTIONS}/ny?problem=P-1").text


def test_the_list_is_narrowed_by_whose_and_where(police: FlaskClient) -> None:
    decide(police)
    decide(police, owner="polis", what="Trafikkontroll", district="sodra-as")
    for query, shown in (
        ("status=vara", "Trafikkontroll"),
        ("owner=polis", "Trafikkontroll"),
        ("district=norra-as", "Besök"),
        ("owner=brand&district=norra-as", "Besök"),
    ):
        page = police.get(f"{ACTIONS}?{query}").text
        assert {"Besök", "Trafikkontroll"} & set(re.findall("Besök|Trafikkontroll", page)) == {
            shown
        }


def test_what_is_done_and_stopped_has_lists_of_its_own(police: FlaskClient) -> None:
    post(police, f"{decide(police)}/lage", version="1", **DONE)
    stopped = decide(police, what="Kameror")
    post(police, f"{stopped}/lage", version="1", state="avbruten", reason="Torget byggs om")
    assert "Klara den här veckan, 1" in police.get(ACTIONS).text
    assert "Genomförd som planerat. Minskat." in police.get(f"{ACTIONS}?status=klara").text
    assert "Torget byggs om" in police.get(f"{ACTIONS}?status=avbrutna").text


def test_a_reporter_sees_the_own_organisations_actions_and_ends_one(
    police: FlaskClient, sign_in: SignIn
) -> None:
    address = decide(police)
    other = decide(police, owner="polis", what="Trafikkontroll")
    fire = sign_in(Role.REPORTER, "brand")
    page = fire.get(ACTIONS).text
    assert "Besök" in page
    assert "Trafikkontroll" not in page
    assert "Ny åtgärd" not in page
    assert fire.get(other).status_code == 404
    assert fire.get(f"{address}/andra").status_code == 403
    assert post(fire, f"{address}/lage", version="1", **DONE) == (303, address)
    assert post(fire, f"{address}/anteckning", version="2", note="Följs upp") == (303, address)


def test_a_reporter_is_told_what_the_own_report_led_to(
    police: FlaskClient, sign_in: SignIn
) -> None:
    fire = sign_in(Role.REPORTER, "brand")
    reference = log(fire)
    decide(police, owner="polis", what="Trafikkontroll", incident=reference)
    page = fire.get(f"/g/as/handelser/{reference}").text
    told = page[page.index("Ledde till") :]
    assert "Er rapport ledde till åtgärd" in told
    assert "2026-001" in told
    assert "Trafikkontroll" in told
    assert "beslutad" in told
    assert f'href="{ONE}"' not in page


def test_an_incident_is_linked_from_its_page_and_from_the_problem(police: FlaskClient) -> None:
    address, first, second = collect(police), log(police), log(police)
    status, _ = post(police, f"/g/as/handelser/{first}/problem", problem="P-1")
    assert status == 303
    post(police, f"{address}/handelser", incident=second)
    page = police.get(address).text
    assert "Händelser, 2" in page
    assert "Hör till problemet" in police.get(f"/g/as/handelser/{first}").text
    post(police, f"{address}/handelser/{first}/ta-bort")
    assert "Händelser, 1" in police.get(address).text


def test_a_number_that_is_not_there_is_refused_beside_the_field(police: FlaskClient) -> None:
    address = collect(police)
    status, page = post(police, f"{address}/handelser", incident="L-2026-000999")
    assert status == 422
    told = page[page.index('id="incident-error"') :][:500]
    assert "Det finns ingen händelse med det numret här." in told


def test_no_problem_chosen_is_said_on_the_incidents_page(police: FlaskClient) -> None:
    collect(police)
    reference = log(police)
    status, page = post(police, f"/g/as/handelser/{reference}/problem", problem="")
    assert status == 422
    assert "Välj vilket problem händelsen hör till." in page[page.index('id="problem-error"') :]


def test_who_was_second_with_a_problem_sees_both_versions(police: FlaskClient) -> None:
    address = collect(police)
    said = {"id": str(uuid4()), "since": "2026-11-12", "version": "1"}
    assert post(police, f"{address}/andra", title="Bränder", **said)[0] == 303
    status, page = post(police, f"{address}/andra", title="Eldning", **said)
    assert status == 409
    assert "Bränder" in page[page.index("Så står det nu") :]
    assert 'value="Eldning"' in page


def test_a_stale_direction_says_what_it_is_now(police: FlaskClient) -> None:
    address = collect(police)
    post(police, f"{address}/riktning", version="1", direction="okar")
    status, page = post(police, f"{address}/riktning", version="1", direction="minskar")
    assert status == 409
    assert "Du valde minskar, nu står det ökar." in page


def test_a_problem_is_closed_and_opened_with_reasons(police: FlaskClient) -> None:
    address = collect(police)
    assert post(police, f"{address}/stang", version="1", reason="")[0] == 422
    post(police, f"{address}/stang", version="1", reason="Lugnt sedan maj")
    assert "Lugnt sedan maj" in police.get(f"{PROBLEMS}?status=avslutade").text
    assert "Bränder i containrar" not in police.get(PROBLEMS).text
    post(police, f"{address}/oppna", version="2", reason="Ny brand i dag")
    assert "Öppnat igen: Ny brand i dag" in police.get(address).text


@pytest.mark.parametrize("role", [Role.READER, Role.ADMIN, Role.AUDITOR])
def test_others_find_neither_actions_nor_problems(
    police: FlaskClient, sign_in: SignIn, role: Role
) -> None:
    decide(police)
    collect(police)
    other = sign_in(role, "kommun")
    for address in (ACTIONS, ONE, PROBLEMS, f"{PROBLEMS}/P-1"):
        assert other.get(address).status_code == 403
    assert ACTIONS not in other.get("/losenord").text


def test_programs_read_actions_and_problems(police: FlaskClient) -> None:
    made = police.post(API, json=feature(), headers={"X-CSRFToken": csrf(police, NEW)})
    reference = made.get_json()["properties"]["reference"]
    collect(police)
    decide(police, problem="P-1", incident=reference)
    [action] = police.get("/api/v1/groups/as/actions?status=oppna&owner=brand").get_json()[
        "actions"
    ]
    assert (action["reference"], action["state"], action["late"]) == ("2026-001", "beslutad", False)
    assert police.get("/api/v1/actions?owner=polis").get_json() == {"actions": []}
    one = police.get("/api/v1/actions/2026-001").get_json()
    assert (one["problem"], one["incident_references"]) == ("P-1", [reference])
    [problem] = police.get("/api/v1/problems").get_json()["problems"]
    assert police.get("/api/v1/problems/P-1").get_json()["title"] == problem["title"]
    assert police.get("/api/v1/actions?status=sena").status_code == 422


def test_the_form_is_filled_from_the_incident_and_the_problem(police: FlaskClient) -> None:
    collect(police)
    page = police.get(f"{ACTIONS}/ny?problem=P-1&handelse=L-2026-000001").text
    assert 'value="P-1" selected' in page
    assert "Kopplas till händelsen L-2026-000001." in page
