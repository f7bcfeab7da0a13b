"""Reading a layer of a file: GeoJSON, GeoPackage or a zipped Shapefile."""

import shutil
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyogrio
from pyogrio import raw
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, GeometryError

from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.outlines import archives
from lagesbild.exchange.rules.outlines.archives import Kind, Member
from lagesbild.exchange.rules.outlines.layers import Feature, Layer, listed
from lagesbild.people.rules import Actor, Permission, require

HEAD = 100
UNREADABLE = (DataLayerError, DataSourceError, FeatureError, GeometryError, UnicodeDecodeError)
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError)


def read_layer(actor: Actor, file: Path, asked: str | None = None) -> Layer:
    """Return a layer of a file, the only one or the asked one, or raise `InvalidError`."""
    require(actor, Permission.ADMINISTER)
    with file.open("rb") as opened:
        kind = archives.kind_of(opened.read(HEAD), file.stat().st_size)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is wrong with a geometry is told by the rules
            if kind is Kind.ZIP:
                return _zipped(file, asked)
            return _plain(file, kind, asked)
    except UNREADABLE as error:
        raise InvalidError(
            "file",
            f"Filen {file.name} går inte att läsa som en karta. Spara den som GeoPackage,"
            " GeoJSON eller en zip-fil med en Shapefile.",
        ) from error


def _plain(file: Path, kind: Kind, asked: str | None) -> Layer:
    # The prefix keeps GDAL from trying other formats on a file that is no GeoJSON.
    source = f"GeoJSON:{file}" if kind is Kind.GEOJSON else str(file)
    names = [str(name) for name, geometry in pyogrio.list_layers(source) if geometry is not None]
    layer = _layer(source, _chosen(names, asked))
    if kind is Kind.GEOPACKAGE and layer.crs is None:
        raise InvalidError(
            "crs", "Lagret säger inte vilket koordinatsystem det har. Spara om det med ett."
        )
    return layer


def _zipped(file: Path, asked: str | None) -> Layer:
    try:
        with _unpacked(file, asked) as (shape, encoding):
            return _layer(str(shape), None, encoding)
    except BROKEN_ZIP as error:
        raise InvalidError("file", f"Zip-filen {file.name} är trasig. Packa om den.") from error


@contextmanager
def _unpacked(file: Path, asked: str | None) -> Iterator[tuple[Path, str | None]]:
    """Unpack one layer under a name of our own; yield its .shp and the encoding to read with."""
    with zipfile.ZipFile(file) as archive, tempfile.TemporaryDirectory() as folder:
        members = [
            Member(each.filename, each.file_size, encrypted=bool(each.flag_bits & 1))
            for each in archive.infolist()
        ]
        found = archives.shapefiles(members)
        short = {Path(name).name: name for name in found}
        names = list(short) if len(short) == len(found) else list(found)
        chosen = _chosen(names, asked)
        parts = found[short.get(chosen, chosen)]
        archives.complete(parts)
        shape = Path(folder) / "lager.shp"
        for ending, name in parts.items():
            # zipfile stops at the size of the directory, which has been checked.
            with archive.open(name) as packed, shape.with_suffix(ending).open("wb") as plain:
                shutil.copyfileobj(packed, plain)
        table = shape.with_suffix(".dbf").read_bytes()
        yield shape, archives.encoding(table, declared=".cpg" in parts)


def _chosen(names: list[str], asked: str | None) -> str:
    if asked is None and len(names) == 1:
        return names[0]
    if asked is None:
        raise InvalidError(
            "layer", f"Filen har {len(names)} lager: {listed(names)}. Välj ett med --layer."
        )
    if asked not in names:
        raise InvalidError(
            "layer", f"Lagret {asked} finns inte i filen. De som finns: {listed(names)}."
        )
    return asked


def _layer(source: str, name: str | None, encoding: str | None = None) -> Layer:
    about, _, shapes, columns = raw.read(source, layer=name, encoding=encoding)
    fields = tuple(str(field) for field in about["fields"])
    values = zip(*(column.tolist() for column in columns), strict=True)
    table = list(values) if fields else [()] * len(shapes)
    return Layer(
        fields,
        about["crs"],
        tuple(
            Feature(row, dict(zip(fields, line, strict=True)), shape)
            for row, (line, shape) in enumerate(zip(table, shapes, strict=True), start=1)
        ),
    )
