"""What leaves in a file: which incidents, under which names, and how the file is called."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from lagesbild.base.clock import STOCKHOLM, Period, day_text, period_text
from lagesbild.base.errors import InvalidError
from lagesbild.incidents.rules import Category, Filter, Listed, TimePrecision, Verification
from lagesbild.people.rules import Scope

SECRECY = (
    "Uttaget kan innehålla uppgifter som omfattas av sekretess. Sprid det inte vidare, och ta bort"
    " det när du är klar. Pröva sekretessen innan något lämnas ut."
)


class Form(StrEnum):
    """The forms a file can have; the value ends its name."""

    XLSX = "xlsx"
    CSV = "csv"
    GEOJSON = "geojson"
    GPKG = "gpkg"


# What half of the minute that a request may take is enough for; a workbook costs five times more.
MAX_ROWS = {Form.XLSX: 20_000, Form.CSV: 100_000, Form.GEOJSON: 100_000, Form.GPKG: 100_000}
MIMETYPES = {
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.CSV: "text/csv",
    Form.GEOJSON: "application/geo+json",
    Form.GPKG: "application/geopackage+sqlite3",
}


@dataclass(frozen=True)
class Spoken:
    """The Swedish words of the screens: for groups of types, for times and for statuses."""

    groups: Mapping[str, str]
    times: Mapping[TimePrecision, str]
    statuses: Mapping[Verification, str]


@dataclass(frozen=True)
class Names:
    """What codes and ids are called."""

    spoken: Spoken
    categories: Mapping[str, Category]
    districts: Mapping[UUID, str]
    organisations: Mapping[UUID, str]


class Record(NamedTuple):
    """An incident as it leaves. `seen` is what the actor may see of it; the rest are its names."""

    seen: Listed
    category: str
    district: str
    organisation: str
    time: str
    status: str


def record(row: Listed, names: Names, *, scope: Scope) -> Record:
    """Return what may leave of a row. Every form is made from it: what is reduced is reduced here.

    A row of a list holds neither details nor who registered it, nor the sender's own reference.
    """
    assert not scope.own_only or row.organisation_id == scope.organisation_id, "the query failed"
    category = names.categories.get(row.category)
    return Record(
        seen=row,
        category=category.name if category else "",
        district=names.districts.get(row.district_id, "") if row.district_id else "",
        organisation=names.organisations.get(row.organisation_id, ""),
        time=names.spoken.times[TimePrecision(row.time_precision)],
        status=names.spoken.statuses[Verification(row.verification)],
    )


def check_size(rows: int, form: Form) -> None:
    """Raise `InvalidError` when a file would hold more rows than its form may."""
    if rows > MAX_ROWS[form]:
        raise InvalidError(
            "rows",
            f"Urvalet har {grouped(rows)} händelser, och filen rymmer {grouped(MAX_ROWS[form])}."
            " Välj en kortare tid eller ett område i taget.",
        )


def filter_text(wanted: Filter, names: Names, *, weekday: int) -> str:
    """Return a filter in words. What was searched for is left out: it may hold a number."""
    box = wanted.box
    corners = (f"{side:.4f}" for side in (box.west, box.south, box.east, box.north)) if box else ()
    parts = (
        _time_text(wanted, weekday),
        wanted.category and f"typ {_category_text(wanted.category, names)}",
        wanted.district_id and f"område {names.districts.get(wanted.district_id, 'okänt')}",
        wanted.organisation_id
        and f"organisation {names.organisations.get(wanted.organisation_id, 'okänd')}",
        wanted.verification and f"status {names.spoken.statuses[wanted.verification]}",
        box and f"i rutan {', '.join(corners)} (väst, syd, öst, nord)",
        wanted.new_since and "inte genomgångna",
        wanted.words and "med ett sökord",
    )
    return "; ".join(part for part in parts if part) or "alla händelser"


def file_name(group: str, wanted: Filter, form: Form, *, weekday: int, now: datetime) -> str:
    """Return what the file is called: by the week if it is one, else by the day it was made."""
    period = _period(wanted, weekday)
    when = period.name if period else now.astimezone(STOCKHOLM).date().isoformat()
    return f"handelser-{group}-{when}.{form}"


def _period(wanted: Filter, weekday: int) -> Period | None:
    if wanted.start is None:
        return None
    period = Period.of(wanted.start, weekday=weekday)
    return period if (period.start, period.end) == (wanted.start, wanted.end) else None


def _time_text(wanted: Filter, weekday: int) -> str:
    period = _period(wanted, weekday)
    if period:
        return f"v. {period.week} ({period_text(period)})"
    bounds = (("från", wanted.start), ("fram till", wanted.end))
    return " ".join(f"{word} {_moment_text(moment)}" for word, moment in bounds if moment)


def _moment_text(moment: datetime) -> str:
    local = moment.astimezone(STOCKHOLM)
    return f"{day_text(local.date())} {local.year} kl. {local.hour}.{local.minute:02d}"


def _category_text(wanted: str, names: Names) -> str:
    """Return the name of a code or a group; what is neither may be anything, and is not told."""
    if wanted in names.categories:
        return names.categories[wanted].name
    return names.spoken.groups.get(wanted, "okänd")


def grouped(number: int) -> str:
    """Return a number with its thousands apart: `31 200`."""
    return f"{number:,}".replace(",", "\u00a0")
