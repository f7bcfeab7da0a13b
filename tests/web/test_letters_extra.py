"""Extra letters, corrections after a struck one, and letters from before there were approvals."""

import base64
import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from lagesbild.access import service as access
from lagesbild.base.db import transaction
from lagesbild.digests.rules import Form, Kind, RunState
from lagesbild.digests.rules.editing import Edit
from lagesbild.digests.rules.wording import Wording
from lagesbild.digests.service import drafting
from lagesbild.digests.store import letters, runs
from lagesbild.people.rules import Group, system
from tests.letters import run
from tests.web.conftest import BOSS
from tests.web.test_letters_api import letter, put
from tests.web.thursday import (
    APPROVED,
    LETTER,
    MEETING,
    Refusing,
    approve,
    edit,
    fix,
    leave,
    plain,
    press,
)

pytestmark = pytest.mark.usefixtures("thursday")

FIELDS = re.compile(r'<textarea[^>]* name="([^"]*)"')
WORDS = re.compile(r'data-rest="(-?[0-9]+)"')


# --- Extra ------------------------------------------------------------------------------------


def test_an_extra_letter_covers_no_week_that_had_none(
    boss: FlaskClient, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(group, "tidigare", week="2026-W45")
    fix(boss, monkeypatch, "extra")
    assert "omfattar även" not in plain(boss.get(f"{LETTER}/brev.txt?extra=1"))
    assert boss.get(f"{LETTER}/brev.json?extra=1").get_json()["covers"] == []
    fix(boss, monkeypatch)
    assert "omfattar även v. 46" in plain(boss.get(f"{LETTER}/brev.txt"))


def test_the_second_extra_letter_says_which_it_is_and_leads_to_itself(
    boss: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fix(boss, monkeypatch, "extra")
    fix(boss, monkeypatch, "extra")
    assert boss.get(f"{LETTER}/brev.json?extra=2").get_json()["version"] == 2
    for form in Form:
        said = boss.get(f"{LETTER}/brev.txt?extra=2&form={form}").text
        assert f"{LETTER}?extra=2\n" in said, form
        assert "Rätt" not in said, form


def test_of_an_extra_letter_one_writes_what_it_shows(
    boss: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fix(boss, monkeypatch, "extra")
    assert FIELDS.findall(boss.get(f"{LETTER}/andra?extra=1").text) == ["short"]


def test_what_an_extra_letter_never_showed_is_gone_when_its_words_are_changed(
    boss: FlaskClient, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    fix(boss, monkeypatch, "extra")
    actor = access.actor_named(group, BOSS)
    made = run(actor, kind=Kind.EXTRA).run
    with transaction(actor.gate) as session:
        written = Edit(Wording(short="Rån nyss.", deviations="Skogås: 3 bränder."), 0)
        drafting.edit(session, actor, made.id, written, now=APPROVED)
    page = boss.get(f"{LETTER}/andra?extra=1")
    [rest] = WORDS.findall(page.text)
    assert f"{int(rest) + 2} ord av 400" in plain(page)
    assert f" {int(rest) + 2} ord av 400" in plain(boss.get(f"{LETTER}?extra=1"))
    assert "är ett litet tal" in plain(boss.get(f"{LETTER}?extra=1"))
    assert edit(boss, "?extra=1", short="Rån vid torget.").status_code == 303
    assert "är ett litet tal" not in plain(boss.get(f"{LETTER}?extra=1"))


# --- Corrected again --------------------------------------------------------------------------


def test_the_meeting_leads_to_the_letter_and_not_to_a_correction_that_was_struck(
    boss: FlaskClient, police: FlaskClient, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    fix(boss, monkeypatch)
    approve(police)
    put(group, "besked", kind=Kind.DELAYED)
    leave(group, Refusing())
    press(boss, "ratta")
    assert f'href="{LETTER}?version=2#godkann"' in boss.get(f"{MEETING}/brev").text
    press(boss, "stryk", "?version=2")
    assert f'href="{LETTER}?version=1#godkann"' in boss.get(f"{MEETING}/brev").text


# --- From before there were approvals ---------------------------------------------------------


def test_a_letter_that_was_held_before_there_were_approvals_can_be_approved(
    boss: FlaskClient, police: FlaskClient, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    fix(boss, monkeypatch)
    actor = access.actor_named(group, BOSS)
    held = run(actor).run
    with transaction(system(group).gate) as session:
        runs.change(session, group, held, state=RunState.HELD)
        letters.put_letters(session, group, held, {Form.FULL: letter("som det skrevs då")})
    page = plain(police.get(LETTER))
    assert "Godkänn för Polisen" in page
    assert "som det skrevs då" not in page + police.get(f"{LETTER}/brev.txt").text
    assert approve(police).status_code == 303
    assert run(actor).run.approved_at == APPROVED


# --- The picture ------------------------------------------------------------------------------


def test_the_picture_stands_in_the_frame_itself(
    boss: FlaskClient, police: FlaskClient, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    fix(boss, monkeypatch)
    made = run(access.actor_named(group, BOSS)).run
    drawn = replace(letter("<img"), html='<head></head><img src="cid:karta">', picture=b"\x89PNG+")
    with transaction(system(group).gate) as session:
        letters.put_letters(session, group, made, {Form.FULL: drawn})
        runs.change(session, group, made, state=RunState.APPROVED, approved_at=APPROVED)
    answer = police.get(f"{LETTER}/brev.html")
    said = base64.b64encode(b"\x89PNG+").decode()
    assert f'<img src="data:image/png;base64,{said}">' in answer.text
    assert "img-src data:;" in answer.headers["Content-Security-Policy"]
