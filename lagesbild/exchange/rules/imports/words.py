"""What senders' words for kinds of events mean, as codes of the taxonomy."""

import unicodedata
from collections.abc import Mapping

from lagesbild.base.errors import InvalidError
from lagesbild.incidents.rules import Category

# A word that fits several codes must be mapped by the sender's group before it is used. What is
# ambiguous is meant to be: "anlagd brand" does not say whether it was outdoors.
USUAL: Mapping[str, tuple[str, ...]] = {
    # order
    "ordningsstörning": ("ORD01",),
    "ordningsstörningar": ("ORD01",),
    "stökig samling": ("ORD01",),
    "störande ungdomar": ("ORD01",),
    "otrygg plats": ("ORD02",),
    "otrygghet": ("ORD01", "ORD02"),
    "belysning": ("ORD02",),
    "belysning ur funktion": ("ORD02",),
    "trasig belysning": ("ORD02",),
    "berusade personer": ("ORD03",),
    "påverkade personer": ("ORD03",),
    "berusning": ("ORD03",),
    "fylleri": ("ORD03",),
    "tillhåll": ("ORD04",),
    "olovligt boende": ("ORD04",),
    "nedskräpning": ("ORD05",),
    "dumpning": ("ORD05",),
    "skräp": ("ORD05",),
    "slagsmål": ("ORD06",),
    "pyroteknik": ("ORD07",),
    "fyrverkerier": ("ORD07",),
    "smällare": ("ORD07",),
    # damage and fire
    "graffiti": ("SKA01",),
    "skadegörelse": ("SKA01", "SKA02"),
    "skadegörelse/klotter": ("SKA01", "SKA02"),
    "skadad infrastruktur": ("SKA02",),
    "stenkastning": ("SKA02", "VAL04"),
    "brand": ("BRA01", "BRA02", "BRA03", "BRA05"),
    "anlagd brand": ("BRA01", "BRA03"),
    "brand utomhus": ("BRA01", "BRA05"),
    "brand i byggnad": ("BRA03", "BRA05"),
    "brand i skog": ("BRA01", "BRA05"),
    "brand i avfall": ("BRA01", "BRA05"),
    "brand i fordon": ("BRA02",),
    "bilbrand": ("BRA02",),
    "brandtillbud": ("BRA04",),
    "brandlarm": ("BRA04",),
    "automatlarm": ("BRA04",),
    "automatlarm utan brand": ("BRA04",),
    # drugs and alcohol
    "narkotika": ("NAR01", "NAR02"),
    "narkotikahantering": ("NAR01", "NAR02"),
    "narkotikahandel": ("NAR01",),
    "öppen narkotikahandel": ("NAR01",),
    "langning": ("NAR01", "NAR03"),
    "alkohol": ("NAR03", "ORD03"),
    # violence and weapons
    "våld": ("VAL01", "VAL06"),
    "våld/hot": ("VAL01", "VAL03"),
    "misshandel": ("VAL01", "VAL06"),
    "rån": ("VAL02",),
    "personrån": ("VAL02",),
    "butiksrån": ("VAL02",),
    "hot": ("VAL03", "VAL04"),
    "ofredande": ("VAL03",),
    "incidenter mot personal": ("VAL04",),
    "hot mot tjänsteperson": ("VAL04",),
    "angrepp på blåljus": ("VAL04",),
    "sexualbrott": ("VAL05",),
    "hatbrott": ("VAL07",),
    "sprängning": ("VAP02",),
    "misstänkt föremål": ("VAP02",),
    "vapen": ("VAP03",),
    "kniv": ("VAP03",),
    # theft
    "inbrott": ("STO01", "STO02"),
    "stöld": ("STO03", "STO04"),
    "stöld/inbrott": ("STO02", "STO04"),
    "butiksstöld": ("STO04",),
    "cykelstöld": ("STO03",),
    "fordonsbrott": ("STO03",),
    # traffic
    "buskörning": ("TRA01",),
    "a-traktor": ("TRA01",),
    "trafik": ("TRA01", "TRA02", "TRA03"),
    "trafik/buskörning": ("TRA01", "TRA02"),
    "olovlig körning": ("TRA02",),
    "störande körning": ("TRA01", "TRA02"),
    "fortkörning": ("TRA02",),
    "rattfylleri": ("TRA02",),
    "felparkering": ("TRA04",),
    "övergivet fordon": ("TRA04",),
    # school, inspection, events, rescue
    "skolincident": ("SKO01",),
    "intrång": ("SKO01", "STO02"),
    "hot i skola": ("SKO02",),
    "våld i skola": ("SKO02",),
    "tillsyn": ("TIL01",),
    "otillåten påverkan": ("TIL02",),
    "arrangemang": ("EVT01",),
    "evenemang": ("EVT01",),
    "kontroll": ("EVT02",),
    "insats": ("EVT02", "EVT03"),
    "olycka": ("EVT03", "TRA03"),
    "räddningsinsats": ("EVT03",),
    "drunkning": ("EVT03",),
    "utsläpp farligt ämne": ("EVT03",),
    "nödställd person": ("EVT03",),
    "nödställt djur": ("EVT03",),
    "översvämning": ("EVT03",),
    "ras": ("EVT03",),
    "storm": ("EVT03",),
    "hjälp till ambulans": ("EVT03",),
    "hjälp till polis": ("EVT02", "EVT03"),
    "social oro": ("ORD01", "EVT04"),
    "rykten": ("EVT04",),
}


def plain(word: str) -> str:
    """Return a word as words are compared: lower case, single spaces, one form of each letter."""
    return " ".join(unicodedata.normalize("NFC", word).split()).lower()


def codes_of(word: str, own: Mapping[str, str], known: Mapping[str, Category]) -> tuple[str, ...]:
    """Return the codes that a word may mean: one is certain, several must be chosen between.

    The sender's own words come first, then the codes themselves, the names of the taxonomy and
    the usual words.
    """
    word = plain(word)
    if word in own:
        return (own[word],)
    if word.upper() in known:
        return (word.upper(),)
    names = tuple(category.code for category in known.values() if plain(category.name) == word)
    return names or USUAL.get(word, ())


class Codes(dict[str, tuple[str, ...]]):
    """What the words of one list may mean: asked once for each word, not for each row."""

    def __init__(self, own: Mapping[str, str], known: Mapping[str, Category]) -> None:
        """Take the sender's own words and the taxonomy."""
        super().__init__()
        self._own, self._known = own, known

    def meant(self) -> list[tuple[str, str]]:
        """Return the words met so far that the sender itself gave a meaning, with the code."""
        return [(word, codes[0]) for word, codes in self.items() if plain(word) in self._own]

    def __missing__(self, word: str) -> tuple[str, ...]:
        """Find the codes of a word that is met for the first time."""
        self[word] = found = codes_of(word, self._own, self._known)
        return found


def known_codes(told: Mapping[str, str], known: Mapping[str, Category]) -> dict[str, str]:
    """Return word → code with codes as they are written, or raise `InvalidError`."""
    for code in told.values():
        if code.upper() not in known:
            raise InvalidError(
                "map", f"Koden {code[:40]} finns inte. De som finns: {', '.join(known)}."
            )
    return {plain(word): code.upper() for word, code in told.items()}
