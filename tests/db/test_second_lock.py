"""Row-level security, asked by hand-written SQL as the real logins. Never as a superuser."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Connection, make_url, text

from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.base import db
from lagesbild.base.clock import Period
from lagesbild.base.db import new_id, transaction
from lagesbild.base.settings import Settings
from lagesbild.districts import service as districts
from lagesbild.incidents import service as incidents
from lagesbild.meetings import service as meetings
from lagesbild.people.rules import Group, Organisation, Role, system
from tests.build import NOW, SOURCE, SQUARES, draft

# Every table, and what each role may do with it. A new table needs a row here.
GRANTS = {
    "action_incidents": ("DELETE INSERT SELECT", "", ""),
    "actions": ("INSERT SELECT UPDATE", "", ""),
    "alembic_version": ("", "", ""),
    "assessments": ("INSERT SELECT UPDATE", "", ""),
    "attendances": ("INSERT SELECT UPDATE", "", ""),
    "audit": ("INSERT SELECT", "", ""),
    "categories": ("SELECT", "", ""),
    "chair_questions": ("INSERT SELECT UPDATE", "", ""),
    "coming_events": ("INSERT SELECT UPDATE", "", ""),
    "digest_deliveries": ("INSERT SELECT UPDATE", "", ""),
    "digest_events": ("INSERT SELECT", "", ""),
    "digest_letters": ("DELETE INSERT SELECT UPDATE", "", "SELECT"),
    "digest_lists": ("INSERT SELECT UPDATE", "", ""),
    "digest_recipients": ("INSERT SELECT UPDATE", "", ""),
    "digest_runs": ("INSERT SELECT UPDATE", "", ""),  # the door reads columns, not the table
    "digest_schedules": ("INSERT SELECT UPDATE", "", ""),
    "digest_signers": ("DELETE INSERT SELECT", "", ""),
    "digest_wordings": ("INSERT SELECT", "", ""),
    "district_inhabitants": ("INSERT SELECT UPDATE", "", ""),
    "district_outlines": ("INSERT SELECT", "", "SELECT"),
    "districts": ("INSERT SELECT UPDATE", "", "SELECT"),
    "division_versions": ("INSERT SELECT", "", "SELECT"),
    "divisions": ("INSERT SELECT", "", "SELECT"),
    "fixed_incidents": ("INSERT SELECT", "", ""),
    "fixed_parts": ("INSERT SELECT UPDATE", "", ""),
    "fixed_pictures": ("INSERT SELECT", "", ""),
    "group_organisations": ("INSERT SELECT", "", ""),
    "groups": ("INSERT SELECT UPDATE", "SELECT", "SELECT"),
    "idempotency_keys": ("INSERT SELECT", "", ""),
    "import_rows": ("DELETE INSERT SELECT UPDATE", "", ""),
    "imports": ("DELETE INSERT SELECT UPDATE", "", ""),
    "incident_comments": ("INSERT SELECT UPDATE", "", ""),
    "incident_parts": ("INSERT SELECT UPDATE", "", ""),
    "incident_reviews": ("DELETE INSERT SELECT", "", ""),
    "incidents": ("INSERT SELECT UPDATE", "", ""),
    "inquiries": ("INSERT SELECT UPDATE", "", ""),
    "installation": ("", "SELECT", ""),
    "known_events": ("INSERT SELECT UPDATE", "", ""),
    "meetings": ("INSERT SELECT UPDATE", "", ""),
    "meeting_notes": ("INSERT SELECT UPDATE", "", ""),
    "memberships": ("INSERT SELECT UPDATE", "SELECT", ""),
    "municipalities": ("INSERT SELECT", "SELECT", "SELECT"),
    "notices": ("INSERT SELECT UPDATE", "", ""),
    "notices_off": ("DELETE INSERT SELECT", "", ""),
    "nothing_reports": ("INSERT SELECT", "", ""),
    "organisations": ("INSERT SELECT", "", ""),
    "persons": ("", "INSERT SELECT", ""),  # the program reads columns, not the table
    "places": ("INSERT SELECT UPDATE", "", ""),
    "police_calls": ("", "INSERT SELECT UPDATE", ""),
    "police_events": ("DELETE INSERT SELECT UPDATE", "", ""),
    "problem_incidents": ("DELETE INSERT SELECT", "", ""),
    "problems": ("INSERT SELECT UPDATE", "", ""),
    "publication_incidents": ("INSERT SELECT", "", ""),
    "publications": ("INSERT SELECT", "", "SELECT"),
    "reference_counters": ("INSERT SELECT UPDATE", "", ""),
    "sender_words": ("INSERT SELECT UPDATE", "", ""),
    "sessions": ("", "DELETE INSERT SELECT", ""),
    "sign_in_attempts": ("", "DELETE INSERT SELECT", ""),
    "sittings": ("INSERT SELECT", "", ""),
    "spatial_ref_sys": ("SELECT", "SELECT", "SELECT"),  # PostGIS's own, open to everybody
    "tokens": ("", "INSERT SELECT", ""),
    "weeks": ("INSERT SELECT UPDATE", "", ""),
}
OPEN_TO_ALL = {"alembic_version", "spatial_ref_sys"}
ROLES = ("lagesbild_program", "lagesbild_door", "lagesbild_reader")


def test_grants_are_exactly_the_listed_ones(connection: Connection) -> None:
    query = text(
        "SELECT c.relname, string_agg(p, ' ' ORDER BY p) FILTER (WHERE"
        " has_table_privilege(:role, c.oid, p)) FROM pg_class c,"
        " unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) p"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
        " GROUP BY c.relname"
    )
    for place, role in enumerate(ROLES):
        found = {row[0]: row[1] or "" for row in connection.execute(query, {"role": role})}
        assert found == {table: grants[place] for table, grants in GRANTS.items()}, role


GATE = "NULLIF(current_setting('lagesbild.municipality'::text, true), ''::text)::uuid"
MINE = f"municipality_id = {GATE}"
OWNER = "NULLIF(current_setting('lagesbild.organisation'::text, true), ''::text)::uuid"
THE_GROUP = "NULLIF(current_setting('lagesbild.group'::text, true), ''::text)::uuid"
AUDIENCE = "current_setting('lagesbild.audience'::text, true)"
OF_THE_GROUP = f"{MINE} AND {AUDIENCE} = 'group'::text"
NOT_KEPT = "visibility::text <> 'egen'::text"
SHARED = f"{OF_THE_GROUP} AND ({NOT_KEPT} OR organisation_id = {OWNER})"
OF_ONES_OWN = f"{MINE} AND {AUDIENCE} = 'own'::text"
OWN = (
    f"{MINE} AND ({AUDIENCE} = ANY (ARRAY['group'::text, 'own'::text]))"
    f" AND (organisation_id = {OWNER} OR {NOT_KEPT}"
    f" AND ({OWNER} IS NULL OR entered_by = {OWNER}))"
)


def seen_of(table: str) -> str:
    """The incident that a row is about can be seen."""
    return (
        "(EXISTS ( SELECT FROM incidents i"
        f" WHERE i.municipality_id = {table}.municipality_id AND i.id = {table}.incident_id))"
    )


OF_ONE_GROUP = f"{MINE} AND group_id = {THE_GROUP}"
FOR_ONE_GROUP = f"{OF_ONE_GROUP} AND {AUDIENCE} = 'group'::text"
FOR_OWN = f"{OF_ONE_GROUP} AND {AUDIENCE} = 'own'::text"
ACTED = f"{FOR_ONE_GROUP} OR {FOR_OWN} AND owner_id = {OWNER}"
IN_OR_OUT = f"{OF_ONE_GROUP} AND ({AUDIENCE} = ANY (ARRAY['group'::text, 'own'::text]))"


def has_link(to: str) -> str:
    """A link of an action that can be seen: itself, or through its problem."""
    own = {"action": "id", "problem": "problem_id"}[to]
    return (
        f"(EXISTS ( SELECT FROM {to}_incidents l"
        f" WHERE l.municipality_id = actions.municipality_id AND l.{to}_id = actions.{own}))"
    )


KEPT_BY_GROUP = f"{OF_THE_GROUP} AND group_id = {THE_GROUP}"


def of_a_week(table: str) -> str:
    """The row is about a week of the group."""
    return (
        f"{OF_THE_GROUP} AND (EXISTS ( SELECT FROM weeks w WHERE w.municipality_id ="
        f" {table}.municipality_id AND w.id = {table}.week_id AND w.group_id = {THE_GROUP}))"
    )


def of_a_picture(table: str) -> str:
    """The row is about a fixed picture of the group."""
    return (
        f"{OF_THE_GROUP} AND (EXISTS ( SELECT FROM fixed_pictures f WHERE f.municipality_id ="
        f" {table}.municipality_id AND f.id = {table}.picture_id))"
    )


def of_a_run(table: str) -> str:
    """The row is about a mailing of the group."""
    return (
        f"{OF_THE_GROUP} AND (EXISTS ( SELECT FROM digest_runs r WHERE r.municipality_id ="
        f" {table}.municipality_id AND r.id = {table}.run_id AND r.group_id = {THE_GROUP}))"
    )


# What readers get of a letter: all of it, once it has left, and none of what was told by the way.
RELEASED = (
    f"{OF_ONE_GROUP} AND released_at IS NOT NULL AND form::text = 'hela'::text"
    " AND (kind::text = 'brev'::text OR kind::text = 'extra'::text)"
)
LED_TO = f"{FOR_OWN} AND ({has_link('action')} OR {has_link('problem')})"
REMARKED = f"{MINE} AND organisation_id = {OWNER} AND {seen_of('incident_comments')}"
# Who is no part of the group's work chooses too, for the own organisation.
CHOSEN = (
    f"{OF_ONE_GROUP} AND ({AUDIENCE} = 'group'::text OR (EXISTS ( SELECT FROM memberships m"
    " WHERE m.municipality_id = notices_off.municipality_id AND m.group_id = notices_off.group_id"
    f" AND m.person_id = notices_off.person_id AND m.organisation_id = {OWNER})))"
)
# The condition of the program where it is not `MINE`; the reader's is the same, the door's true.
CONDITIONS = {
    "action_incidents": f"{IN_OR_OUT} AND {seen_of('action_incidents')}",
    "actions": f"{ACTED} OR {LED_TO}",
    **{table: of_a_week(table) for table in ("assessments", "attendances")},
    **{table: of_a_week(table) for table in ("meeting_notes", "sittings")},
    **{table: of_a_picture(table) for table in ("fixed_incidents", "fixed_parts")},
    # Who asks is no part of the group; whose questions are whose is the first lock's.
    "chair_questions": f"{OF_ONE_GROUP} AND ({AUDIENCE} = ANY (ARRAY['group'::text,"
    " 'reader'::text]))",
    "coming_events": KEPT_BY_GROUP,
    **{table: of_a_run(table) for table in ("digest_deliveries", "digest_events")},
    "digest_wordings": of_a_run("digest_wordings"),
    **dict.fromkeys(("digest_letters", "digest_runs", "known_events"), FOR_ONE_GROUP),
    # No audience: readers see what applies to the own address, and whom to turn to.
    **dict.fromkeys(("digest_lists", "digest_recipients", "digest_schedules"), OF_ONE_GROUP),
    "digest_signers": OF_ONE_GROUP,
    "fixed_pictures": KEPT_BY_GROUP,
    "categories": "true",
    "sender_words": f"{MINE} AND organisation_id = {OWNER}",
    "import_rows": f"{MINE} AND organisation_id = {OWNER}",
    "imports": f"{MINE} AND organisation_id = {OWNER}",
    "incident_comments": f"{MINE} AND {seen_of('incident_comments')}",
    "incident_parts": f"{SHARED} OR {OF_ONES_OWN} AND (organisation_id = {OWNER}"
    f" OR {NOT_KEPT} AND {seen_of('incident_parts')})",
    "incidents": f"{SHARED} OR {OF_ONES_OWN} AND organisation_id = {OWNER}",
    # No audience: who administers plans meetings, and sees nothing else of the group.
    "meetings": OF_ONE_GROUP,
    "municipalities": f"id = {GATE}",
    "notices": FOR_ONE_GROUP,
    "notices_off": CHOSEN,
    "organisations": "true",
    "problem_incidents": f"{IN_OR_OUT} AND {seen_of('problem_incidents')}",
    "problems": FOR_ONE_GROUP,
    "incident_reviews": f"{OF_ONE_GROUP} AND {AUDIENCE} = 'group'::text",
    "inquiries": f"{OF_ONE_GROUP} AND ({AUDIENCE} = ANY (ARRAY['group'::text, 'own'::text]))"
    f" AND (asked_organisation_id = {OWNER} OR asking_organisation_id = {OWNER})",
    "publication_incidents": OF_THE_GROUP,
    "persons": "(EXISTS ( SELECT FROM memberships m WHERE m.person_id = persons.id))",
}


# Who writes has to own; what is read is wider. Elsewhere one condition holds for both.
READ = {
    "digest_letters": RELEASED,
    "publications": OF_ONE_GROUP,
}
WRITES = {"incidents": OWN, "incident_parts": OWN, "incident_comments": REMARKED}
WRITES |= {"actions": ACTED}
ADDS = {"actions": FOR_ONE_GROUP}


def test_policies_are_exactly_the_listed_ones(connection: Connection) -> None:
    query = text(
        "SELECT c.relname, pol.polname, pol.polcmd,"
        " pg_get_expr(pol.polqual, pol.polrelid, true),"
        " pg_get_expr(pol.polwithcheck, pol.polrelid, true)"
        " FROM pg_policy pol JOIN pg_class c ON c.oid = pol.polrelid WHERE pol.polpermissive"
    )
    found = {
        (table, name): (command, *(said and " ".join(said.split()) for said in conditions))
        for table, name, command, *conditions in connection.execute(query)
    }
    expected: dict[tuple[str, str], tuple[str | None, ...]] = {}
    for table, (program, door, reader) in GRANTS.items():
        if table in OPEN_TO_ALL:
            continue
        condition = CONDITIONS.get(table, MINE)
        if program or table == "persons":
            expected[table, "program"] = ("r" if table in WRITES else "*", condition, None)
        if table in WRITES:
            added = ADDS.get(table, WRITES[table])
            expected[table, "adding"] = ("a", None, added)
            expected[table, "changing"] = ("w", WRITES[table], WRITES[table])
        if door or table == "digest_runs":
            expected[table, "door"] = ("*", "true", None)
        if reader:
            expected[table, "reader"] = ("r", READ.get(table, condition), None)
    assert found == expected
    policies = text("SELECT count(*) FROM pg_policy")
    assert connection.execute(policies).scalar_one() == len(expected)


def test_the_program_never_reads_a_password(connection: Connection) -> None:
    for column, readable in (("mail", True), ("password_hash", False)):
        query = text("SELECT has_column_privilege('lagesbild_program', 'persons', :c, 'SELECT')")
        assert connection.execute(query, {"c": column}).scalar_one() is readable


def test_the_door_reads_of_a_mailing_only_when_it_was_due_and_left(
    connection: Connection,
) -> None:
    query = text(
        "SELECT string_agg(attname, ' ' ORDER BY attname) FROM pg_attribute WHERE attrelid ="
        " 'digest_runs'::regclass AND attnum > 0 AND NOT attisdropped"
        " AND has_column_privilege('lagesbild_door', attrelid, attnum, 'SELECT')"
    )
    readable = "due_at group_id kind municipality_id released_at state version week"
    assert connection.execute(query).scalar_one() == readable


@pytest.mark.parametrize(
    ("kind", "form", "released", "count"),
    [
        ("brev", "hela", True, 1),
        ("extra", "hela", True, 1),
        ("brev", "hela", False, 0),
        ("brev", "kort", True, 0),
        ("forsenad", "hela", True, 0),
        ("test", "hela", True, 0),
    ],
)
def test_the_readers_login_sees_a_letter_once_it_has_left_and_nothing_else_that_was_mailed(
    kind: str, form: str, count: int, connection: Connection, group: Group, *, released: bool
) -> None:
    values = {"m": group.municipality_id, "g": group.id, "run": new_id(), "kind": kind}
    values |= {"form": form, "at": NOW, "released": NOW if released else None}
    connection.execute(text("SET LOCAL ROLE NONE"))
    connection.execute(
        text(
            "INSERT INTO digest_runs (municipality_id, id, group_id, week, kind, version, due_at,"
            " state, late, made_at) VALUES (:m, :run, :g, '2026-W47', :kind, 1, :at, 'approved',"
            " false, :at)"
        ),
        values,
    )
    connection.execute(
        text(
            "INSERT INTO digest_letters (municipality_id, run_id, form, group_id, week, kind,"
            " version, subject, html, text, content, sha256, released_at) VALUES (:m, :run, :form,"
            " :g, '2026-W47', :kind, 1, '', '', '', '{}', '', :released)"
        ),
        values,
    )
    for gate, expected in ((group.id, count), (new_id(), 0)):
        with db.publications(replace(system(group), group=replace(group, id=gate)).gate) as session:
            seen = session.execute(text("SELECT count(*) FROM digest_letters")).scalar_one()
        assert seen == expected


def test_every_table_of_ours_has_row_level_security(connection: Connection) -> None:
    rows = connection.execute(
        text(
            "SELECT relname, relrowsecurity FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        )
    )
    assert {table for table, secured in rows if not secured} == OPEN_TO_ALL


def test_no_view_goes_around_the_policies(connection: Connection) -> None:
    views = connection.execute(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('v', 'm')"
            " AND relname NOT IN ('geography_columns', 'geometry_columns')"
        )
    )
    assert list(views) == []


def test_the_logins_have_no_power_of_their_own(connection: Connection) -> None:
    rows = connection.execute(
        text(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'lagesbild\\_%'"
            " AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)"
        )
    )
    assert list(rows) == []


@pytest.fixture
def two_municipalities(own_database: Settings) -> Iterator[tuple[Settings, Group, Group]]:
    """Two municipalities with an incident each, committed."""
    db.connect(own_database.database_url, own_database.reader_url)
    made = []
    for slug, code in (("as", "0001"), ("berg", "0002")):
        group = access.add_municipality(slug=slug, name=slug, code=code, now=NOW)
        actor = system(group)
        with transaction(actor.gate) as session:
            districts.put_version(session, actor, SOURCE, SQUARES, now=NOW)
            police = access.organisation_named(session, actor, "polis")
        own = system(group, police.id)
        with transaction(own.gate) as session:
            incidents.report(session, own, draft(organisation_id=police.id), now=NOW)
            hidden = draft(organisation_id=police.id, visibility="egen")
            incidents.report(session, own, hidden, now=NOW)
        made.append(group)
    yield own_database, made[0], made[1]
    db.forget_connections()


def login(url: str, role: str) -> psycopg.Connection[tuple[object, ...]]:
    parts = make_url(url)
    return psycopg.connect(
        host=parts.query["host"],  # type: ignore[arg-type]  # one host
        user=parts.username,
        dbname=parts.database,
        options=f"-c role={role}",
    )


def opened(connection: psycopg.Connection[tuple[object, ...]], **gate: object) -> None:
    for name, value in gate.items():
        connection.execute("SELECT set_config(%s, %s, false)", (f"lagesbild.{name}", str(value)))


def count(connection: psycopg.Connection[tuple[object, ...]], table: str) -> object:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 – from the list above
    assert row is not None
    return row[0]


def test_with_the_gate_unset_the_program_sees_nothing(
    two_municipalities: tuple[Settings, Group, Group],
) -> None:
    settings, _, _ = two_municipalities
    with login(settings.database_url, "lagesbild_program") as connection:
        for table in ("incidents", "incident_parts", "audit", "districts", "memberships", "groups"):
            assert count(connection, table) == 0, table


def test_with_the_gate_set_to_one_municipality_nothing_of_the_other_is_there(
    two_municipalities: tuple[Settings, Group, Group],
) -> None:
    settings, mine, theirs = two_municipalities
    with login(settings.database_url, "lagesbild_program") as connection:
        opened(connection, municipality=mine.municipality_id, audience="group")
        assert count(connection, "incidents") == 1  # and not the one that is the police's own
        assert count(connection, "municipalities") == 1
        other = (theirs.municipality_id,)
        for table in ("incidents", "incident_parts", "audit", "districts", "group_organisations"):
            query = f"SELECT count(*) FROM {table} WHERE municipality_id = %s"  # noqa: S608 – see above
            assert connection.execute(query, other).fetchone() == (0,), table


def test_only_the_owner_sees_what_it_keeps_to_itself(
    two_municipalities: tuple[Settings, Group, Group],
) -> None:
    settings, group, _ = two_municipalities
    with db.reading(system(group).gate) as session:
        known: dict[str, Organisation] = {
            o.slug: o for o in access.organisations(session, system(group))
        }
    with login(settings.database_url, "lagesbild_program") as connection:
        gate = {"municipality": group.municipality_id, "audience": "group"}
        opened(connection, **gate, organisation=known["brand"].id)
        assert count(connection, "incidents") == count(connection, "incident_parts") == 1
        opened(connection, **gate, organisation=known["polis"].id)
        assert count(connection, "incidents") == count(connection, "incident_parts") == 2


def test_another_audience_than_the_group_sees_no_incident(
    two_municipalities: tuple[Settings, Group, Group],
) -> None:
    settings, group, _ = two_municipalities
    with login(settings.database_url, "lagesbild_program") as connection:
        opened(connection, municipality=group.municipality_id, audience="reader")
        assert count(connection, "incidents") == 0


def test_the_program_cannot_write_into_another_municipality(
    two_municipalities: tuple[Settings, Group, Group],
) -> None:
    settings, mine, theirs = two_municipalities
    with login(settings.database_url, "lagesbild_program") as connection:
        opened(connection, municipality=mine.municipality_id, audience="group")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(
                "INSERT INTO audit (municipality_id, id, at, verb, subject, changes)"
                " VALUES (%s, %s, %s, 'x', 'x', '{}')",
                (theirs.municipality_id, new_id(), datetime.now(UTC)),
            )


def test_the_reader_sees_publications_outlines_and_names_and_nothing_else(
    two_municipalities: tuple[Settings, Group, Group],
) -> None:
    settings, group, _ = two_municipalities
    readable = {table for table, grants in GRANTS.items() if grants[2]} - OPEN_TO_ALL
    with login(settings.reader_url, "lagesbild_reader") as connection:
        connection.autocommit = True
        for table in readable:
            assert count(connection, table) == 0, table
        opened(connection, municipality=group.municipality_id)
        assert count(connection, "districts") == 2
        for table in GRANTS.keys() - readable - OPEN_TO_ALL:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                count(connection, table)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET ROLE lagesbild_program")


def test_the_door_sees_no_incident(two_municipalities: tuple[Settings, Group, Group]) -> None:
    settings, _, _ = two_municipalities
    with login(settings.database_url, "lagesbild_door") as connection:
        assert count(connection, "groups") == 2
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            count(connection, "incidents")


@pytest.fixture
def shared(
    two_municipalities: tuple[Settings, Group, Group],
) -> tuple[Settings, Group, dict[str, UUID]]:
    """The first municipality with its organisations by short name."""
    settings, group, _ = two_municipalities
    with db.reading(system(group).gate) as session:
        known = access.organisations(session, system(group))
    return settings, group, {o.slug: o.id for o in known}


def gate_of(group: Group, organisation: UUID, audience: str = "group") -> dict[str, object]:
    return {
        "municipality": group.municipality_id,
        "group": group.id,
        "organisation": organisation,
        "audience": audience,
    }


@pytest.mark.parametrize("table", ["incidents", "incident_parts"])
def test_nobody_changes_what_is_anothers(
    shared: tuple[Settings, Group, dict[str, UUID]], table: str
) -> None:
    settings, group, ids = shared
    change = f"UPDATE {table} SET version = version + 1"  # noqa: S608 – one of the two above
    with login(settings.database_url, "lagesbild_program") as connection:
        opened(connection, **gate_of(group, ids["brand"]))
        assert count(connection, table) == 1
        assert connection.execute(change).rowcount == 0
        opened(connection, **gate_of(group, ids["polis"]))
        assert connection.execute(change).rowcount == 2


@pytest.mark.parametrize("audience", ["reader", "own", "group"])
def test_nobody_adds_in_anothers_name(
    shared: tuple[Settings, Group, dict[str, UUID]], audience: str
) -> None:
    settings, group, ids = shared
    with login(settings.database_url, "lagesbild_program") as connection:
        opened(connection, **gate_of(group, ids["polis"]))
        row = connection.execute("SELECT id FROM incidents LIMIT 1").fetchone()
        opened(connection, **gate_of(group, ids["brand"], audience))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(
                "INSERT INTO incident_parts (municipality_id, incident_id, organisation_id,"
                " summary, visibility) VALUES (%s, %s, %s, 'x', 'osg')",
                (group.municipality_id, row and row[0], ids["kommun"]),
            )


def test_a_reporter_sees_the_own_organisations_incidents_only(
    shared: tuple[Settings, Group, dict[str, UUID]],
) -> None:
    settings, group, ids = shared
    with login(settings.database_url, "lagesbild_program") as connection:
        for organisation, number in (("polis", 2), ("brand", 0)):
            opened(connection, **gate_of(group, ids[organisation], "own"))
            assert count(connection, "incidents") == count(connection, "incident_parts") == number


def test_a_remark_is_seen_with_its_incident_only(
    shared: tuple[Settings, Group, dict[str, UUID]],
) -> None:
    settings, group, ids = shared
    with login(settings.database_url, "lagesbild_program") as connection:
        opened(connection, **gate_of(group, ids["polis"]))
        for (id_,) in connection.execute("SELECT id FROM incidents").fetchall():
            connection.execute(
                "INSERT INTO incident_comments (municipality_id, id, incident_id, organisation_id,"
                " at, text) VALUES (%s, %s, %s, %s, %s, 'x')",
                (group.municipality_id, new_id(), id_, ids["polis"], NOW),
            )
        assert count(connection, "incident_comments") == 2
        opened(connection, **gate_of(group, ids["brand"]))
        assert count(connection, "incident_comments") == 1
        change = "UPDATE incident_comments SET text = 'y'"
        assert connection.execute(change).rowcount == 0
        opened(connection, **gate_of(group, ids["brand"], "reader"))
        assert count(connection, "incident_comments") == 0


def test_a_choice_of_notices_is_seen_and_made_by_the_own_organisation(
    shared: tuple[Settings, Group, dict[str, UUID]],
) -> None:
    settings, group, ids = shared
    access.add_member(
        system(group),
        Newcomer("ett@as.example", "Prov"),
        organisation="polis",
        role=Role.READER,
        now=NOW,
    )
    put = (
        "INSERT INTO notices_off (municipality_id, group_id, person_id, kind)"
        " SELECT municipality_id, group_id, person_id, 'bild' FROM memberships"
    )
    with login(settings.database_url, "lagesbild_program") as connection:
        connection.autocommit = True
        opened(connection, **gate_of(group, ids["brand"], "reader"))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(put)
        opened(connection, **gate_of(group, ids["polis"], "reader"))
        assert connection.execute(put).rowcount == count(connection, "notices_off") == 1
        opened(connection, **gate_of(group, ids["brand"], "reader"))
        assert connection.execute("DELETE FROM notices_off").rowcount == 0
        opened(connection, **gate_of(group, ids["brand"]))
        assert count(connection, "notices_off") == 1


def test_a_reader_sees_the_publications_of_the_own_group_only(
    two_municipalities: tuple[Settings, Group, Group],
) -> None:
    settings, mine, theirs = two_municipalities
    for group in (mine, theirs):
        actor = system(group)
        with transaction(actor.gate) as session:
            meetings.publish(session, actor, Period.named("2026-W46"), now=NOW)
    with login(settings.reader_url, "lagesbild_reader") as connection:
        opened(connection, municipality=mine.municipality_id)
        assert count(connection, "publications") == 0
        opened(connection, municipality=mine.municipality_id, group=theirs.id)
        assert count(connection, "publications") == 0
        opened(connection, municipality=mine.municipality_id, group=mine.id)
        assert count(connection, "publications") == 1


def test_a_question_is_there_for_the_two_that_it_is_between(
    shared: tuple[Settings, Group, dict[str, UUID]],
) -> None:
    settings, group, ids = shared
    add = (
        "INSERT INTO inquiries (municipality_id, id, group_id, week, asked_organisation_id,"
        " asking_organisation_id, at, question) VALUES (%s, %s, %s, '2026-W47', %s, %s, %s, 'x')"
    )
    between = (ids["polis"], ids["kommun"])
    with login(settings.database_url, "lagesbild_program") as connection:
        opened(connection, **gate_of(group, ids["kommun"]))
        connection.execute(add, (group.municipality_id, new_id(), group.id, *between, NOW))
        for slug, audience, number in (
            ("kommun", "group", 1), ("polis", "own", 1), ("brand", "group", 0),
            ("polis", "reader", 0),
        ):  # fmt: skip
            opened(connection, **gate_of(group, ids[slug], audience))
            assert count(connection, "inquiries") == number, (slug, audience)
        opened(connection, **gate_of(group, ids["brand"]))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(add, (group.municipality_id, new_id(), group.id, *between, NOW))


def test_what_a_group_has_gone_through_is_there_for_that_group_only(
    shared: tuple[Settings, Group, dict[str, UUID]],
) -> None:
    settings, group, ids = shared
    with login(settings.database_url, "lagesbild_program") as connection:
        opened(connection, **gate_of(group, ids["polis"]))
        connection.execute(
            "INSERT INTO incident_reviews (municipality_id, group_id, incident_id, at)"
            " SELECT municipality_id, %s, id, %s FROM incidents",
            (group.id, NOW),
        )
        assert count(connection, "incident_reviews") == 2
        opened(connection, **gate_of(group, ids["polis"], "own"))
        assert count(connection, "incident_reviews") == 0
        opened(connection, **gate_of(group, ids["polis"]) | {"group": new_id()})
        assert count(connection, "incident_reviews") == 0
