"""What tends to happen in the demo: how often, when, where, who tells it and in which words."""

from dataclasses import dataclass

from lagesbild.incidents.rules import PlaceKind


@dataclass(frozen=True)
class Rhythm:
    """The hours something happens at, and how much each weekday counts, Monday first."""

    hours: tuple[int, ...]
    weekdays: tuple[int, ...] = (1, 1, 1, 1, 1, 1, 1)


DAY = Rhythm(tuple(range(8, 17)), (1, 1, 1, 1, 1, 0, 0))
SHOP = Rhythm(tuple(range(10, 20)), (2, 2, 2, 3, 4, 5, 3))
EVENING = Rhythm(tuple(range(15, 24)), (2, 2, 3, 3, 6, 6, 3))
NIGHT = Rhythm((20, 21, 22, 23, 0, 1, 2, 3), (1, 1, 2, 2, 6, 7, 4))
TRAVEL = Rhythm((7, 8, 9, 15, 16, 17, 18, 21), (3, 3, 3, 3, 4, 2, 2))
ALWAYS = Rhythm(tuple(range(24)))

OUTDOORS = frozenset(PlaceKind) - {PlaceKind.SCHOOL}
SCHOOL = frozenset({PlaceKind.SCHOOL})
SHOPS = frozenset({PlaceKind.CENTRE, PlaceKind.SHOP})
ROADS = frozenset({PlaceKind.STREET, PlaceKind.CENTRE, PlaceKind.STATION})
ANYWHERE = frozenset(PlaceKind)
AT_HOME: frozenset[PlaceKind] = frozenset()  # a home is never a point: only its district is told


@dataclass(frozen=True)
class Story:
    """A code with its weight among all, about per cent, and its reporters, the usual one first.

    `overnight` means that it is often discovered only the next morning.
    """

    code: str
    weight: float
    reporters: tuple[str, ...]
    rhythm: Rhythm
    where: frozenset[PlaceKind]
    texts: tuple[str, ...]
    overnight: bool = False


KOMMUN, POLIS, BRAND, SKOLA = ("kommun",), ("polis",), ("brand",), ("skola",)

# A story is read as a whole, not one argument a line.
# fmt: off
STORIES = (
    Story("ORD01", 9, KOMMUN * 3 + POLIS, EVENING, OUTDOORS, (
        "Stökig samling, hög musik och glaskross.",
        "Större samling som störde omgivningen, upplöstes efter samtal.",
        "Återkommande samling vid entrén, hög ljudnivå.",
    )),
    Story("ORD02", 4, KOMMUN, DAY, OUTDOORS, (
        "Belysningen är släckt på en längre sträcka.",
        "Skymd gångväg, buskaget behöver klippas.",
        "Platsen upplevs som ödslig efter butikernas stängning.",
    )),
    Story("ORD03", 6, POLIS, NIGHT, OUTDOORS, (
        "Berusat sällskap avvisades från platsen.",
        "Flera påverkade personer, ingen skadad.",
        "Störande berusning, avhjälptes på plats.",
    )),
    Story("ORD04", 0.8, KOMMUN, DAY, OUTDOORS, (
        "Spår av övernattning i ett tomt förråd.",
        "Tillhåll i källarutrymme, låset är utbytt.",
    )),
    Story("ORD05", 7, KOMMUN, DAY, OUTDOORS, (
        "Dumpade möbler och byggavfall.",
        "Nedskräpat efter helgen, städning är beställd.",
        "Sopsäckar ställda utanför behållarna.",
    )),
    Story("ORD06", 4, POLIS, NIGHT, OUTDOORS, (
        "Bråk mellan två sällskap, skingrades av patrull.",
        "Bråk utanför restaurang, ingen allvarligt skadad.",
    )),
    Story("ORD07", 3, POLIS + KOMMUN, EVENING, OUTDOORS, (
        "Upprepade smällar, inga skador.",
        "Smällare kastades mot en fasad.",
    )),
    Story("SKA01", 8, KOMMUN, EVENING, ANYWHERE, (
        "Klotter på gavel, sanering är beställd.",
        "Klotter i gångtunnel, cirka sex kvadratmeter.",
        "Klotter på elskåp och bänkar.",
    ), overnight=True),
    Story("SKA02", 8, KOMMUN * 2 + POLIS + SKOLA, EVENING, ANYWHERE, (
        "Krossade rutor, glasmästare är tillkallad.",
        "Sönderslagen busskur.",
        "Skadad belysningsstolpe.",
        "Uppbruten dörr till förråd, inget stulet.",
    ), overnight=True),
    Story("BRA01", 2.2, BRAND, EVENING, OUTDOORS, (
        "Brand i papperskorg, släckt vid ankomst.",
        "Gräsbrand, misstänkt anlagd, några kvadratmeter.",
        "Brinnande sopkärl, ingen spridning.",
    )),
    Story("BRA02", 0.7, BRAND, NIGHT, ROADS, (
        "Brand i personbil, släckt, ingen skadad.",
        "Brand i moped.",
    )),
    Story("BRA03", 0.4, BRAND * 2 + POLIS, NIGHT, OUTDOORS, (
        "Brand i cykelrum, misstänkt anlagd, begränsad spridning.",
        "Brand vid entrédörr, släckt med handbrandsläckare.",
    )),
    Story("BRA04", 2, BRAND * 2 + SKOLA, DAY, ANYWHERE, (
        "Avsiktligt utlöst brandlarm.",
        "Larmknapp intryckt utan brand.",
    )),
    Story("BRA05", 2, BRAND, ALWAYS, OUTDOORS, (
        "Torrkokning, rökutveckling, ventilerat.",
        "Brand i kompost, orsaken är okänd.",
        "Elfel i armatur, ingen spridning.",
    )),
    Story("NAR01", 2, POLIS * 2 + KOMMUN, EVENING, OUTDOORS, (
        "Misstänkt öppen försäljning, korta möten.",
        "Upprepade överlämningar vid gångvägen.",
    )),
    Story("NAR02", 4, POLIS * 3 + KOMMUN, EVENING, OUTDOORS, (
        "Fynd av narkotika vid genomsökning.",
        "Ringa innehav, beslag.",
        "Fynd av förpackningar och kanyler.",
    )),
    Story("NAR03", 1, KOMMUN + POLIS, SHOP, SHOPS, (
        "Tillsyn: brister i ålderskontrollen.",
        "Misstänkt langning av alkohol.",
    )),
    Story("VAL01", 3, POLIS, NIGHT, OUTDOORS, (
        "Misshandel utomhus, en lindrigt skadad.",
        "Misshandel i samband med bråk, utredning pågår.",
    )),
    Story("VAL02", 0.8, POLIS, EVENING, OUTDOORS, (
        "Personrån, en telefon stulen.",
        "Butiksrån, ingen skadad.",
    )),
    Story("VAL03", 2, POLIS * 2 + KOMMUN, EVENING, OUTDOORS, (
        "Hotfull situation, ingen skadad.",
        "Ofredande på allmän plats, anmälan är upprättad.",
    )),
    Story("VAL04", 0.6, POLIS + BRAND + KOMMUN, NIGHT, OUTDOORS, (
        "Föremål kastade mot utryckningsfordon.",
        "Hot mot personal under tjänsteutövning.",
    )),
    Story("VAL05", 0.15, POLIS, NIGHT, OUTDOORS, ("Händelse av allvarligt slag, utreds.",)),
    Story("VAL06", 0.3, POLIS, EVENING, AT_HOME, ("Händelse av allvarligt slag, utreds.",)),
    Story("VAL07", 0.2, POLIS + KOMMUN, EVENING, OUTDOORS, (
        "Kränkande budskap på fasad, sanerat och anmält.",
    ), overnight=True),
    Story("VAL08", 0.03, POLIS, NIGHT, OUTDOORS, ("Händelse av allvarligt slag, utreds.",)),
    Story("VAP01", 0.08, POLIS, NIGHT, OUTDOORS, ("Bekräftad skottlossning, ingen skadad.",)),
    Story("VAP02", 0.1, POLIS, NIGHT, OUTDOORS, (
        "Misstänkt föremål, avspärrning, visade sig ofarligt.",
    )),
    Story("VAP03", 0.6, POLIS * 2 + SKOLA, EVENING, ANYWHERE, (
        "Kniv påträffad och omhändertagen.",
        "Brott mot knivlagen, beslag.",
    )),
    Story("STO01", 1.5, POLIS, EVENING, AT_HOME, (
        "Bostadsinbrott, ett fönster uppbrutet.",
        "Försök till bostadsinbrott, skador på altandörr.",
    ), overnight=True),
    Story("STO02", 2.5, POLIS * 2 + KOMMUN, NIGHT, ANYWHERE, (
        "Inbrott i källarförråd.",
        "Inbrott i lokal, elektronik stulen.",
        "Inbrottsförsök, larmet löste ut.",
    ), overnight=True),
    Story("STO03", 5, POLIS, EVENING, ROADS, (
        "Cykelstöld vid cykelställ.",
        "Stöld ur fordon, en ruta krossad.",
        "Mopedstöld.",
        "Stöld av registreringsskyltar.",
    ), overnight=True),
    Story("STO04", 6, POLIS, SHOP, SHOPS, (
        "Butiksstöld.",
        "Fickstöld i rusningstid.",
        "Stöld av väska på servering.",
    )),
    Story("STO05", 0.8, POLIS, DAY, AT_HOME, (
        "Bedrägeri per telefon, riktat mot äldre.",
        "Bedrägeriförsök vid dörren, falsk hantverkare.",
    )),
    Story("TRA01", 5, KOMMUN * 2 + POLIS, EVENING, ROADS | {PlaceKind.PARK}, (
        "Mopedkörning på gångväg.",
        "Buskörning med A-traktor på parkeringen.",
        "Höga hastigheter med elsparkcykel bland gående.",
    )),
    Story("TRA02", 4, POLIS * 2 + KOMMUN, TRAVEL, ROADS, (
        "Hastighetsöverträdelser vid kontroll.",
        "Rattfylleri, körkort omhändertaget.",
        "Farlig omkörning vid övergångsställe.",
    )),
    Story("TRA03", 2.5, POLIS + BRAND, TRAVEL, ROADS, (
        "Kollision mellan två bilar, lindriga skador.",
        "Singelolycka med cykel.",
        "Påkörning bakifrån, inga personskador.",
    )),
    Story("TRA04", 3, KOMMUN, DAY, ROADS, (
        "Övergivet fordon utan skyltar, flytt är beställd.",
        "Felparkerade fordon blockerar räddningsvägen.",
    )),
    Story("SKO01", 1.8, SKOLA, DAY, SCHOOL, (
        "Obehöriga på skolgården, lämnade platsen efter uppmaning.",
        "Intrång i skolbyggnad under rast.",
        "Skadegörelse i korridor under skoltid.",
    )),
    Story("SKO02", 0.4, SKOLA * 2 + POLIS, DAY, SCHOOL, ("Händelse av allvarligt slag, utreds.",)),
    Story("SKO03", 0.25, SKOLA + POLIS, DAY, SCHOOL, ("Oro kring samling efter skoltid.",)),
    Story("TIL01", 0.5, KOMMUN * 2 + BRAND, DAY, SHOPS, (
        "Tillsyn: brister i egenkontrollen.",
        "Tillsyn: blockerad utrymningsväg.",
    )),
    Story("TIL02", 0.1, KOMMUN + POLIS, DAY, SHOPS, ("Tecken på otillåten påverkan, utreds.",)),
    Story("EVT01", 0.7, KOMMUN, SHOP, frozenset({PlaceKind.CENTRE, PlaceKind.PARK}), (
        "Marknadsdag, cirka 300 besökare.",
        "Öppen ungdomskväll med fältgruppen.",
        "Trygghetsvandring.",
    )),
    Story("EVT02", 1.5, POLIS, EVENING, OUTDOORS, (
        "Fotpatrull i området.",
        "Trafikkontroll, utan större anmärkning.",
    )),
    Story("EVT03", 3, BRAND, ALWAYS, OUTDOORS, (
        "Fastnad hiss, alla ute.",
        "Vattenläcka i källare.",
        "Trädfall över gångväg.",
        "Utsläpp av drivmedel, sanerat.",
    )),
    Story("EVT04", 0.4, KOMMUN + POLIS, DAY, AT_HOME, (
        "Rykten i sociala medier om planerat bråk, inte bekräftade.",
    )),
)
# fmt: on
