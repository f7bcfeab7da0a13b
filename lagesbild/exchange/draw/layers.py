"""Incidents as layers of a map, shapes as they are: GeoJSON in WGS 84, GeoPackage in any system."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import orjson
import shapely
from pyogrio import raw

from lagesbild.exchange.rules.exports.cells import local, to_metres
from lagesbild.exchange.rules.exports.records import SECRECY, Record
from lagesbild.exchange.rules.exports.systems import DEGREES, System
from lagesbild.incidents.rules import Listed, TimePrecision

Feature = Callable[[Listed], dict[str, object]]

LAYER = "handelser"
UTC_OFFSET = 100  # what GDAL calls UTC (OGRField.Date.TZFlag)


class Field(NamedTuple):
    """A field of the layer: its name, its type as numpy says it, and where the value is."""

    name: str
    type: str
    value: Callable[[Record], object]


def _clock(record: Record) -> str | None:
    if record.seen.time_precision == TimePrecision.DAY:
        return None
    return f"{local(record.seen.occurred_from):%H:%M}"


def _utc(moment: datetime | None) -> datetime | None:
    """Return a moment without its zone, which the layer keeps for the whole field."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None


FIELDS = (
    Field("nummer", "O", lambda r: r.seen.reference),
    Field("datum", "M8[D]", lambda r: local(r.seen.occurred_from).date()),
    Field("klockslag", "O", _clock),
    Field("fran", "M8[ms]", lambda r: _utc(r.seen.occurred_from)),
    Field("till", "M8[ms]", lambda r: _utc(r.seen.occurred_to)),
    Field("tid", "O", lambda r: r.time),
    Field("typ", "O", lambda r: r.seen.category),
    Field("typens_namn", "O", lambda r: r.category),
    Field("allvar", "i4", lambda r: r.seen.severity),
    Field("kommundel", "O", lambda r: r.district),
    Field("plats", "O", lambda r: r.seen.place_text),
    Field("osakerhet_m", "i4", lambda r: r.seen.place_precision_m),
    Field("platsen_visas", "O", lambda r: r.seen.shown),
    Field("organisation", "O", lambda r: r.organisation),
    Field("status", "O", lambda r: r.status),
    Field("beskrivning", "O", lambda r: r.seen.summary),
    Field("registrerad", "M8[ms]", lambda r: _utc(r.seen.registered_at)),
    Field("antal", "i4", lambda r: r.seen.number),
)


def write_geojson(file: IO[bytes], records: Iterable[Record], feature: Feature) -> int:
    """Write a FeatureCollection as the API's, but whole, and return the number of features."""
    file.write(b'{"type":"FeatureCollection","features":[')
    rows = 0
    for record in records:
        file.write(b",\n" if rows else b"\n")
        file.write(orjson.dumps(feature(record.seen)))
        rows += 1
    file.write(b'\n],"numberReturned":%d,"links":[]}\n' % rows)
    return rows


def write_gpkg(
    path: Path, pages: Iterable[Sequence[Record]], about: str, system: System = DEGREES
) -> int:
    """Write a GeoPackage, page by page, and return the number of rows.

    Times are UTC, as the format wants them; `datum` and `klockslag` are Swedish.
    """
    described = {"IDENTIFIER": "Händelser", "DESCRIPTION": f"{about} {SECRECY}"}
    _append(  # so that an empty one has its fields
        path,
        [],
        system,
        layer_metadata=described,
        dataset_options={"VERSION": "1.2"},  # QGIS of the last years warns about newer ones
    )
    rows = 0
    for page in pages:
        _append(path, page, system, append=True)
        rows += len(page)
    return rows


def _append(
    path: Path,
    page: Sequence[Record],
    system: System,
    **how: Any,  # noqa: ANN401 – pyogrio's own
) -> None:
    columns, missing = zip(*(_column(field, page) for field in FIELDS), strict=True)
    zones = {
        field.name: np.full(len(page), UTC_OFFSET) for field in FIELDS if field.type == "M8[ms]"
    }
    places = np.array([record.seen.place for record in page], dtype=object)
    raw.write(
        path,
        shapely.to_wkb(_in_system(shapely.from_geojson(places), system)),
        list(columns),
        [field.name for field in FIELDS],
        field_mask=list(missing),
        layer=LAYER,
        driver="GPKG",
        geometry_type="Unknown",
        promote_to_multi=False,
        crs=f"EPSG:{system.code}",
        gdal_tz_offsets=zones,
        **how,
    )


def _in_system(shapes: Any, system: System) -> Any:  # noqa: ANN401 – arrays of shapely
    """Return shapes in degrees in a system, all at once."""
    if not system.is_metres:
        return shapes
    return shapely.transform(shapes, to_metres(system.code).transform, interleaved=False)


def _column(field: Field, page: Sequence[Record]) -> tuple[Any, Any]:
    """Return the values of a field, and for whole numbers, which have no empty one, a mask."""
    values = [field.value(record) for record in page]
    if field.type != "i4":
        return np.array(values, dtype=field.type), None
    missing = np.array([value is None for value in values], dtype=bool)
    return np.array([value or 0 for value in values], dtype=field.type), missing
