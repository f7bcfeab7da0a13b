"""Take in a workbook of 50,000 rows on a database of its own: check, save, undo. Prints figures."""

import io
import tempfile
import threading
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from openpyxl import Workbook
from shapely import box, to_wkb
from shapely.geometry import MultiPolygon

from lagesbild import schema
from lagesbild.access import service as access
from lagesbild.base import db, postgres
from lagesbild.base.settings import Settings
from lagesbild.districts import service as districts
from lagesbild.districts.rules import NewDistrict, Source
from lagesbild.exchange.rules.imports.stages import Stage
from lagesbild.exchange.rules.imports.ways import Ways
from lagesbild.exchange.service import imports, working
from lagesbild.people.rules import Actor, system

ROWS = 50_000
HEADINGS = (
    "Ärendenr",
    "Datum",
    "Tid",
    "Händelsetyp",
    "Plats",
    "N",
    "E",
    "Beskrivning",
    "Rapportör",
)
TYPES = ("Klotter", "Bråk", "Bilbrand", "Nedskräpning, dumpning")


def workbook() -> bytes:
    """Return a list with positions in SWEREF 99 TM, always the same."""
    chance = Random(1)  # noqa: S311 – figures, not secrets
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Händelser")
    sheet.append(HEADINGS)
    for number in range(ROWS):
        at = datetime(2020, 1, 1) + timedelta(minutes=chance.randrange(60 * 24 * 2000))  # noqa: DTZ001 – a cell
        north, east = 6_568_000 + chance.random() * 3000, 666_000 + chance.random() * 6000
        said = f"Text om händelse {number} vid platsen där något hände"
        place = [f"Plats {number % 700}", round(north, 2), round(east, 2)]
        sheet.append([f"A-{number}", at.date(), at.time(), chance.choice(TYPES), *place, said, ""])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def sender() -> Actor:
    """Make a municipality with one district, and return its fire brigade."""
    now = datetime.now(UTC)
    group = access.add_municipality(slug="as", name="Ås kommun", code="0001", now=now)
    area = NewDistrict("A", "Ås", to_wkb(MultiPolygon([box(17.8, 59.1, 18.2, 59.3)])))
    source = Source("kommundel", date(2020, 1, 1), "påhittad", schematic=True)
    with db.transaction(system(group).gate) as session:
        districts.put_version(session, system(group), source, [area], now=now)
        brigade = access.organisation_named(session, system(group), "brand")
    return system(group, brigade.id)


def memory_mb() -> float:
    """Return what the process holds of the memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def main() -> None:
    """Check, save and undo the list, and print how long each took."""
    content = workbook()
    actor, now = sender(), datetime.now(UTC)
    before, peak = memory_mb(), [0.0]

    def watch() -> None:
        while True:
            peak[0] = max(peak[0], memory_mb())
            time.sleep(0.1)

    threading.Thread(target=watch, daemon=True).start()
    with db.transaction(actor.gate) as session:
        found = imports.bring(session, actor, "lista.xlsx", content, Ways(good_rows=True), now=now)
    for stage in (Stage.CHECKING, Stage.SAVING):
        began = time.monotonic()
        with db.transaction(actor.gate) as session:
            imports.begin(session, actor, imports.one(session, actor, found.id), to=stage)
        working.work(actor, found.id, clock=lambda: now)
        print(f"{stage}: {time.monotonic() - began:.0f} s")
    began = time.monotonic()
    with db.transaction(actor.gate) as session:
        gone, kept = imports.undo(session, actor, found.id, now=now)
    print(f"undone: {time.monotonic() - began:.0f} s, {gone} incidents, {kept} kept")
    print(f"memory: {before:.0f} MB before, {peak[0]:.0f} MB at most")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="lagesbild-") as folder:
        Path(folder).chmod(0o755)  # the database may run as somebody else
        with postgres.available(Settings(data_dir=Path(folder))) as settings:
            schema.upgrade(settings)
            db.connect(settings.database_url, settings.reader_url)
            main()
            db.forget_connections()
