"""Many municipalities with a million incidents together, each with a group that sends letters."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import psycopg
from load import EAST, KEPT, NORTH, SOUTH, TOLD, WEST, WORDS, districts
from sqlalchemy import make_url

from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.actions import service as actions
from lagesbild.actions.rules import Draft as ActionDraft
from lagesbild.actions.rules import Kind
from lagesbild.base import db
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.geo import cell
from lagesbild.base.settings import Settings
from lagesbild.digests.rules import Form
from lagesbild.digests.rules.recipients import ListName, Recipient
from lagesbild.digests.rules.schedule import Schedule
from lagesbild.digests.service import recipients, settling
from lagesbild.districts import service as district_service
from lagesbild.districts.rules import Source
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter
from lagesbild.meetings import service as meetings
from lagesbild.people.rules import Actor, Group, Role, system
from lagesbild.problems import service as problems
from lagesbild.problems.rules import Draft as ProblemDraft

WEEK = Period.named("2026-W47")
WEEKS = 78  # of incidents: those of a year ago, and the half year before that
TOLD_BEFORE = 4  # weeks whose letters readers have had
BEGUN = datetime(2026, 11, 13, 8, tzinfo=UTC)  # after the letter of the week before was due
LISTED = (
    (ListName.CHAIR, "ordforande"),
    (ListName.PRESIDIUM, "vice"),
    (ListName.PRESIDIUM, "andre-vice"),
    (ListName.COUNCIL, "radet"),
    (ListName.OWNERS, "chef"),
)
FORMS = {ListName.COUNCIL: Form.NOTICE, ListName.OWNERS: Form.SHORT}
EACH = len(LISTED) + 1  # with the coordinator's copy
ORGANISATIONS = ("kommun", "polis", "brand")


class Town(NamedTuple):
    """A municipality's group: who writes its letter, and who approves it."""

    group: Group
    writer: Actor
    approver: Actor


def met(period: Period) -> datetime:
    """Return when the meeting over a period is at its end."""
    day = datetime.combine(period.meeting_day, datetime.min.time(), STOCKHOLM)
    return (day + timedelta(hours=10)).astimezone(UTC)


def towns(count: int) -> list[Town]:
    """Make municipalities, each with districts, two people, settings and lists."""
    areas = districts()
    source = Source("kommundel", date(2010, 1, 1), "bench")
    found = []
    for n in range(count):
        slug = f"k{n:03}"
        group = access.add_municipality(
            slug=slug, name=f"Kommun {n:03}", code=f"{1001 + n}", now=BEGUN
        )
        with db.transaction(system(group).gate) as session:
            district_service.put_version(session, system(group), source, areas, now=BEGUN)
        writer = _let_in(group, Role.COORDINATOR, "kommun")
        _settle(writer)
        found.append(Town(group, writer, _let_in(group, Role.MEMBER, "polis")))
    return found


def _let_in(group: Group, role: Role, organisation: str) -> Actor:
    newcomer = Newcomer(f"{organisation}@{group.slug}.example", role.capitalize())
    access.add_member(system(group), newcomer, organisation=organisation, role=role, now=BEGUN)
    return access.actor_named(group, newcomer.mail)


def _settle(writer: Actor) -> None:
    slug = writer.group.slug
    with db.transaction(writer.gate) as session:
        before = settling.settled(session, writer)
        said = Schedule(
            sender=f"Trygghet och säkerhet, {slug}",
            contact=f"kommun@{slug}.example",
            record="KS-2026/0123",
        )
        settling.settle(session, writer, before._replace(schedule=said), now=BEGUN)
        forms = recipients.overview(session, writer, now=BEGUN).forms
        recipients.set_forms(session, writer, FORMS, seen=forms, now=BEGUN)
        for list_, name in LISTED:
            mail = f"{name}@{slug}.example"
            new = Recipient(db.new_id(), list_, mail, name.capitalize(), BEGUN.date())
            recipients.add(session, writer, new, now=BEGUN)


Row = tuple[UUID, int, float, float, int, datetime, datetime, str, int, str, str, str]


def rows(count: int, municipalities: int) -> Iterator[Row]:
    """Return incidents of municipalities drawn by lot, as often and of such types as the example's."""
    draw = random.Random(20261119)  # noqa: S311 – the same rows each time, not a secret
    spots = [
        (draw.uniform(WEST + 0.03, EAST - 0.03), draw.uniform(SOUTH + 0.02, NORTH - 0.02))
        for _ in range(70)
    ]
    told = draw.choices(TOLD, [weight for _, _, weight in TOLD], k=count)
    for code, reporter, _ in told:
        x, y = draw.choice(spots)
        x, y = x + draw.gauss(0, 0.004), y + draw.gauss(0, 0.002)
        x, y = min(max(x, WEST + 0.01), EAST - 0.01), min(max(y, SOUTH + 0.01), NORTH - 0.01)
        occurred = WEEK.end - timedelta(seconds=draw.randrange(WEEKS * 7 * 86_400))
        known = occurred + timedelta(hours=draw.expovariate(1 / 10))
        id_ = UUID(int=draw.getrandbits(128), version=4)
        slug = "kommun" if reporter == "skola" else reporter
        visibility = "egen" if draw.random() < KEPT else "intern"  # as is usual
        town, severity = draw.randrange(municipalities), draw.randint(1, 5)
        summary = " ".join(draw.choices(WORDS, k=12))
        yield (
            id_,
            town,
            x,
            y,
            cell(x, y),
            occurred,
            known,
            code,
            severity,
            slug,
            visibility,
            summary,
        )


def load(settings: Settings, made: Sequence[Town], count: int) -> None:
    """Fill the product's tables; the owner goes around the policies."""
    url = make_url(settings.owner_url)
    with psycopg.connect(
        host=str(url.query["host"]), user=url.username, dbname=url.database
    ) as owner:
        owner.execute(
            "CREATE TEMP TABLE raw (id uuid, town int, x float8, y float8, cell int, occurred"
            " timestamptz, registered timestamptz, code text, severity int, slug text, visibility"
            " text, summary text)"
        )
        with owner.cursor().copy("COPY raw FROM STDIN") as copy:
            for row in rows(count, len(made)):
                copy.write_row(row)
        owner.execute("CREATE TEMP TABLE towns (town int, municipality uuid)")
        with owner.cursor().copy("COPY towns FROM STDIN") as copy:
            for n, town in enumerate(made):
                copy.write_row((n, town.group.municipality_id))
        for statement in _FILL:
            owner.execute(statement)
        owner.commit()
        owner.autocommit = True
        owner.execute("VACUUM ANALYZE")


# All towns have the same outlines: a place is looked up once, in the first one's.
_FILL = (
    (
        "CREATE TEMP TABLE areas AS SELECT d.key, o.outline FROM districts d JOIN district_outlines o"
        " ON o.district_id = d.id JOIN towns t ON t.municipality = d.municipality_id WHERE t.town = 0"
    ),
    (
        "CREATE TEMP TABLE placed AS SELECT r.*, a.key, ST_SetSRID(ST_MakePoint(r.x, r.y), 4326) AS"
        " place FROM raw r LEFT JOIN areas a ON ST_Covers(a.outline, ST_SetSRID(ST_MakePoint(r.x, r.y),"
        " 4326))"
    ),
    (
        "CREATE TEMP TABLE whole AS SELECT p.*, t.municipality, d.id AS district, o.organisation_id AS"
        " organisation FROM placed p JOIN towns t USING (town) LEFT JOIN districts d ON"
        " d.municipality_id = t.municipality AND d.key = p.key JOIN group_organisations o ON"
        " o.municipality_id = t.municipality AND o.slug = p.slug"
    ),
    (
        "INSERT INTO incidents (municipality_id, id, reference, category_code, severity, occurred_from,"
        " time_precision, registered_at, organisation_id, place, cell, district_id, source,"
        " verification, visibility) SELECT municipality, id, 'L-2025-' || row_number() OVER (PARTITION"
        " BY municipality ORDER BY occurred, id), code, severity, occurred, 'exakt', registered,"
        " organisation, place, cell, district, 'api', 'bekraftad', visibility FROM whole"
    ),
    (
        "INSERT INTO incident_parts (municipality_id, incident_id, organisation_id, summary,"
        " visibility) SELECT municipality, id, organisation, summary, visibility FROM whole"
    ),
)


WORKED_ON = (
    ("Öppen försäljning vid gångvägen", "NAR01", "Kartlägg försäljningen"),
    ("Småbränder kring parken", "BRA01", "Töm och lås containrar kvällstid"),
    ("Buskörning på gångvägarna", "TRA01", "Trafikkontroll moped och A-traktor"),
)
LOOKED_AT, LINKED = 40, 8  # incidents of a problem: those of others, which are shared


def work(made: Sequence[Town]) -> None:
    """Let each group have problems, with incidents, and actions against them."""
    for town in made:
        actor = town.writer
        with db.transaction(actor.gate) as session:
            for title, code, deed in WORKED_ON:
                new = ProblemDraft(db.new_id(), title, since=BEGUN.date(), district="omrade-1")
                problem = problems.add(session, actor, new, now=BEGUN)
                wanted = Filter(category=code)
                rows = incidents.listing(session, actor, wanted, limit=LOOKED_AT)
                for row in [r for r in rows if r.organisation_id != actor.organisation_id][:LINKED]:
                    problems.link(session, actor, problem.id, row.reference, now=BEGUN)
                draft = ActionDraft(
                    db.new_id(),
                    deed,
                    actor.organisation_id,
                    Kind.SITUATIONAL,
                    due=BEGUN.date() + timedelta(days=20),
                    district="omrade-1",
                    problem=problem.reference,
                )
                actions.decide(session, actor, draft, now=BEGUN)


def tell_before(made: Sequence[Town]) -> None:
    """Publish the weeks before, as their letters told them."""
    for town in made:
        actor = system(town.group)
        for ago in range(TOLD_BEFORE, 0, -1):
            period = WEEK.previous(ago)
            with db.transaction(actor.gate) as session:
                meetings.publish(session, actor, period, now=met(period))
