"""The Swedish words of the choices (docs/words.md)."""

from lagesbild.incidents.rules import (
    KnownBy,
    PlaceKind,
    Source,
    TimePrecision,
    Verification,
    Visibility,
)

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
    Visibility.GROUP: "gruppen",
    Visibility.OWN: "bara vår organisation",
    Visibility.READERS: "gruppen och läsare",
    Visibility.OPEN: "öppen",
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
    KnownBy.OTHER: "annat sätt",
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
    Source.DEMO: "demon",
}
