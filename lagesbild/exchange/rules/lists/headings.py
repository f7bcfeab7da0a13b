"""Which column a heading means."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from lagesbild.exchange.rules.lists.columns import Column, plain, plain_among, shown

LONGEST_HEADING = 200

# Letters and digits only, the surest first. A column called plain "id" is not taken for a
# reference: in many lists it is a running number, which begins at 1 again in the next list.
# X and Y are north and east as in RT 90, unless the heading itself says otherwise.
HEADINGS: Mapping[Column, tuple[str, ...]] = {
    Column.NUMBER: ("löpnr", "löpnummer", "nr", "nummer", "rad", "radnr", "radnummer"),
    Column.REFERENCE: (
        *("referens", "ref", "referensnr", "referensnummer", "diarienr", "diarienummer", "dnr"),
        *("ärendenr", "ärendenummer", "ärendeid", "händelsenummer", "händelsenr", "händelseid"),
        *("insatsnummer", "insatsnr", "larmnummer", "larmnr"),
    ),
    Column.DATE: (
        *("datum", "händelsedatum", "brottsdatum", "insatsdatum", "larmdatum", "startdatum"),
        *("inträffatdatum", "datumförhändelse", "datumförhändelsen", "dag", "date"),
    ),
    Column.TIME: (
        *("klockslag", "kl", "klockan", "tid", "larmtid", "starttid", "start", "time"),
        *("frånochmed", "from", "från"),
    ),
    Column.MOMENT: (
        *("tidpunkt", "datumochtid", "datumtid", "datumochklockslag", "datumklockslag"),
        *("datumochtidpunkt", "händelsetidpunkt", "tidpunktförhändelse", "tidpunktförhändelsen"),
        *("händelsetid", "brottstid", "när", "närhändedet", "inträffade", "inträffat"),
        *("starttidpunkt", "datetime", "tidpunktfrån"),
    ),
    Column.UNTIL: (
        *("tillochmed", "tom", "till", "sluttidpunkt", "sluttid", "slutdatum", "slut"),
        *("tidpunkttill", "tidtill", "datumtill"),
    ),
    Column.CATEGORY: (
        *("händelsetyp", "typavhändelse", "händelsekategori", "kategori", "typ", "brottstyp"),
        *("brottskategori", "brottsrubricering", "rubricering", "insatstyp", "larmtyp"),
        *("incidenttyp", "typavincident", "ärendetyp", "typavärende", "klassificering"),
        *("händelse", "vadhände", "vadhändehär", "vadharhänt", "vad", "brott", "incident"),
        *("type", "category"),
    ),
    Column.PLACE: (
        *("plats", "platsbeskrivning", "platsnamn", "händelseplats", "brottsplats", "skadeplats"),
        *("platsförhändelse", "platsförhändelsen", "platsadress", "adressplats", "adress"),
        *("gatuadress", "larmadress", "gata", "var", "varhändedet", "place", "location"),
        "address",
    ),
    Column.LATITUDE: (
        *("latitud", "lat", "latitude", "nord", "northing", "north", "norr", "nordlig"),
        *("n", "x"),
    ),
    Column.LONGITUDE: (
        *("longitud", "long", "lon", "lng", "longitude", "öst", "easting", "east", "öster"),
        *("ostlig", "östlig", "e", "ö", "y"),
    ),
    Column.POSITION: (
        *("koordinater", "koordinat", "läge", "position", "geoposition", "gps", "gpsposition"),
        *("latlong", "latlon", "latlng", "latitudlongitud", "longlat", "lonlat", "xy", "ne"),
        *("coordinates", "koord", "en"),
    ),
    Column.DISTRICT: (
        *("kommundel", "stadsdel", "område", "delområde", "bostadsområde", "stadsdelsområde"),
        *("kommundelområde", "distrikt", "områdesnamn"),
    ),
    Column.MUNICIPALITY: ("kommunnamn", "kommun", "kommunkod", "kommunnr", "municipality"),
    Column.SUMMARY: (
        *("beskrivning", "händelsebeskrivning", "fritext", "kommentar", "kommentarer"),
        *("sammanfattning", "anteckning", "anteckningar", "notering", "noteringar", "detaljer"),
        *("text", "övrigt", "description"),
    ),
    Column.REPORTER: ("rapportör", "uppgiftslämnare", "källa"),
}
# Words for a clock that mean both day and clock where no other column says the day.
_BOTH = ("tid", "larmtid", "starttid", "start", "time", "frånochmed", "from", "från")
_AXES = {
    **dict.fromkeys(("nord", "norr", "north", "northing"), Column.LATITUDE),
    **dict.fromkeys(("öst", "east", "easting"), Column.LONGITUDE),
}
_MEANING = {
    word: (column, rank) for column, words in HEADINGS.items() for rank, word in enumerate(words)
}
_CHOSEN = -1
PAIR = frozenset({Column.LATITUDE, Column.LONGITUDE})
WHERE = frozenset({Column.POSITION, Column.PLACE, Column.DISTRICT})
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SYSTEM = re.compile(
    r"wgs ?84|sweref ?(?:99)?(?: ?tm| ?\d\d ?\d\d)?|rt ?90(?: ?2[.,]5 ?gon ?[vw])?|epsg:? ?\d{4,5}"
)
_AXIS = re.compile(r"(?:koordinaten|koordinat|koord|coordinate|coord)")


@dataclass(frozen=True)
class Match:
    """What the headings of a row mean, by the place of the column.

    `lost` are columns whose meaning another one has, with that one; `clashes` the same for
    columns that have the same right to it. `lone` is a coordinate without the other one.
    """

    found: Mapping[int, Column]
    lost: tuple[tuple[int, int], ...] = ()
    clashes: tuple[tuple[int, int], ...] = ()
    lone: tuple[int, ...] = ()

    @property
    def columns(self) -> frozenset[Column]:
        """All that was found."""
        return frozenset(self.found.values())


def chosen_by(columns: Mapping[str, Column | None]) -> Mapping[str, Column | None]:
    """Return what a person chose, with headings as they are compared."""
    return {plain(heading): column for heading, column in columns.items()}


def matched(headings: Mapping[int, str], chosen: Mapping[str, Column | None]) -> Match:
    """Return what headings mean. What a person chose wins over the usual words."""
    candidates: dict[Column, list[tuple[int, int]]] = {}
    for place, heading in sorted(headings.items()):
        meaning = _meaning(heading, chosen)
        if meaning:
            candidates.setdefault(meaning[0], []).append((meaning[1], place))
    found: dict[int, Column] = {}
    lost: list[tuple[int, int]] = []
    clashes: list[tuple[int, int]] = []
    for column, places in candidates.items():
        (rank, winner), *others = sorted(places)
        found[winner] = column
        for other_rank, other in others:
            (clashes if other_rank == rank else lost).append((other, winner))
    columns = set(found.values())
    usual = {
        p: c
        for p, c in found.items()
        if not (chosen and plain_among(headings[p], chosen) in chosen)
    }
    lone = _lone(usual, columns)
    found = {place: column for place, column in found.items() if place not in lone}
    if not columns & {Column.DATE, Column.MOMENT}:
        found |= dict.fromkeys(_whole_moments(usual, headings), Column.MOMENT)
    return Match(found, tuple(lost), tuple(clashes), lone)


def _lone(usual: Mapping[int, Column], columns: AbstractSet[Column]) -> tuple[int, ...]:
    """Return a coordinate without the other one, where the list says places in another way."""
    if len(columns & PAIR) == len(PAIR) or not columns & WHERE:
        return ()
    return tuple(place for place, column in usual.items() if column in PAIR)


def _whole_moments(usual: Mapping[int, Column], headings: Mapping[int, str]) -> list[int]:
    """Return the columns of a clock that must be day and clock."""
    return [
        place
        for place, column in usual.items()
        if column is Column.TIME and any(each in _BOTH for each in _spellings(headings[place]))
    ]


def _meaning(heading: str, chosen: Mapping[str, Column | None]) -> tuple[Column, int] | None:
    """Return a column and how sure it is; 0 is the surest usual word."""
    if len(heading) > LONGEST_HEADING:
        return None
    if chosen and (name := plain_among(heading, chosen)) in chosen:
        column = chosen[name]
        return None if column is None else (column, _CHOSEN)
    return _usual(heading)


@lru_cache(1_000)
def _usual(heading: str) -> tuple[Column, int] | None:
    for spelling in _spellings(heading):
        if spelling in _MEANING:
            column, rank = _MEANING[spelling]
            axis = _axis(heading) if spelling in ("x", "y") else None
            return (axis or column, rank)
    return None


def _spellings(heading: str) -> Iterator[str]:
    """Return a heading's letters and digits: as it is, without asides, without the system."""
    text = unicodedata.normalize("NFC", heading).casefold()
    yield _compact(text)
    bare = _ASIDE.sub(" ", text)
    yield _compact(bare)
    system = _compact(_SYSTEM.sub(" ", bare))
    yield system
    yield _AXIS.sub("", system)


def _compact(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


def _axis(heading: str) -> Column | None:
    """Return which way an X or Y points, where the heading says it."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", heading).casefold())
    return next((_AXES[word] for word in words if word in _AXES), None)


def listed(headings: Mapping[int, str]) -> str:
    """Return the headings for a sentence."""
    return ", ".join(shown(heading) for _, heading in sorted(headings.items())) or "inga"
