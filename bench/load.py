"""A million incidents, the same ones each time: in the product's tables and in a plain one."""

import math
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
from shapely import MultiPoint, Point, box, segmentize, to_wkb, transform, voronoi_polygons
from shapely.geometry import MultiPolygon

from lagesbild.base.geo import cell
from lagesbild.demo.rules.stories import STORIES
from lagesbild.districts.rules import NewDistrict

WEST, SOUTH, EAST, NORTH = 17.80, 59.10, 18.20, 59.30
CENTRES = (
    (17.87, 59.14), (17.90, 59.23), (17.98, 59.17), (18.02, 59.26),
    (18.07, 59.15), (18.12, 59.22), (17.96, 59.28),
)  # fmt: skip
# As often as in the example, and told by the same: 8 % are of type C and 1 % of type D.
TOLD = [
    (s.code, reporter, s.weight / len(s.reporters)) for s in STORIES for reporter in s.reporters
]
KEPT = 0.03  # what an organisation keeps to itself
REPORTERS = ("kommun", "polis", "brand")  # in the order of another generator's organisations
WORDS = [
    "grupp",
    "torget",
    "stationen",
    "garaget",
    "klotter",
    "bråk",
    "brand",
    "container",
    "fordon",
    "inbrott",
    "belysning",
    "väktare",
    "skola",
    "buss",
    "gångtunnel",
    "otrygg",
    "larm",
    "rök",
    "glas",
]
END = datetime(2026, 10, 31, tzinfo=UTC)
YEARS = 10


def _wave(points):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 – a numpy array
    """Bend straight borders; two shears in turn keep shared borders shared."""
    bent = points.copy()
    for longitude, latitude in ((0, 1), (1, 0)):
        bent[:, longitude] += [0.003 * math.sin(v * 180) for v in bent[:, latitude]]
    return bent


def districts() -> list[NewDistrict]:
    """Return seven districts with some 400 positions each."""
    whole = box(WEST, SOUTH, EAST, NORTH)
    cells = voronoi_polygons(MultiPoint(CENTRES), extend_to=whole).geoms
    found = []
    for n, centre in enumerate(CENTRES):
        area = next(c for c in cells if c.contains(Point(centre))).intersection(whole)
        shape = MultiPolygon([transform(segmentize(area, 0.001), _wave)])
        found.append(NewDistrict(f"B{n}", f"Område {n}", to_wkb(shape)))
    return found


Row = tuple[UUID, float, float, datetime, datetime, str, int, str, str, str]


def rows(count: int) -> Iterator[Row]:
    """Return the columns of `raw`, with an organisation's short name and without the cell."""
    draw = random.Random(20261122)  # noqa: S311 – the same rows each time, not a secret
    spots = [
        (draw.uniform(WEST + 0.03, EAST - 0.03), draw.uniform(SOUTH + 0.02, NORTH - 0.02))
        for _ in range(70)
    ]
    told = draw.choices(TOLD, [weight for _, _, weight in TOLD], k=count)
    for code, reporter, _ in told:
        x, y = draw.choice(spots)
        x, y = x + draw.gauss(0, 0.004), y + draw.gauss(0, 0.002)
        x, y = min(max(x, WEST + 0.01), EAST - 0.01), min(max(y, SOUTH + 0.01), NORTH - 0.01)
        occurred = END - timedelta(seconds=int(YEARS * 365 * 86400 * draw.random() ** 1.2))
        registered = occurred + timedelta(hours=draw.expovariate(1 / 30))
        id_ = UUID(int=draw.getrandbits(128), version=4)
        summary = " ".join(draw.choices(WORDS, k=12))
        slug = "kommun" if reporter == "skola" else reporter
        visibility = "egen" if draw.random() < KEPT else "osg"
        severity = draw.randint(1, 5)
        yield id_, x, y, occurred, registered, code, severity, summary, slug, visibility


def rows_of(generator: Path, dsn: str, count: int) -> Iterator[Row]:
    """Return the same columns of the incidents that another generator puts into the database.

    It makes `public.incident` and three tables beside it, which go when all is read.
    """
    subprocess.run([sys.executable, generator, dsn, str(count)], check=True)
    codes = list(dict.fromkeys(code for code, _, _ in TOLD))
    with psycopg.connect(dsn) as others:
        with others.cursor("made") as found:
            found.execute(
                "SELECT md5(id::text)::uuid, ST_X(geom), ST_Y(geom), occurred_at, created_at,"
                " category_id, severity, title, organisation_id FROM public.incident ORDER BY id"
            )
            for id_, x, y, occurred, registered, category, severity, title, part in found:
                code, slug = codes[category - 1], REPORTERS[part - 1]
                visibility = "egen" if id_.int % 100 < KEPT * 100 else "osg"
                yield id_, x, y, occurred, registered, code, severity, title, slug, visibility
        others.execute(
            "DROP TABLE public.incident, public.district, public.category, public.organisation"
        )


def load(
    owner: psycopg.Connection[tuple[object, ...]],
    told: Iterable[Row],
    *,
    municipality: UUID,
    organisations: Mapping[str, UUID],
) -> None:
    """Fill the product's tables and the plain ones; the owner goes around the policies."""
    owner.execute("CREATE SCHEMA plain")
    owner.execute("CREATE TEMP TABLE raw (id uuid, x float8, y float8, occurred timestamptz,"
                  " registered timestamptz, code text, severity int, summary text, organisation uuid, visibility text, cell int)")  # fmt: skip
    with owner.cursor().copy("COPY raw FROM STDIN") as copy:
        for row in told:
            copy.write_row((*row[:8], organisations[row[8]], row[9], cell(row[1], row[2])))
    owner.execute(
        "CREATE TABLE plain.district AS SELECT d.id AS district_id, o.outline FROM districts d"
        " JOIN district_outlines o ON o.district_id = d.id WHERE d.municipality_id = %s",
        (municipality,),
    )
    owner.execute(
        "CREATE TABLE plain.incident AS SELECT r.id, d.district_id, r.code AS category_code,"
        " r.severity::smallint AS severity, r.occurred AS occurred_from, r.organisation AS organisation_id,"
        " r.visibility, r.registered AS registered_at, ''::text AS place_text, r.summary,"
        " ST_SetSRID(ST_MakePoint(r.x, r.y), 4326) AS place, r.cell FROM raw r"
        " LEFT JOIN plain.district d ON ST_Covers(d.outline, ST_SetSRID(ST_MakePoint(r.x, r.y), 4326))"
    )
    owner.execute(
        "INSERT INTO incidents (municipality_id, id, reference, category_code, severity,"
        " occurred_from, time_precision, registered_at, organisation_id, place, cell, district_id,"
        " source, verification, visibility) SELECT %s, id, 'L-2020-' || row_number() OVER (ORDER BY"
        " occurred_from, id), category_code, severity, occurred_from, 'exakt', registered_at,"
        " organisation_id, place, cell, district_id, 'api', 'obekraftad', visibility FROM plain.incident",
        (municipality,),
    )
    owner.execute(
        "INSERT INTO incident_parts (municipality_id, incident_id, organisation_id, summary,"
        " visibility) SELECT %s, id, organisation_id, summary, visibility FROM plain.incident",
        (municipality,),
    )
    owner.execute("CREATE INDEX ON plain.incident USING gist (place)")
    owner.execute("CREATE INDEX ON plain.incident (occurred_from)")
    owner.execute("ALTER TABLE plain.incident ADD PRIMARY KEY (id)")
    owner.commit()
    owner.autocommit = True
    owner.execute("VACUUM ANALYZE")
