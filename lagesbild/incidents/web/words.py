"""The Swedish words of the choices (docs/words.md)."""

from lagesbild.incidents.rules import (
    KnownBy,
    Order,
    PlaceKind,
    Source,
    TimePrecision,
    Verification,
    Visibility,
)
from lagesbild.incidents.rules.moments import When
from lagesbild.incidents.service import Purpose

GROUP = {
    "ORD": "Ordning",
    "SKA": "Skadegörelse",
    "BRA": "Brand",
    "NAR": "Narkotika och alkohol",
    "VAL": "Våld och hot",
    "VAP": "Vapen och sprängning",
    "STO": "Stöld och inbrott",
    "TRA": "Trafik",
    "SKO": "Skola",
    "TIL": "Tillsyn",
    "EVT": "Arrangemang och insatser",
}
TIME_PRECISION = {
    TimePrecision.EXACT: "på minuten",
    TimePrecision.HOUR: "ungefär den timmen",
    TimePrecision.DAY: "någon gång den dagen",
    TimePrecision.WINDOW: "mellan två tider",
    TimePrecision.UNKNOWN: "osäker tid",
}
WHEN = {
    When.NOW: "Nu",
    When.TODAY: "I dag",
    When.NIGHT: "I natt",
    When.EVENING: "I går kväll",
    When.BETWEEN: "Annan tid",
}
PLACE_PRECISION = {  # metres
    "": "exakt",
    "50": "inom 50 m",
    "150": "inom 150 m",
    "500": "inom 500 m",
    "2000": "inom 2 km",
}
TILE = {  # where a long word may be broken on a narrow tile
    "SKA": "Skade\N{SOFT HYPHEN}görelse",
    "EVT": "Arrange\N{SOFT HYPHEN}mang och insatser",
}
WHICH = {  # asked when the group of codes is chosen
    "ORD": "Vilken sorts ordningsstörning?",
    "SKA": "Vilken sorts skadegörelse?",
    "BRA": "Vilken sorts brand?",
    "NAR": "Vad gällde det?",
    "VAL": "Vilken sorts våld eller hot?",
    "VAP": "Vad gällde det?",
    "STO": "Vilken sorts stöld eller inbrott?",
    "TRA": "Vad gällde det?",
    "SKO": "Vad gällde det?",
    "TIL": "Vilken sorts tillsyn?",
    "EVT": "Vad gällde det?",
}
KEY = {  # chooses a group while the focus is among the groups
    "ORD": "o", "SKA": "s", "BRA": "b", "NAR": "n", "VAL": "v", "VAP": "p",
    "STO": "i", "TRA": "t", "SKO": "k", "TIL": "l", "EVT": "a",
}  # fmt: skip
PLACE_KIND = {
    PlaceKind.STREET: "gata",
    PlaceKind.PARK: "park",
    PlaceKind.SCHOOL: "skola",
    PlaceKind.CENTRE: "centrum",
    PlaceKind.STATION: "station",
    PlaceKind.HOME: "bostadshus",
    PlaceKind.STAIRWELL: "trapphus",
    PlaceKind.SHOP: "butik",
    PlaceKind.WATER: "vatten",
    PlaceKind.OTHER: "annat",
}
VISIBILITY = {
    Visibility.READERS: "gruppen, som antal i brevet",
    Visibility.GROUP: "gruppen",
    Visibility.OWN: "ingen annan organisation",
    Visibility.OPEN: "gruppen, som antal till alla",
}
VERIFICATION = {
    Verification.UNCONFIRMED: "obekräftad",
    Verification.CONFIRMED: "bekräftad",
    Verification.REJECTED: "avfärdad",
}
KNOWN_BY = {
    KnownBy.REPORT: "anmälan från allmänheten",
    KnownBy.PATROL: "egen patrull",
    KnownBy.ALARM: "larm",
    KnownBy.STAFF: "egen personal",
    KnownBy.LIST: "en lista",
    KnownBy.OTHER: "annat sätt",
}
JUDGED = {  # how an organisation judges another's incident
    Verification.CONFIRMED: "Vi bekräftar den",
    Verification.UNCONFIRMED: "Vi kan inte bekräfta den",
    Verification.REJECTED: "Vi avfärdar den",
}
PURPOSE = {
    Purpose.MEETING: "Bedöma händelsen på mötet",
    Purpose.ACTION: "Planera en insats på platsen",
    Purpose.SAME: "Se om det är samma händelse som vår",
    Purpose.WRONG: "Platsen verkar fel",
}
ORDER = {
    Order.HAPPENED: "senast hänt",
    Order.LOGGED: "senast inkommet",
    Order.SEVERE: "allvarligast",
}
SEVERITY = {
    0: "0, information",
    1: "1, trivsel",
    2: "2, ordning eller mindre egendom",
    3: "3, allvarligt",
    4: "4, våld eller grovt",
    5: "5, fara för liv",
}
SOURCE = {
    Source.FORM: "formuläret",
    Source.API: "ett program",
    Source.LIST: "en lista",
    Source.SPOKEN: "muntlig uppgift",
    Source.DEMO: "demon",
}
