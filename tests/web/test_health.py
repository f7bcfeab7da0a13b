"""What those who watch are told: the health answers, the figures, and the banner of a group."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask, get_template_attribute
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import Connection, event, text

from lagesbild import VERSION
from lagesbild.access import service as access
from lagesbild.app import create_app
from lagesbild.base import clock, db, signals
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import new_id, transaction
from lagesbild.base.settings import Settings
from lagesbild.digests.rules import SILENCE, Kind, Run, RunState
from lagesbild.digests.rules.recipients import ListName, Recipient
from lagesbild.digests.rules.silence import COPY
from lagesbild.digests.store import runs, schedule
from lagesbild.digests.web import status
from lagesbild.people.rules import Group, Role, system
from tests.build import NOW
from tests.web.conftest import SignIn, new_app

DUE = datetime(2026, 11, 19, 15, tzinfo=STOCKHOLM).astimezone(UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
TOKEN = "en-nyckel-med-å"
BANNER = "Brevet för v. 47 skulle ha gått tors 19 nov kl. 15.00 men har inte gått."


@pytest.fixture
def made_app(cluster: Settings) -> Flask:
    """What it has heard of the database, an application keeps for a minute."""
    return new_app(cluster)


@pytest.fixture(autouse=True)
def folder(cluster: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, for the mark of the clock."""
    monkeypatch.setattr(cluster, "data_dir", tmp_path)
    return tmp_path


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch, app: Flask) -> list[datetime]:
    """The moment that it is, which the test moves."""
    assert app.testing
    moments = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moments[0])
    return moments


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the watch of the banner sees, which the test moves."""
    passed = [0.0]
    monkeypatch.setattr(status, "monotonic", lambda: passed[0])
    return passed


def put(group: Group, state: RunState, due: datetime = DUE, week: str = "2026-W47") -> None:
    left = due + timedelta(minutes=1) if state is RunState.RELEASED else None
    run = Run(new_id(), week, Kind.LETTER, 1, due, state, late=False, made_at=NOW, released_at=left)
    with transaction(system(group).gate) as session:
        assert runs.open_run(session, group, run)


def tick(folder: Path, at: datetime) -> None:
    signals.beat(folder)
    os.utime(folder / signals.BEAT, (at.timestamp(), at.timestamp()))


# --- Health -----------------------------------------------------------------------------------


def test_an_empty_installation_is_ready_and_has_sent_nothing(stranger: FlaskClient) -> None:
    answer = stranger.get("/health/ready")
    assert answer.status_code == 200
    assert answer.get_json() == {
        "status": "ok",
        "letters": {"ok": True, "last_sent": None, "oldest_due_unsent": None, "overdue": 0},
        "clock": {"ok": None, "last_tick": None},
    }


@pytest.mark.parametrize(
    ("now", "oldest", "overdue"),
    [
        (DUE - SECOND, None, 0),
        (DUE, "2026-11-19T14:00:00+00:00", 0),
        (DUE + SILENCE - SECOND, "2026-11-19T14:00:00+00:00", 0),
        (DUE + SILENCE, "2026-11-19T14:00:00+00:00", 1),
    ],
)
def test_a_letter_that_stays_away_is_told_and_the_web_server_stays_ready(
    stranger: FlaskClient,
    group: Group,
    moment: list[datetime],
    now: datetime,
    oldest: str | None,
    overdue: int,
) -> None:
    put(group, RunState.RELEASED, DUE - 7 * DAY, "2026-W46")
    put(group, RunState.DRAFT)
    moment[0] = now
    answer = stranger.get("/health/ready")
    assert answer.status_code == 200
    assert answer.get_json()["letters"] == {
        "ok": overdue == 0,
        "last_sent": "2026-11-12T14:01:00+00:00",
        "oldest_due_unsent": oldest,
        "overdue": overdue,
    }


def test_all_groups_are_told_of_together_and_none_by_name(
    stranger: FlaskClient, group: Group, moment: list[datetime]
) -> None:
    berg = access.add_municipality(slug="berg", name="Bergs kommun", code="0002", now=NOW)
    put(group, RunState.HELD)
    put(berg, RunState.HELD, DUE + DAY)
    put(berg, RunState.RELEASED, DUE - 7 * DAY, "2026-W46")
    put(group, RunState.RELEASED, DUE - 14 * DAY, "2026-W45")
    moment[0] = DUE + 3 * DAY
    answer = stranger.get("/health/ready")
    assert answer.get_json()["letters"] == {
        "ok": False,
        "last_sent": "2026-11-12T14:01:00+00:00",
        "oldest_due_unsent": "2026-11-19T14:00:00+00:00",
        "overdue": 2,
    }
    assert "berg" not in answer.text.lower()


@pytest.mark.parametrize(
    ("after", "is_good"),
    [
        (timedelta(0), True),
        (timedelta(minutes=10), True),
        (timedelta(minutes=10, seconds=1), False),
    ],
)
def test_a_clock_that_stands_still_is_told(
    stranger: FlaskClient, folder: Path, moment: list[datetime], after: timedelta, *, is_good: bool
) -> None:
    tick(folder, DUE)
    moment[0] = DUE + after
    answer = stranger.get("/health/ready")
    assert answer.status_code == 200
    assert answer.get_json()["clock"] == {"ok": is_good, "last_tick": "2026-11-19T14:00:00+00:00"}


def test_a_sign_of_life_asks_nothing(app: Flask, connection: Connection) -> None:
    asked: list[object] = []
    event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given))
    assert app.test_client().get("/health/live").get_json() == {"status": "ok"}
    assert asked == []


# --- How a group's letters stand ---------------------------------------------------------------


def shown(app: Flask, group: Group) -> str:
    """Return the part of a page that tells it, without its marks."""
    with app.test_request_context("/g/as/utskick"):
        stand = get_template_attribute("digests/status_parts.html", "letters_stand")
        part = stand(status.standing(system(group)))
    return " ".join(re.sub("<[^>]*>", " ", part).split())


def test_a_page_shows_the_last_the_next_five_and_what_is_wrong(
    app: Flask, group: Group, moment: list[datetime]
) -> None:
    put(group, RunState.RELEASED, DUE - 7 * DAY, "2026-W46")
    put(group, RunState.HELD)
    moment[0] = DUE + SILENCE
    page = shown(app, group)
    assert BANNER in page
    assert "Senast skickat v. 46, tors 12 nov kl. 15.01" in page
    assert "Nästa brev v. 48: tors 26 nov kl. 15.00, svensk tid (vintertid)" in page
    assert page.endswith("v. 52: tors 24 dec kl. 15.00, svensk tid (vintertid)")
    assert "Allt som skulle ha gått har gått." not in page


def test_a_page_shows_that_the_installation_is_a_copy(
    app: Flask, group: Group, connection: Connection
) -> None:
    connection.execute(text("RESET ROLE"))
    connection.execute(text("DELETE FROM installation"))
    assert COPY in shown(app, group)


def test_a_page_shows_that_all_is_well(
    app: Flask, group: Group, sign_in: SignIn, folder: Path
) -> None:
    sign_in(Role.MEMBER, "polis")
    sign_in(Role.COORDINATOR, "kommun")
    chair = Recipient(new_id(), ListName.CHAIR, "o@as.example", "Ordförande", NOW.date())
    with transaction(system(group).gate) as session:
        schedule.put_recipient(session, group, chair)
    tick(folder, NOW)
    page = shown(app, group)
    assert "Allt som skulle ha gått har gått." in page
    assert "Senast skickat inget brev än" in page
    assert "Äldsta som inte har gått inget" in page


# --- Figures ----------------------------------------------------------------------------------


@pytest.fixture
def measured(cluster: Settings, connection: Connection, moment: list[datetime]) -> FlaskClient:
    """A client of an application that has a token for its figures."""
    assert moment
    settings = {"secret_key": SecretStr("prov"), "metrics_token": SecretStr(TOKEN)}
    app = create_app(cluster.model_copy(update=settings))
    app.testing = True
    for factory in db.MAKERS:
        factory.configure(bind=connection, join_transaction_mode="create_savepoint")
    return app.test_client()


def bearer(token: str = TOKEN) -> dict[str, str]:
    # Headers are bytes: what is not ASCII comes as Latin-1 says it.
    return {"Authorization": f"Bearer {token.encode().decode('latin-1')}"}


def lines(answer: str) -> list[str]:
    return [line for line in answer.splitlines() if not line.startswith("#")]


@pytest.mark.parametrize("headers", [{}, bearer(), bearer("")])
def test_without_a_token_in_the_settings_there_are_no_figures(
    stranger: FlaskClient, headers: dict[str, str]
) -> None:
    assert stranger.get("/metrics", headers=headers).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": f"Basic {TOKEN.encode().decode('latin-1')}"},
        bearer(""),
        bearer(TOKEN[:-1]),
        bearer(f"{TOKEN}x"),
        bearer(TOKEN.upper()),
    ],
)
def test_only_the_token_opens_the_figures(measured: FlaskClient, headers: dict[str, str]) -> None:
    answer = measured.get("/metrics", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.data == b""


def test_a_program_of_a_group_does_not_get_the_figures(
    measured: FlaskClient, program: dict[str, str]
) -> None:
    assert measured.get("/metrics", headers=program).status_code == 401


def test_the_figures_of_an_empty_installation_are_its_version(measured: FlaskClient) -> None:
    answer = measured.get("/metrics", headers=bearer())
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert lines(answer.text) == [f'lagesbild_build_info{{version="{VERSION}"}} 1.0']


def test_the_figures_of_each_group_stand_under_its_short_name(
    measured: FlaskClient, group: Group, folder: Path, moment: list[datetime]
) -> None:
    access.add_municipality(slug="berg", name="Bergs kommun", code="0002", now=NOW)
    put(group, RunState.RELEASED, DUE - 7 * DAY, "2026-W46")
    put(group, RunState.APPROVED)
    tick(folder, DUE)
    moment[0] = DUE + SILENCE
    due = DUE.timestamp()
    found = dict(
        line.rsplit(" ", 1) for line in lines(measured.get("/metrics", headers=bearer()).text)
    )
    assert {name: float(value) for name, value in found.items()} == {
        'lagesbild_letters_last_sent_timestamp_seconds{group="as"}': due - 7 * 86400 + 60,
        'lagesbild_letters_overdue{group="as"}': 1,
        'lagesbild_letters_overdue{group="berg"}': 0,
        'lagesbild_letters_oldest_unsent_timestamp_seconds{group="as"}': due,
        "lagesbild_scheduler_last_tick_timestamp_seconds": due,
        f'lagesbild_build_info{{version="{VERSION}"}}': 1,
    }


def test_each_figure_says_what_it_is(measured: FlaskClient) -> None:
    told = measured.get("/metrics", headers=bearer()).text
    names = set(re.findall(r"^# TYPE (\S+) gauge$", told, re.MULTILINE))
    assert names == set(re.findall(r"^# HELP (\S+) \S.*\.$", told, re.MULTILINE))
    assert len(names) == 5


# --- The banner -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "is_told"), [(SILENCE - SECOND, False), (SILENCE, True), (SILENCE + SECOND, True)]
)
def test_every_page_says_that_a_letter_has_stayed_away(
    sign_in: SignIn,
    group: Group,
    moment: list[datetime],
    seconds: list[float],
    after: timedelta,
    *,
    is_told: bool,
) -> None:
    put(group, RunState.DRAFT)
    moment[0], seconds[0] = DUE + after, 61
    police = sign_in(Role.MEMBER, "polis")
    for page in ("vecka/2026-W47", "handelser", "omraden", "finns-inte"):
        answer = police.get(f"/g/as/{page}")
        assert (BANNER in answer.text) is is_told, page
        assert (">Se utskick</a>" in answer.text) is is_told, page


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_only_those_who_read_letters_hear_of_it(
    sign_in: SignIn, group: Group, moment: list[datetime], seconds: list[float], role: Role
) -> None:
    put(group, RunState.DRAFT)
    moment[0], seconds[0] = DUE + SILENCE, 61
    assert BANNER in sign_in(Role.MEMBER, "polis").get("/g/as/handelser").text
    page = sign_in(role, "kommun").get("/g/as/aviseringar", follow_redirects=True).text
    assert (BANNER in page) is (role in (Role.MEMBER, Role.COORDINATOR))


def test_a_stranger_hears_nothing(
    stranger: FlaskClient, group: Group, moment: list[datetime], seconds: list[float]
) -> None:
    put(group, RunState.DRAFT)
    moment[0], seconds[0] = DUE + SILENCE, 61
    assert "skulle ha gått" not in stranger.get("/logga-in").text


def test_another_group_hears_nothing(
    sign_in: SignIn, app: Flask, moment: list[datetime], seconds: list[float]
) -> None:
    assert app.testing
    berg = access.add_municipality(slug="berg", name="Bergs kommun", code="0002", now=NOW)
    put(berg, RunState.DRAFT)
    moment[0], seconds[0] = DUE + SILENCE, 61
    page = sign_in(Role.MEMBER, "polis").get("/g/as/handelser")
    assert page.status_code == 200
    assert "skulle ha gått" not in page.text


def test_a_copy_says_that_it_is_one_and_not_that_letters_stay_away(
    sign_in: SignIn,
    group: Group,
    connection: Connection,
    moment: list[datetime],
    seconds: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put(group, RunState.DRAFT)
    connection.execute(text("RESET ROLE"))
    connection.execute(text("DELETE FROM installation"))
    monkeypatch.setattr("lagesbild.instance.web.monotonic", lambda: 10.0**9)
    moment[0], seconds[0] = DUE + SILENCE, 61
    page = sign_in(Role.MEMBER, "polis").get("/g/as/handelser").text
    assert "Det här är en återställd kopia" in page
    assert BANNER not in page


def test_a_page_says_that_the_clock_stands_still(
    police: FlaskClient, folder: Path, moment: list[datetime], seconds: list[float]
) -> None:
    tick(folder, NOW)
    moment[0], seconds[0] = NOW + timedelta(minutes=10, seconds=1), 61
    assert "har stått sedan ons 18 nov kl. 13.00" in police.get("/g/as/handelser").text


def test_the_database_is_asked_once_a_minute_and_never_for_the_api(
    police: FlaskClient,
    program: dict[str, str],
    connection: Connection,
    seconds: list[float],
) -> None:
    asked: list[object] = []

    def note(*given: object) -> None:
        asked.extend(a for a in given if isinstance(a, str) and "digest_runs" in a)

    event.listen(connection, "before_cursor_execute", note)
    found = []
    for passed in (100, 101, 160, 161, 222):
        seconds[0] = passed
        assert police.get("/g/as/handelser").status_code == 200
        found.append(len(asked))
    assert found == [1, 1, 1, 2, 3]
    seconds[0] = 1000  # what is known is old
    assert police.get("/api/v1/incidents", headers=program).status_code == 200
    with police.get("/static/log.js") as file:
        assert file.status_code == 200
    assert len(asked) == 3
