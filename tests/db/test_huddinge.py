"""The main job on real input: Huddinge's kommundelar and a list, through the real commands."""

import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import chain
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from lagesbild.access import service as access
from lagesbild.app import create_app
from lagesbild.base import clock, db
from lagesbild.base.clock import Period
from lagesbild.base.settings import Settings
from lagesbild.base.supervisor import STOPPING
from lagesbild.cli import main
from lagesbild.demo.rules import weeks
from tests.conftest import PASSWORD, SHARED
from tests.letters import approved
from tests.post import Server, running
from tests.web.conftest import csrf

pytestmark = pytest.mark.shared

OUTLINES = SHARED / "boundaries" / "huddinge_kommundelar_from_deso.geojson"
LIST = SHARED / "formats" / "syntetiska" / "osg_01_wgs84_utf8bom_semikolon_decimalkomma.csv"
WEEK = "2026-W03"
MEETING = datetime(2026, 1, 15, 12, tzinfo=UTC)  # the demo is filled when the week has closed
AFTER_THE_LIST = datetime(2026, 7, 1, 12, tzinfo=UTC)  # its last row is from June
COORDINATOR = "samordnare@huddinge.example"
POLICE = "polis@huddinge.example"
MAPS = (
    *("Skadegörelse/klotter=SKA01", "Anlagd brand=BRA01", "Narkotika=NAR01"),
    *("Stöld/inbrott=STO02", "Trafik/buskörning=TRA01"),
)
# Counted by hand from the list, Thursday 8 to Wednesday 14 January 2026: rows 34, 5, 9, 6 and 17.
# The rows nearest outside are 27 (26 January) and 29; none before. By their types all have a
# severity of 1 or more, so that all are counted.
BY_HAND = {
    "Flemingsberg": [],
    "Segeltorp": [("Juringe allé", [17.927084, 59.275849])],
    "Sjödalen-Fullersta": [("Krönet", [17.993899, 59.192730])],
    "Skogås": [("Skogås station", [18.154294, 59.218174])],
    "Stuvsta-Snättringe": [("Planetvägen", [17.998392, 59.246435])],
    "Trångsund": [("Henningsberg", [18.080963, 59.228332])],
    "Vårby": [],
}
FOREIGN = re.compile("demo|skolorna", re.IGNORECASE)  # what only the demo has

Run = Callable[..., str]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def environment(own_database: Settings, tmp_path: Path, server: Server) -> Iterator[dict[str, str]]:
    """The environment of an installation with an empty database and a mail server."""
    with running(server) as port:
        values = {
            **{name: getattr(own_database, name) for name in ("database_url", "reader_url")},
            "owner_url": own_database.owner_url,
            "smtp_url": f"smtp://127.0.0.1:{port}",
            "base_url": "https://lagesbild.example",
            "data_dir": str(tmp_path),
            "secret_key": "prov",
            "demo_password": PASSWORD,
        }
        yield {f"LAGESBILD_{name.upper()}": value for name, value in values.items()}


@pytest.fixture
def run(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Return a function that runs a command, a minute after the one before."""
    mask = os.umask(0o022)
    listened = {number: signal.getsignal(number) for number in STOPPING}
    minutes = iter(range(1000))

    def ran(*words: str | Path, at: datetime = AFTER_THE_LIST) -> str:
        moment = at + timedelta(minutes=next(minutes))
        monkeypatch.setattr(clock, "now", lambda: moment)
        try:
            result = CliRunner().invoke(main, [str(w) for w in words], env=environment)
        finally:
            db.forget_connections()
        assert result.exit_code == 0, result.output
        return result.output

    yield ran
    os.umask(mask)
    for number, handler in listened.items():
        signal.signal(number, handler)


@pytest.fixture
def demo(run: Run, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Fill the demo beside which Huddinge is; return its week."""
    monkeypatch.setattr(weeks, "WEEKS", 2)  # as short as it gets with the one that has closed
    run("demo", at=MEETING)
    week = week_of(run, "demo")
    assert re.search('"this_week": [1-9]', json.dumps(week["total"]))
    return week


def agree(run: Run, environment: dict[str, str]) -> None:
    """Let Huddinge fix its picture and the police approve the letter."""
    group = ("--group", "huddinge")
    run(
        *("user", "add", *group, "--mail", POLICE, "--name", "Prov", "--role", "member"),
        *("--organisation", "polis", "--password", PASSWORD),
    )
    with psycopg.connect(environment["LAGESBILD_OWNER_URL"]) as owner:  # as if it had begun then
        owner.execute("UPDATE groups SET schedule_since = %s", [MEETING - timedelta(days=7)])
    db.connect(environment["LAGESBILD_DATABASE_URL"], environment["LAGESBILD_READER_URL"])
    huddinge = access.group_named("huddinge")
    boss, police = (access.actor_named(huddinge, mail) for mail in (COORDINATOR, POLICE))
    now = AFTER_THE_LIST + timedelta(hours=1)
    approved(boss, police, Period.named(WEEK), fixed_at=now, now=now)
    db.forget_connections()


def letters(server: Server) -> list[bytes]:
    """What has arrived of letters; notices name the group."""
    return [m for m in server.got if subject(m).startswith("Lägesbild v.")]


def subject(content: bytes) -> str:
    return str(message_from_bytes(content, policy=policy.default)["Subject"])


def take_in(run: Run, violence: str = "VAL01") -> str:
    """Make Huddinge with districts, coordinator and list; return what the import said."""
    group = ("--group", "huddinge")
    names = ("--slug", "huddinge", "--name", "Huddinge kommun", "--code", "0126")
    run("municipality", "add", *names)
    run(
        *("districts", "import", OUTLINES, "--municipality", "huddinge"),
        *("--division", "kommundel", "--valid-from", "2026-01-01"),
    )
    run(
        *("user", "add", *group, "--mail", COORDINATOR, "--name", "Prov", "--role", "coordinator"),
        *("--organisation", "kommun", "--password", PASSWORD),
    )
    maps = (word for pair in (*MAPS, f"Våld/hot={violence}") for word in ("--map", pair))
    return run("incidents", "import", LIST, *group, "--organisation", "kommun", *maps)


def week_of(run: Run, group: str) -> dict[str, object]:
    """Return the week as the command says it, but for the moment when it was asked."""
    picture = json.loads(run("week", WEEK, "--json", "--group", group))
    assert isinstance(picture, dict)
    return {name: value for name, value in picture.items() if name != "known_at"}


def rows_of(text: str) -> dict[str, list[str]]:
    """Return the table of a letter's text: for each line its four numbers."""
    row = re.compile(r"  (\S.*?)" + 4 * r" +(‹?\d+)")
    found = [row.fullmatch(line) for line in text.splitlines()]
    return {match[1]: [*match.groups()[1:]] for match in found if match}


@pytest.mark.usefixtures("demo")
def test_the_week_of_the_list_is_the_one_counted_by_hand(run: Run) -> None:
    said = take_in(run)
    assert said.splitlines()[-1] == "40 rader: 40 sparade, 0 fanns redan, 0 fel."
    week = week_of(run, "huddinge")
    assert (week["from"], week["to"]) == ("2026-01-08", "2026-01-14")
    assert isinstance(week["districts"], list)
    assert {d["name"]: d["this_week"] for d in week["districts"]} == {
        name: len(found) for name, found in BY_HAND.items()
    }
    whole = {"last_week": 0, "mean_of_four": 0, "same_week_last_year": 0, "late": 5}
    assert week["total"] == {"this_week": 5} | whole
    assert week["without_district"] == dict.fromkeys(["this_week", *whole], 0)
    assert isinstance(week["coverage"], list)
    reported = {c["organisation"]: c["incidents"] for c in week["coverage"]}
    assert reported == {"brand": 0, "kommun": 5, "polis": 0}


def test_the_week_beside_it_stays_as_it_was(run: Run, demo: dict[str, object]) -> None:
    take_in(run)
    assert week_of(run, "demo") == demo


@pytest.fixture
def client(run: Run, environment: dict[str, str]) -> Iterator[FlaskClient]:
    """The coordinator of Huddinge, signed in through the page."""
    take_in(run)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        app = create_app(Settings(base_url="http://localhost"))
    app.testing = True
    client = app.test_client()
    form = {"mail": COORDINATOR, "password": PASSWORD, "csrf_token": csrf(client, "/logga-in")}
    assert client.post("/logga-in", data=form).status_code == 303
    yield client
    db.forget_connections()


def drawn(client: FlaskClient, path: str) -> list[tuple[str, list[float]]]:
    """Return what a map fetches for the week: the name of each place, and where it is."""
    answer = client.get(f"/g/huddinge/{path}/handelser.geojson?week={WEEK}")
    assert answer.mimetype == "application/geo+json"
    features = json.loads(answer.data)["features"]
    return [(f["properties"]["place_text"], f["geometry"]["coordinates"]) for f in features]


@pytest.mark.usefixtures("demo")
def test_each_map_shows_the_rows_counted_by_hand(client: FlaskClient) -> None:
    page = client.get(f"/g/huddinge/omraden?week={WEEK}").text
    links = re.findall(
        r'href="/g/huddinge/(omraden/[^"?/]+)\?week=[^"]+"><span class="what">', page
    )
    assert [drawn(client, link) for link in links] == list(BY_HAND.values())
    assert sorted(drawn(client, "karta")) == sorted(chain(*BY_HAND.values()))


@pytest.mark.usefixtures("demo")
def test_no_page_tells_of_the_municipality_beside(client: FlaskClient) -> None:
    paths = ("omraden", "omraden/skogas", "karta", f"vecka/{WEEK}", "handelser", "utskick")
    own = [client.get(f"/g/huddinge/{path}?week={WEEK}") for path in paths]
    assert [answer.status_code for answer in own] == [200] * len(paths)
    assert [FOREIGN.search(answer.text) for answer in own] == [None] * len(paths)
    beside = [client.get(f"/g/demo/{path}?week={WEEK}") for path in paths]
    assert [answer.status_code for answer in beside] == [404] * len(paths)


# A word for violence can mean a code of sensitivity B, which letters count, or C, which they do
# not. With the first all five are ones: even their sum would tell that.
@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("violence", ["VAL01", "VAL03"])
def test_the_letter_hides_every_small_number_and_their_sum(
    run: Run, environment: dict[str, str], server: Server, violence: str
) -> None:
    take_in(run, violence)
    agree(run, environment)
    assert COORDINATOR in run("digest", "send", WEEK, "--group", "huddinge")
    [content] = letters(server)
    letter = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
    parts = {p.get_content_type(): p for p in letter.walk()}
    text, page = (parts[kind].get_content() for kind in ("text/plain", "text/html"))
    assert rows_of(text) == {}  # so few incidents make no table
    assert letter["To"] == COORDINATOR
    assert letter["Subject"] == "Lägesbild v. 3 – få rapporterade händelser"
    assert not re.search(r"(?<!‹)\b[1-9]\d* rapporterade", text + page)
    assert not FOREIGN.search(text + page)


@pytest.mark.usefixtures("demo")
def test_the_letter_is_sent_once(run: Run, environment: dict[str, str], server: Server) -> None:
    take_in(run)
    agree(run, environment)
    run("digest", "send", WEEK, "--group", "huddinge")
    for minute in range(3):
        run("tick", at=AFTER_THE_LIST + timedelta(minutes=minute))
    assert [message_from_bytes(m)["To"] for m in letters(server)] == [COORDINATOR]
