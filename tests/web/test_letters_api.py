"""The letters as programs read them: the group all of them, readers those that have left."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from lagesbild.access import service as access
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import new_id, transaction
from lagesbild.base.outbox import Outcome, State
from lagesbild.digests.rules import TO_READERS, Form, Kind, Letter, Run, RunState, fingerprint
from lagesbild.digests.rules.recipients import Addressed
from lagesbild.digests.store import letters, outbox, runs
from lagesbild.people.rules import Group, Role, system
from tests.build import NOW
from tests.web.conftest import SignIn

API = "/api/v1/groups/as"
WEEK = "2026-W47"
DUE = datetime(2026, 11, 19, 15, tzinfo=STOCKHOLM).astimezone(UTC)
LEFT = DUE + timedelta(minutes=1)
READING = [Role.MEMBER, Role.COORDINATOR]
OUTSIDE = [Role.READER, Role.ANALYST]
NEITHER = [Role.REPORTER, Role.ADMIN, Role.AUDITOR]


def letter(says: str) -> Letter:
    return Letter(says, f"<p>{says}", says, None, content={"says": says, "figures": [{"this": 5}]})


def put(
    group: Group,
    says: str,
    week: str = WEEK,
    kind: Kind = Kind.LETTER,
    version: int = 1,
    **changes: object,
) -> Run:
    """Store a letter that has left, with what it says; or one that waits, if it is told so."""
    usual = Run(
        new_id(),
        week,
        kind,
        version,
        DUE,
        RunState.RELEASED,
        late=False,
        made_at=NOW,
        number=43,
        approved_at=DUE - timedelta(hours=1),
        released_at=LEFT,
    )
    run = replace(usual, **changes)  # type: ignore[arg-type]  # any field of a mailing
    with transaction(system(group).gate) as session:
        assert runs.open_run(session, group, run)
        runs.change(session, group, run, approved_at=run.approved_at)
        if run.approved_at:
            known = {Form.FULL: letter(says), Form.SHORT: letter(f"kort {says}")}
            letters.put_letters(session, group, run, known, released_at=run.released_at)
    return run


def as_draft(group: Group, says: str, **changes: object) -> Run:
    undone = {"approved_at": None, "released_at": None, "number": None}
    return put(group, says, **(undone | {"state": RunState.DRAFT} | changes))  # type: ignore[arg-type]  # fields


# --- The list ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", READING)
def test_the_group_gets_every_letter_and_how_far_it_has_come(
    sign_in: SignIn, group: Group, role: Role
) -> None:
    put(group, "första")
    as_draft(group, "rättad", version=2, due_at=DUE + timedelta(days=1))
    put(group, "besked", kind=Kind.DELAYED)
    put(group, "påminnelse", kind=Kind.REMINDER)
    assert sign_in(role, "kommun").get(f"{API}/digests").get_json() == {
        "digests": [
            {
                "week": WEEK,
                "kind": "brev",
                "version": 2,
                "number": None,
                "state": "draft",
                "due_at": "2026-11-20T14:00:00+00:00",
                "approved_at": None,
                "released_at": None,
                "sha256": None,
            },
            {
                "week": WEEK,
                "kind": "brev",
                "version": 1,
                "number": "2026:43",
                "state": "released",
                "due_at": "2026-11-19T14:00:00+00:00",
                "approved_at": "2026-11-19T13:00:00+00:00",
                "released_at": "2026-11-19T14:01:00+00:00",
                "sha256": fingerprint(letter("första")).hex(),
            },
        ]
    }


@pytest.mark.parametrize("role", OUTSIDE)
def test_readers_get_the_letters_that_have_left(sign_in: SignIn, group: Group, role: Role) -> None:
    put(group, "första")
    put(group, "godkänd", version=2, state=RunState.APPROVED, released_at=None)
    put(group, "extra", kind=Kind.EXTRA, released_at=LEFT + timedelta(days=1))
    put(group, "besked", kind=Kind.DELAYED)
    found = sign_in(role, "kommun").get(f"{API}/digests").get_json()["digests"]
    assert [(each["kind"], each["version"]) for each in found] == [("extra", 1), ("brev", 1)]
    assert found[1] == {
        "week": WEEK,
        "kind": "brev",
        "version": 1,
        "number": None,
        "state": "released",
        "due_at": None,
        "approved_at": None,
        "released_at": "2026-11-19T14:01:00+00:00",
        "sha256": fingerprint(letter("första")).hex(),
    }


# --- One letter -------------------------------------------------------------------------------


@pytest.fixture
def corrected(group: Group) -> Group:
    """A group whose letter has left twice, and a third time is only approved; with an extra one."""
    put(group, "första")
    put(group, "rättad", version=2)
    put(group, "godkänd", version=3, state=RunState.APPROVED, released_at=None)
    put(group, "extra", kind=Kind.EXTRA, version=4)
    return group


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "rättad"),
        ("?version=1", "första"),
        ("?version=2", "rättad"),
        ("?kind=brev", "rättad"),
        ("?kind=extra", "extra"),
        ("?kind=extra&version=4", "extra"),
    ],
)
@pytest.mark.parametrize("role", READING + OUTSIDE)
def test_the_newest_that_has_left_is_read_unless_another_is_asked_for(
    sign_in: SignIn, corrected: Group, role: Role, query: str, says: str
) -> None:
    assert corrected.slug == "as"
    answer = sign_in(role, "kommun").get(f"{API}/digests/{WEEK}{query}")
    assert answer.get_json() == {"says": says, "figures": [{"this": 5}]}


@pytest.mark.parametrize(
    ("address", "status", "field"),
    [
        (f"{WEEK}?version=3", 404, None),
        (f"{WEEK}?kind=extra&version=1", 404, None),
        ("2026-W46", 404, None),
        ("2026-W54", 422, "week"),
        ("x", 422, "week"),
        (f"{WEEK}?version=0", 422, "version"),
        (f"{WEEK}?version=-1", 422, "version"),
        (f"{WEEK}?version=%C2%B2", 422, "version"),
        (f"{WEEK}?version=10000", 422, "version"),
        (f"{WEEK}?version=", 422, "version"),
        (f"{WEEK}?kind=forsenad", 422, "kind"),
        (f"{WEEK}?kind=", 422, "kind"),
    ],
)
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.READER])
def test_what_is_not_there_is_a_problem(
    sign_in: SignIn, corrected: Group, role: Role, address: str, status: int, field: str | None
) -> None:
    assert corrected.slug == "as"
    answer = sign_in(role, "kommun").get(f"{API}/digests/{address}")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.get_json().get("field") == field


def test_the_letters_of_another_group_are_not_there(sign_in: SignIn, group: Group) -> None:
    berg = access.add_municipality(slug="berg", name="Berg", code="0002", now=NOW)
    put(berg, "bergs")
    for role in (Role.COORDINATOR, Role.READER):
        client = sign_in(role, "kommun")
        assert client.get(f"{API}/digests").get_json() == {"digests": []}
        assert client.get(f"{API}/digests/{WEEK}").status_code == 404
        assert client.get(f"/api/v1/groups/berg/digests/{WEEK}").status_code == 404
        assert client.get(f"{API}/digests/{WEEK}").status_code == 404
    assert group.slug == "as"


# --- Deliveries -------------------------------------------------------------------------------


def deliver(group: Group, run: Run, recipient: str) -> None:
    with transaction(system(group).gate) as session:
        to = [Addressed(recipient, Form.SHORT, "presidium")]
        outbox.put_deliveries(session, group, run, to, domain="as.example", at=LEFT)
        session.execute(
            text("UPDATE digest_deliveries SET message_id = '<1@as.example>' WHERE run_id = :id"),
            {"id": run.id},
        )
        taken = outbox.claim(session, group, now=LEFT)
        assert taken
        outcome = Outcome(State.REFUSED, "550 Okänd")
        outbox.settle(session, group, taken, outcome, at=LEFT + timedelta(seconds=2))


@pytest.mark.parametrize("role", READING)
def test_the_group_reads_how_far_each_delivery_has_come(
    sign_in: SignIn, group: Group, role: Role
) -> None:
    deliver(group, put(group, "första"), "ordforande@as.example")
    client = sign_in(role, "kommun")
    [found] = client.get(f"{API}/deliveries?week={WEEK}").get_json()["deliveries"]
    assert found.pop("id")
    assert found == {
        "week": WEEK,
        "kind": "brev",
        "version": 1,
        "recipient": "ordforande@as.example",
        "list": "presidium",
        "form": "kort",
        "state": "refused",
        "attempts": 1,
        "answer": "550 Okänd",
        "at": "2026-11-19T14:01:02+00:00",
        "message_id": "<1@as.example>",
        "resend_of": None,
    }
    assert client.get(f"{API}/deliveries?week=2026-W46").get_json() == {"deliveries": []}


def test_a_delivery_that_was_made_again_names_the_one_before(sign_in: SignIn, group: Group) -> None:
    run = put(group, "första")
    deliver(group, run, "ordf@as.example")
    with transaction(system(group).gate) as session:
        [failed] = outbox.deliveries(session, group, run)
        outbox.resend(
            session, group, failed, recipient="ny@as.example", domain="as.example", at=LEFT
        )
    answer = sign_in(Role.MEMBER, "polis").get(f"{API}/deliveries?week={WEEK}").get_json()
    again = {each["recipient"]: each["resend_of"] for each in answer["deliveries"]}
    assert again == {"ordf@as.example": None, "ny@as.example": str(failed.id)}


@pytest.mark.parametrize("kind", Kind)
def test_what_only_the_group_is_told_is_no_delivery_to_readers(
    sign_in: SignIn, group: Group, kind: Kind
) -> None:
    with transaction(system(group).gate) as session:
        run = put(group, "något", kind=kind)
        to = [Addressed("nagon@as.example", Form.FULL, "rad")]
        outbox.put_deliveries(session, group, run, to, domain="as.example", at=LEFT)
    answer = sign_in(Role.COORDINATOR, "kommun").get(f"{API}/deliveries?week={WEEK}").get_json()
    assert bool(answer["deliveries"]) is (kind in TO_READERS)


@pytest.mark.parametrize("query", ["", "?week=", "?week=47"])
def test_deliveries_are_of_a_week(police: FlaskClient, query: str) -> None:
    answer = police.get(f"{API}/deliveries{query}")
    assert (answer.status_code, answer.get_json()["field"]) == (422, "week")


# --- Who --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", OUTSIDE + NEITHER)
def test_nobody_outside_the_group_reads_deliveries(
    sign_in: SignIn, group: Group, role: Role
) -> None:
    deliver(group, put(group, "första"), "ordforande@as.example")
    answer = sign_in(role, "kommun").get(f"{API}/deliveries?week={WEEK}")
    assert (answer.status_code, answer.mimetype) == (403, "application/problem+json")
    assert "ordforande@" not in answer.text


@pytest.mark.parametrize("role", NEITHER)
def test_who_may_not_read_letters_reads_none(sign_in: SignIn, group: Group, role: Role) -> None:
    put(group, "första")
    client = sign_in(role, "kommun")
    for address in ("digests", f"digests/{WEEK}"):
        assert client.get(f"{API}/{address}").status_code == 403


def test_a_program_reads_letters_without_a_group_in_the_address(
    app: Flask, group: Group, program: dict[str, str]
) -> None:
    put(group, "första")
    client = app.test_client()
    assert len(client.get("/api/v1/digests", headers=program).get_json()["digests"]) == 1
    answer = client.get(f"/api/v1/digests/{WEEK}", headers=program)
    assert answer.get_json()["says"] == "första"
    assert client.get("/api/v1/digests").status_code == 401
