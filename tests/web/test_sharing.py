"""Several organisations on one incident: parts, marks, remarks, and closer looks."""

import pytest
from flask.testing import FlaskClient

from lagesbild.people.rules import Role
from tests.web.conftest import SignIn, csrf
from tests.web.test_incidents import API, NEW, PERSONAL_NUMBER, form

ONE = "/g/as/handelser/L-2026-000001"
COMMENT_ID = "0197f5aa-0000-7000-8000-0000000000c1"


@pytest.fixture
def fire(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.MEMBER, "brand")


@pytest.fixture
def coordinator(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.COORDINATOR, "kommun")


def logged(client: FlaskClient, **changes: str) -> None:
    assert client.post(NEW, data=form(client, **changes)).status_code == 303


def send(client: FlaskClient, path: str, **said: str) -> tuple[int, str]:
    """Send a form of the incident's page; return the status, and the page it leads to."""
    data = {"csrf_token": csrf(client, ONE)} | said
    answer = client.post(f"{ONE}/{path}", data=data)
    page = client.get(ONE) if answer.status_code == 303 else answer
    return answer.status_code, page.text


def say(client: FlaskClient, **said: str) -> tuple[int, str]:
    usual = {"part": "1", "version": "0", "summary": "Släckt av oss", "visibility": "osg"}
    return send(client, "uppgift", **(usual | said))


def test_another_organisation_adds_its_own_beside_the_owner(
    police: FlaskClient, fire: FlaskClient
) -> None:
    logged(police)
    assert say(fire)[0] == 303
    page = police.get(ONE).text
    assert "Släckt av oss" in page
    assert "Brand i papperskorg" in page
    assert "lade till sin uppgift" in page


def test_what_an_organisation_keeps_is_not_there_for_the_owner(
    police: FlaskClient, fire: FlaskClient
) -> None:
    logged(police)
    say(fire, visibility="egen")
    assert "Släckt av oss" not in police.get(ONE).text
    assert "Släckt av oss" in fire.get(ONE).text
    parts = police.get(f"{API}/L-2026-000001").get_json()["properties"]["parts"]
    assert [part["organisation"] for part in parts] == ["polis"]


def test_a_part_is_changed_from_the_version_that_was_read(
    police: FlaskClient, fire: FlaskClient
) -> None:
    logged(police)
    say(fire)
    assert say(fire, version="1", summary="Släckt kl. 20")[0] == 303
    status, page = say(fire, version="1", summary="Släckt kl. 21")
    assert status == 409
    assert "Släckt kl. 21" in page, "what was written stands there still"
    assert "Släckt kl. 20" in police.get(ONE).text


def test_an_organisation_takes_its_part_back_and_adds_it_again(
    police: FlaskClient, fire: FlaskClient
) -> None:
    logged(police)
    say(fire)
    status, page = send(fire, "uppgift/ta-tillbaka", version="1")
    assert status == 303
    assert "Släckt av oss" not in page
    assert "tog tillbaka sin uppgift" in page
    assert say(fire, summary="Igen")[0] == 303
    assert "Igen" in police.get(ONE).text


def test_different_judgements_stay_visible(police: FlaskClient, fire: FlaskClient) -> None:
    logged(police, verification="bekraftad")
    say(fire, verification="avfardad")
    page = police.get(ONE).text
    assert "bedömer händelsen olika" in page
    assert "Vi avfärdar den" in page


def test_the_owner_has_no_second_part(police: FlaskClient) -> None:
    logged(police)
    assert say(police)[0] == 403
    assert send(police, "uppgift/ta-tillbaka", version="1")[0] == 422


def test_an_empty_part_is_asked_for(police: FlaskClient, fire: FlaskClient) -> None:
    logged(police)
    status, page = say(fire, summary="")
    assert status == 422
    assert "Skriv något, eller välj hur ni bedömer händelsen." in page


@pytest.mark.parametrize("field", ["summary", "details", "reporter_role", "secrecy_basis"])
def test_no_part_holds_a_personal_number(
    police: FlaskClient, fire: FlaskClient, field: str
) -> None:
    logged(police)
    status, page = say(fire, **{field: f"x {PERSONAL_NUMBER}"})
    assert status == 422
    assert PERSONAL_NUMBER not in page
    assert "brand" not in str(police.get(f"{API}/L-2026-000001").get_json()["properties"]["parts"])


def test_a_doubtful_part_is_stored_when_somebody_insists(
    police: FlaskClient, fire: FlaskClient
) -> None:
    logged(police)
    status, page = say(fire, summary="Ring 070-123 45 67")
    assert status == 422
    assert 'name="confirmed"' in page
    assert say(fire, summary="Ring 070-123 45 67", confirmed="true")[0] == 303


def test_a_mark_of_any_organisation_keeps_the_incident_in_the_group(
    police: FlaskClient, fire: FlaskClient
) -> None:
    logged(police)
    say(fire, secrecy_basis="18:1")
    page = police.get(ONE).text
    assert "Sekretessmarkerad" in page
    assert "Ingenting: den är sekretessmarkerad." in page
    send(fire, "uppgift/ta-tillbaka", version="1")
    assert "Sekretessmarkerad" not in police.get(ONE).text


def test_a_mark_cannot_be_kept_from_the_group(police: FlaskClient, fire: FlaskClient) -> None:
    logged(police)
    status, page = say(fire, secrecy_basis="18:1", visibility="egen")
    assert status == 422
    assert "gruppen behöver se den" in page


def test_the_owners_own_mark_counts_too(police: FlaskClient) -> None:
    logged(police, secrecy_basis="18:1")
    assert "Sekretessmarkerad" in police.get(ONE).text


def test_a_comment_is_one_however_often_it_is_sent(police: FlaskClient, fire: FlaskClient) -> None:
    logged(police)
    for _ in range(2):
        assert send(fire, "kommentar", id=COMMENT_ID, comment="Vi åker dit.")[0] == 303
    assert police.get(ONE).text.count("Vi åker dit.") == 1


def test_only_who_wrote_a_comment_takes_it_back(police: FlaskClient, fire: FlaskClient) -> None:
    logged(police)
    send(fire, "kommentar", id=COMMENT_ID, comment="Vi åker dit.")
    path = f"kommentar/{COMMENT_ID}/ta-tillbaka"
    assert "Vi åker dit." in send(police, path)[1]
    assert "Vi åker dit." not in send(fire, path)[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Skriv något först."),
        ("x" * 501, "Högst 500 tecken"),
        (f"se {PERSONAL_NUMBER}", "innehåller ett personnummer"),
    ],
)
def test_a_wrong_comment_is_told_beside_its_field_and_not_lost(
    police: FlaskClient, text: str, said: str
) -> None:
    logged(police)
    status, page = send(police, "kommentar", id=COMMENT_ID, comment=text)
    assert status == 422
    assert said in page
    assert PERSONAL_NUMBER not in page
    assert 'id="comment-error"' in page


def test_an_incident_that_is_kept_has_no_page_to_comment_on(
    police: FlaskClient, fire: FlaskClient
) -> None:
    logged(police, visibility="egen")
    data = {"csrf_token": csrf(fire, NEW), "id": COMMENT_ID, "comment": "Hej"}
    assert fire.post(f"{ONE}/kommentar", data=data).status_code == 404


def test_a_coordinator_writes_what_the_police_say_and_the_police_own_it(
    police: FlaskClient, coordinator: FlaskClient
) -> None:
    logged(coordinator, spoken_by="polis")
    page = police.get(ONE).text
    assert "sagt muntligt" in page
    assert "Inskrivet av Kommunen" in page
    assert send(police, "ta-tillbaka", version="1", reason="Inte klart än")[0] == 303
    assert "Tillbakatagen" in coordinator.get(ONE).text


def test_who_wrote_for_another_mends_it_until_the_owner_has(
    police: FlaskClient, coordinator: FlaskClient
) -> None:
    logged(coordinator, spoken_by="polis")
    changed = form(coordinator, version="1", summary="Rättat")
    assert coordinator.post(f"{ONE}/andra", data=changed).status_code == 303
    owners = form(police, version="2", summary="Vår egen text")
    assert police.post(f"{ONE}/andra", data=owners).status_code == 303
    late = form(coordinator, version="3", summary="En gång till")
    assert coordinator.post(f"{ONE}/andra", data=late).status_code == 403
    assert "Vår egen text" in coordinator.get(ONE).text


def test_nobody_else_writes_for_another_organisation(police: FlaskClient) -> None:
    assert police.post(NEW, data=form(police, spoken_by="brand")).status_code == 403


def test_what_is_said_aloud_is_said_to_the_group(coordinator: FlaskClient) -> None:
    answer = coordinator.post(NEW, data=form(coordinator, spoken_by="polis", visibility="egen"))
    assert answer.status_code == 422
    assert "Det som sägs muntligt delas med gruppen." in answer.text


def test_an_exact_place_needs_a_purpose(police: FlaskClient, fire: FlaskClient) -> None:
    logged(police, category="STO01")
    page = fire.get(ONE).text
    assert "59.27000, 17.95000" not in page
    assert "i en ruta på 100" in page
    status, page = send(fire, "exakt", purpose="")
    assert status == 422
    assert "Välj varför platsen behövs." in page
    status, page = send(fire, "exakt", purpose="insats")
    assert status == 200
    assert "59.27000, 17.95000" in page
    assert "såg exakt plats: planera en insats på platsen" in police.get(ONE).text


def test_the_list_says_which_places_are_not_exact(police: FlaskClient, fire: FlaskClient) -> None:
    logged(police, category="STO01")
    logged(police, category="VAL05", id="0197f5aa-0000-7000-8000-000000000002", distinct="true")
    page = fire.get("/g/as/handelser").text
    assert "(inom 100" in page
    assert "(visas bara som område)" in page


@pytest.mark.parametrize(
    ("sort", "first"), [("handelse", "Senast hänt"), ("inkommet", "Sist in"), ("allvar", "Grov")]
)
def test_a_list_stands_in_the_order_that_is_asked_for(
    police: FlaskClient, sort: str, first: str
) -> None:
    happened = (
        ("Senast hänt", "BRA01", "2026-11-18T12:30"),
        ("Grov", "VAL01", "2026-11-17T12:30"),
        ("Sist in", "SKA01", "2026-11-16T12:30"),
    )
    for number, (text, code, moment) in enumerate(happened, 1):
        logged(
            police,
            id=f"0197f5aa-0000-7000-8000-00000000000{number}",
            place_text=text,
            category=code,
            occurred_from=moment,
        )
    pages = []
    address = f"{API}?sort={sort}&limit=1"
    while address:
        answer = police.get(address).get_json()
        pages += [row["properties"]["place_text"] for row in answer["features"]]
        address = answer["links"][0]["href"] if answer["links"] else ""
    assert pages[0] == first
    assert sorted(pages) == ["Grov", "Senast hänt", "Sist in"]


def test_an_order_that_is_not_there_is_told(police: FlaskClient) -> None:
    answer = police.get(f"{API}?sort=x")
    assert answer.status_code == 422
    assert answer.get_json()["field"] == "sort"


def test_a_part_that_is_kept_leaves_no_line_for_others(
    police: FlaskClient, fire: FlaskClient
) -> None:
    logged(police)
    say(fire, visibility="egen")
    assert "lade till sin uppgift" not in police.get(ONE).text
    assert "lade till sin uppgift" in fire.get(ONE).text


def test_what_was_said_aloud_is_not_hidden_by_who_wrote_it(
    police: FlaskClient, coordinator: FlaskClient
) -> None:
    logged(coordinator, spoken_by="polis")
    assert 'value="egen"' not in coordinator.get(f"{ONE}/andra").text
    changed = form(coordinator, version="1", summary="Rättat", visibility="egen")
    answer = coordinator.post(f"{ONE}/andra", data=changed)
    assert answer.status_code == 422
    assert "Det som sägs muntligt delas med gruppen." in answer.text
    assert "Rättat" in answer.text
    assert police.get(ONE).status_code == 200


def test_a_stale_change_shows_both_and_can_be_saved_again(police: FlaskClient) -> None:
    logged(police, summary="Först")
    police.post(f"{ONE}/andra", data=form(police, version="1", summary="Den andra"))
    late = police.post(f"{ONE}/andra", data=form(police, version="1", summary="Den tredje"))
    assert late.status_code == 409
    assert "Så står det nu" in late.text
    assert "<dt>Kort beskrivning</dt><dd>Den andra</dd>" in late.text
    assert late.text.count("<dt>") == 1, "what is alike is not repeated"
    assert ">Den tredje</textarea>" in late.text
    again = form(police, version="2", summary="Den tredje")
    assert 'name="version" value="2"' in late.text
    assert police.post(f"{ONE}/andra", data=again).status_code == 303


def test_a_stale_part_is_saved_when_one_tries_again(police: FlaskClient, fire: FlaskClient) -> None:
    logged(police)
    say(fire)
    _, page = say(fire, version="0", summary="Samtidigt")
    assert "Samtidigt" in page
    assert 'name="version" value="1"' in page
    assert say(fire, version="1", summary="Samtidigt")[0] == 303


@pytest.mark.parametrize("path", ["uppgift", "kommentar"])
def test_what_was_written_meanwhile_is_shown_when_the_incident_is_taken_back(
    police: FlaskClient, fire: FlaskClient, path: str
) -> None:
    logged(police)
    token = csrf(fire, ONE)
    send(police, "ta-tillbaka", version="1", reason="Fel plats")
    data = {"csrf_token": token, "summary": "Mina ord", "comment": "Mina ord"}
    answer = fire.post(f"{ONE}/{path}", data=data)
    assert answer.status_code == 409
    assert "Mina ord" in answer.text
    assert "har tagits tillbaka" in answer.text


def test_what_was_written_meanwhile_is_shown_when_the_incident_is_hidden(
    police: FlaskClient, fire: FlaskClient
) -> None:
    logged(police)
    token = csrf(fire, ONE)
    hidden = form(police, version="1", visibility="egen")
    assert police.post(f"{ONE}/andra", data=hidden).status_code == 303
    answer = fire.post(f"{ONE}/kommentar", data={"csrf_token": token, "comment": "Mina ord"})
    assert answer.status_code == 404
    assert "Mina ord" in answer.text


def test_an_owner_does_not_hide_what_others_have_said(
    police: FlaskClient, fire: FlaskClient
) -> None:
    logged(police)
    say(fire)
    answer = police.post(f"{ONE}/andra", data=form(police, version="1", visibility="egen"))
    assert answer.status_code == 422
    assert "Andra organisationer har lagt till uppgifter här." in answer.text


def test_an_incident_that_was_taken_back_keeps_the_others_words_only(
    police: FlaskClient, fire: FlaskClient
) -> None:
    logged(police, place_text="Storgatan 5", details="Mer")
    say(fire)
    send(police, "ta-tillbaka", version="1", reason="Fel")
    page = fire.get(ONE).text
    assert "Släckt av oss" in page
    assert not [w for w in ("Brand i papperskorg", "Storgatan 5", "59.27") if w in page]
    assert "Brand i papperskorg" in police.get(ONE).text


def test_what_is_the_same_becomes_the_own_part(police: FlaskClient, fire: FlaskClient) -> None:
    logged(police)
    sent = form(
        fire, id="0197f5aa-0000-7000-8000-000000000009", summary="Vi såg den", category="BRA01"
    )
    assert 'name="same" value="L-2026-000001"' in fire.post(NEW, data=sent).text
    page = fire.post(NEW, data=sent | {"same": "L-2026-000001"}).text
    assert '<details class="more" open><summary>Lägg till vår uppgift</summary>' in page
    assert ">Vi såg den</textarea>" in page
    assert police.get(API).get_json()["numberReturned"] == 1


def test_another_type_brings_its_own_severity(police: FlaskClient) -> None:
    logged(police, category="SKA01")
    page = police.get(f"{ONE}/andra").text
    assert '<option value="">efter typen</option>' in page
    changed = form(police, version="1", category="VAL01")
    assert police.post(f"{ONE}/andra", data=changed).status_code == 303
    assert police.get(f"{API}/L-2026-000001").get_json()["properties"]["severity"] == 4


def test_a_long_comment_is_refused_and_not_cut(police: FlaskClient) -> None:
    logged(police)
    status, page = send(police, "kommentar", comment="x" * 3000)
    assert status == 422
    assert "x" * 3000 in page


def test_no_exact_place_is_shown_of_what_was_taken_back(
    police: FlaskClient, fire: FlaskClient
) -> None:
    logged(police, category="STO01", place_text="Storgatan 5")
    send(police, "ta-tillbaka", version="1", reason="Fel")
    data = {"csrf_token": csrf(fire, NEW), "purpose": "insats"}
    answer = fire.post(f"{ONE}/exakt", data=data)
    assert answer.status_code == 409
    assert not [w for w in ("59.27", "Storgatan", "Brand i papperskorg") if w in answer.text]
