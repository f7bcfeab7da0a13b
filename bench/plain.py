"""The endpoint that the product is measured against: Flask and Core columns, nothing else.

No sign-in, no permission, no row-level security, no audit, no reference number. `DSN` names the
database; the table `plain.incident` has the same million rows, with a GiST index on the place.
"""

import os
from datetime import UTC, datetime

import orjson
from flask import Flask, Response, request
from sqlalchemy import create_engine, text

engine = create_engine(
    os.environ["DSN"],
    pool_size=4,
    connect_args={"options": "-c max_parallel_workers_per_gather=0 -c jit=off"},
)
app = Flask(__name__)

COLUMNS = (
    "district_id", "category_code", "severity", "occurred_from", "organisation_id",
    "registered_at", "place_text", "summary",
)  # fmt: skip
SELECT = (
    "SELECT id, ST_X(place), ST_Y(place), district_id, category_code, severity, occurred_from,"
    " organisation_id, registered_at, place_text, summary FROM plain.incident"
    " WHERE place && ST_MakeEnvelope(:w, :s, :e, :n, 4326)"
)
ANY = text(f"{SELECT} LIMIT 100")
NEWEST = text(f"{SELECT} ORDER BY occurred_from DESC, id DESC LIMIT 100")
INSERT = text(
    "INSERT INTO plain.incident (id, district_id, category_code, severity, occurred_from,"
    " organisation_id, registered_at, place_text, summary, place)"
    " SELECT gen_random_uuid(), (SELECT district_id FROM plain.district"
    " WHERE ST_Covers(outline, p) LIMIT 1), :category, 2, :at, :organisation, now(), '', :summary, p"
    " FROM (SELECT ST_SetSRID(ST_MakePoint(:x, :y), 4326) AS p) AS q RETURNING id"
)


def _box() -> dict[str, float]:
    return dict(zip("wsen", map(float, request.args["bbox"].split(",")), strict=True))


@app.get("/any")
def any_hundred() -> Response:
    """Return whatever hundred the index finds first."""
    return _features(ANY)


@app.get("/newest")
def newest() -> Response:
    """Return the newest hundred, as the product does."""
    return _features(NEWEST)


def _features(query: object) -> Response:
    with engine.connect() as connection:
        rows = connection.execute(query, _box())  # type: ignore[call-overload]  # a text()
        features = [
            {
                "type": "Feature",
                "id": row[0],
                "geometry": {"type": "Point", "coordinates": (row[1], row[2])},
                "properties": dict(zip(COLUMNS, row[3:], strict=True)),
            }
            for row in rows
        ]
    body = orjson.dumps({"type": "FeatureCollection", "features": features})
    return Response(body, mimetype="application/geo+json")


@app.post("/incidents")
def create() -> tuple[dict[str, str], int]:
    """Store one incident in one statement."""
    sent = request.get_json()
    longitude, latitude = sent["geometry"]["coordinates"]
    values = {
        "category": sent["properties"]["category"],
        "at": datetime.now(UTC),
        "organisation": os.environ["ORGANISATION"],
        "summary": sent["properties"]["summary"],
        "x": longitude,
        "y": latitude,
    }
    with engine.begin() as connection:
        id_ = connection.execute(INSERT, values).scalar_one()
    return {"id": str(id_)}, 201


@app.get("/health/live")
def hello() -> str:
    """Return what Flask and gunicorn cost by themselves."""
    return "ok"
