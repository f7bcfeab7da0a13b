"""The demo municipality in a real database."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, make_url, text

from lagesbild import jobs
from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.audit import service as audit
from lagesbild.base import db
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.errors import InvalidError, SetupError
from lagesbild.base.outbox import State
from lagesbild.base.settings import Settings
from lagesbild.demo import service
from lagesbild.demo.cli import demo
from lagesbild.demo.rules import weeks
from lagesbild.demo.rules.letters import ANSWER, ASKED
from lagesbild.demo.rules.places import PLACES
from lagesbild.digests.rules import Form, Kind, RunState
from lagesbild.digests.rules.known import State as Known
from lagesbild.digests.rules.silence import Machine
from lagesbild.digests.service import drafting, known, looking, questions, recipients, silence
from lagesbild.digests.service.looking import Whole
from lagesbild.districts import service as districts
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter
from lagesbild.meetings import service as meetings
from lagesbild.meetings.rules import Picture, Reported
from lagesbild.meetings.service import fixing
from lagesbild.people.rules import Actor, Group, Role, system
from lagesbild.places import service as known_places

SUNDAY = datetime(2026, 11, 22, 19, 16, tzinfo=UTC)
CLOSED = Period.named("2026-W47")
PASSWORD = "ett-langt-losenord"


def chosen(folder: Path) -> Settings:
    return Settings(data_dir=folder, demo_password=SecretStr(PASSWORD))


@pytest.fixture(scope="module")
def filled(
    cluster: Settings, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """A database of its own with the whole demo, since making it takes seconds."""
    name = f"t{uuid4().hex}"
    source = make_url(cluster.owner_url).database
    engine.dispose()  # a template must have no other connection
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{source}"'))
    settings = chosen(tmp_path_factory.mktemp("demo")).model_copy(
        update={
            field: make_url(getattr(cluster, field)).set(database=name).render_as_string()
            for field in ("database_url", "reader_url")
        }
    )
    with connected(settings):
        service.fill(settings, SUNDAY)
    yield settings
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
def made(filled: Settings) -> Iterator[Group]:
    """The demo's group; tests only read it."""
    with connected(filled):
        yield access.group_named("demo")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo of two weeks, for tests that need to make one of their own."""
    monkeypatch.setattr(weeks, "WEEKS", 1)


@contextmanager
def connected(settings: Settings) -> Iterator[None]:
    """Bind all sessions to a database, and leave it without connections."""
    for factory in db.MAKERS:
        factory.configure(join_transaction_mode="conditional_savepoint")  # SQLAlchemy's default
    db.connect(settings.database_url, settings.reader_url)
    yield
    db.forget_connections()


def signed_in(mail: str) -> Actor:
    secret = access.sign_in(mail, PASSWORD, address="127.0.0.1", now=SUNDAY)
    visitor = access.visitor_by_session(secret, now=SUNDAY)
    assert visitor is not None
    return visitor.actors[0]


def picture(group: Group, period: Period) -> Picture:
    with db.reading(system(group).gate) as session:
        return meetings.picture(session, system(group), period, now=SUNDAY)


def test_the_closed_week_has_figures_for_every_window(made: Group) -> None:
    total = picture(made, CLOSED).total
    assert min(total.this, total.last, total.four / 4, total.year) > 50


def test_all_four_organisations_have_reported(made: Group) -> None:
    states = {c.organisation.slug: c.state for c in picture(made, CLOSED).coverage}
    assert states == dict.fromkeys(("kommun", "polis", "brand", "skola"), Reported.YES)


def test_a_week_without_the_schools_says_that_they_had_nothing(made: Group) -> None:
    states = {c.organisation.slug: c.state for c in picture(made, CLOSED.previous()).coverage}
    assert states["skola"] == Reported.NOTHING


def test_the_place_names_the_district(made: Group) -> None:
    actor = system(made)
    with db.reading(actor.gate) as session:
        for district in districts.districts(session, actor):
            found = incidents.listing(session, actor, Filter(district_id=district.id), limit=200)
            names = {place.name for place in PLACES[district.name]}
            assert {row.place_text for row in found} - {""} <= names


def test_every_place_of_the_demo_is_in_its_list_of_places(made: Group) -> None:
    names = [place.name for known in PLACES.values() for place in known]
    with db.reading(system(made).gate) as session:
        found = known_places.find(session, system(made), names)
    assert [each.place.name for each in found if each.place] == names


def test_the_map_says_that_the_districts_are_a_sketch(made: Group) -> None:
    with db.reading(system(made).gate) as session:
        assert districts.is_schematic(session, system(made), on=SUNDAY.date())


def test_no_letter_is_due_for_weeks_before_the_demo(made: Group) -> None:
    assert made.schedule_since == SUNDAY


def letters(group: Group) -> list[Whole]:
    """Return what the demo's group has sent to readers, the first first."""
    actor = system(group)
    with db.reading(actor.gate) as session:
        runs = looking.runs(session, actor)
        return [looking.run(session, actor, run.id) for run in reversed(runs)]


def test_the_last_four_fixed_weeks_have_had_their_letters(made: Group) -> None:
    found = [(whole.run.week, whole.run.series, whole.run.state) for whole in letters(made)]
    assert found == [
        ("2026-W43", "2026:1", RunState.RELEASED),
        ("2026-W44", "2026:2", RunState.RELEASED),
        ("2026-W45", "2026:3", RunState.RELEASED),
        ("2026-W46", "2026:4", RunState.RELEASED),
    ]


def test_each_letter_went_on_its_thursday_at_three(made: Group) -> None:
    left = [whole.run.released_at for whole in letters(made)]
    assert {f"{at.astimezone(STOCKHOLM):%a %H.%M}" for at in left if at} == {"Thu 15.00"}


def test_each_letter_was_written_by_one_organisation_and_approved_by_another(made: Group) -> None:
    names = [whole.letters[Form.FULL].content["approved_by"] for whole in letters(made)]
    police, brigade = ["Kommunen", "Polisen"], ["Kommunen", "Brandförsvaret"]
    assert names == [brigade, police, brigade, police]


def test_every_letter_has_arrived_and_none_of_it_was_sent(made: Group) -> None:
    told = [(d.state, d.answer) for whole in letters(made) for d in whole.deliveries]
    assert len(told) == 4 * 8
    assert set(told) == {(State.ACCEPTED, ANSWER)}


def test_the_letters_are_well_when_the_demo_begins(made: Group) -> None:
    actor = system(made)
    with db.reading(actor.gate) as session:
        assert silence.standing(session, actor, Machine(), now=SUNDAY).faults == []


def test_a_change_of_deputy_took_effect_between_two_letters(made: Group) -> None:
    got = [{d.recipient for d in whole.deliveries} for whole in letters(made)]
    assert ["andre-vice@demo.example" in each for each in got] == [True, True, False, False]
    assert ["ny-andre-vice@demo.example" in each for each in got] == [False, False, True, True]


def test_lists_get_as_much_of_the_letter_as_was_settled(made: Group) -> None:
    forms = {d.list: d.form for d in letters(made)[-1].deliveries}
    assert forms == {
        "ordforande": Form.FULL,
        "presidium": Form.FULL,
        "rad": Form.NOTICE,
        "huvudman": Form.SHORT,
        "samordnare": Form.FULL,
    }


def test_all_recipients_are_at_an_address_that_no_server_takes(made: Group) -> None:
    actor = system(made)
    with db.reading(actor.gate) as session:
        standing = recipients.overview(session, actor, now=SUNDAY).standing
    assert {each.recipient.mail.partition("@")[2] for each in standing} == {"demo.example"}


@pytest.mark.usefixtures("made")
def test_the_chair_reads_the_letters_that_have_left() -> None:
    chair = signed_in("ordforande@demo.example")
    with db.publications(chair.gate) as session:
        sent = looking.sent(session, chair)
    assert [each.week for each in sent] == ["2026-W46", "2026-W45", "2026-W44", "2026-W43"]


@pytest.mark.usefixtures("made")
def test_one_question_is_answered_in_the_last_letter_and_one_is_open() -> None:
    chair = signed_in("ordforande@demo.example")
    with db.reading(chair.gate) as session:
        later, first = questions.own(session, chair)
    answered, is_open = ASKED
    assert (first.text, first.answer, first.told_week) == (
        answered.text,
        answered.answer,
        "2026-W46",
    )
    assert (later.text, later.is_open) == (is_open.text, True)


def test_the_answer_stands_in_the_last_letter(made: Group) -> None:
    said = [" ".join(whole.letters[Form.FULL].text.split()) for whole in letters(made)]
    assert [ASKED[0].answer in text_ for text_ in said] == [False, False, False, True]


def test_one_known_event_is_approved_for_the_week_that_waits(made: Group) -> None:
    actor = system(made)
    with db.reading(actor.gate) as session:
        [event] = known.listing(session, actor, CLOSED)
    assert (event.owner, event.state) == ("Brandförsvaret", Known.APPROVED)
    assert event.host.endswith(".example")


class _Undone(Exception):  # noqa: N818 – no error: it ends a transaction of which nothing stays
    pass


@pytest.mark.usefixtures("made")
def test_the_week_that_waits_gets_its_letter_when_it_is_fixed() -> None:
    boss, found = signed_in("kommun@demo.example"), []
    with suppress(_Undone), db.transaction(boss.gate) as session:
        fixing.fix(session, boss, CLOSED, now=SUNDAY)
        drafting.draft(session, boss, CLOSED, now=SUNDAY)
        found = looking.of_week(session, boss, CLOSED.name)
        raise _Undone
    assert [(run.kind, run.state) for run in found] == [(Kind.LETTER, RunState.DRAFT)]


@pytest.mark.usefixtures("connection", "short")
def test_the_clock_finds_nothing_to_send_in_a_new_demo(tmp_path: Path) -> None:
    settings = chosen(tmp_path)
    service.fill(settings, SUNDAY)
    for minute in range(3):
        jobs.tick(settings, SUNDAY + timedelta(minutes=minute))
    assert list(tmp_path.rglob("*.eml")) == []


@pytest.mark.usefixtures("made")
def test_each_of_the_people_signs_in_with_the_demos_password() -> None:
    roles = {person.mail: signed_in(person.mail).role for person in service.sign_ins()}
    assert roles == {
        "polis@demo.example": Role.MEMBER,
        "brand@demo.example": Role.MEMBER,
        "kommun@demo.example": Role.COORDINATOR,
        "skola@demo.example": Role.REPORTER,
        "ordforande@demo.example": Role.READER,
        "analys@demo.example": Role.ANALYST,
        "admin@demo.example": Role.ADMIN,
        "granskare@demo.example": Role.AUDITOR,
    }


@pytest.mark.usefixtures("made")
def test_the_school_sees_only_its_own() -> None:
    school = signed_in("skola@demo.example")
    with db.reading(school.gate) as session:
        rows = incidents.listing(session, school, Filter(), limit=200)
    assert {row.organisation_id for row in rows} == {school.organisation_id}


@pytest.mark.usefixtures("made")
def test_the_auditor_reads_which_organisation_entered_what() -> None:
    auditor = signed_in("granskare@demo.example")
    with db.reading(auditor.gate) as session:
        entries = audit.log(session, auditor)
    entered = [e for e in entries if e.verb == "incident.reported"]
    assert entered
    assert None not in {e.organisation_id for e in entered}


@pytest.mark.usefixtures("made")
def test_a_filled_database_is_not_filled_again(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="Databasen är inte tom"):
        service.fill(chosen(tmp_path), SUNDAY)


@pytest.mark.usefixtures("connection")
def test_another_municipality_is_left_alone(tmp_path: Path) -> None:
    access.add_municipality(slug="as", name="Ås kommun", code="0001", now=SUNDAY)
    with pytest.raises(SetupError, match="Databasen är inte tom"):
        service.fill(chosen(tmp_path), SUNDAY)


@pytest.mark.usefixtures("connection")
def test_production_refuses_the_demo(tmp_path: Path) -> None:
    settings = chosen(tmp_path).model_copy(update={"env": "production"})
    with pytest.raises(SetupError, match="i drift"):
        service.fill(settings, SUNDAY)
    assert access.groups() == []


@pytest.mark.usefixtures("connection")
def test_a_password_that_is_too_short_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, demo_password=SecretStr("kort"))
    with pytest.raises(InvalidError, match="för kort"):
        service.fill(settings, SUNDAY)
    assert access.groups() == []


@pytest.mark.usefixtures("connection", "short")
def test_an_interrupted_demo_is_completed(tmp_path: Path) -> None:
    group = access.add_municipality(slug="demo", name="Demokommunen", code="0000", now=SUNDAY)
    known = Newcomer("polis@demo.example", "Medlem, polisen", PASSWORD)
    access.add_member(system(group), known, organisation="polis", role=Role.MEMBER, now=SUNDAY)
    assert service.is_empty()
    service.fill(chosen(tmp_path), SUNDAY)
    assert not service.is_empty()
    assert signed_in("granskare@demo.example").group == signed_in("polis@demo.example").group


@pytest.mark.usefixtures("short")
def test_the_command_says_who_can_sign_in(connection: Connection, tmp_path: Path) -> None:
    result = CliRunner().invoke(demo, obj=Settings(data_dir=tmp_path), catch_exceptions=False)
    mails = connection.execute(text("SELECT mail FROM persons")).scalars()
    assert all(mail in result.output for mail in mails)
    assert service.password(Settings(data_dir=tmp_path)) in result.output


@pytest.mark.usefixtures("made")
def test_the_command_refuses_a_second_time(tmp_path: Path) -> None:
    result = CliRunner().invoke(demo, obj=Settings(data_dir=tmp_path))
    assert isinstance(result.exception, SetupError)


def test_a_password_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert service.password(settings) == service.password(settings)
    assert (tmp_path / "demo-password").stat().st_mode & 0o777 == 0o600


def test_two_installations_have_different_passwords(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    one, other = Settings(data_dir=tmp_path), Settings(data_dir=tmp_path / "other")
    assert service.password(one) != service.password(other)


def test_a_given_password_is_used(tmp_path: Path) -> None:
    assert service.password(chosen(tmp_path)) == PASSWORD
    assert list(tmp_path.iterdir()) == []
