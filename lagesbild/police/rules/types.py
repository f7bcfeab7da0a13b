"""What becomes of each type of event that the police publish."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """Whether an event of a type is kept beside the picture."""

    KEPT = "kept"
    NOTE = "note"  # summaries, notices of the press office, alarms that nobody has confirmed
    NEVER = "never"  # about one person: missing, wanted or found dead


@dataclass(frozen=True)
class Decision:
    """The fate of a type, and the code to suggest when a member takes the event over."""

    fate: Fate
    code: str | None = None
    known: bool = True


# Our code → the police's types [domain.md 5.2; the types of 85,011 events 2022–2026].
_SUGGESTED = {
    "ORD01": ("Ofog barn/ungdom", "Ordningslagen"),
    "ORD03": ("Fylleri", "Fylleri/LOB"),
    "ORD06": ("Bråk",),
    "ORD07": ("Smällar",),
    "SKA02": ("Skadegörelse",),
    "BRA03": ("Mordbrand",),
    "BRA04": ("Brand automatlarm",),
    "BRA05": ("Brand",),  # never assumed to be arson
    "NAR02": ("Narkotikabrott",),
    "NAR03": ("Alkohollagen",),
    "VAL01": ("Misshandel", "Misshandel, grov"),
    "VAL02": ("Rån", "Rån väpnat", "Rån övrigt", "Rån, försök"),
    "VAL03": ("Ofredande/förargelse", "Olaga hot"),
    "VAL04": ("Sabotage mot blåljusverksamhet", "Våld/hot mot tjänsteman"),
    "VAL05": ("Sedlighetsbrott", "Sexualbrott", "Våldtäkt", "Våldtäkt, försök"),
    "VAL07": ("Hets mot folkgrupp",),
    "VAL08": (
        "Mord/dråp",
        "Mord/dråp, försök",
        "Olaga frihetsberövande",
        "Olaga frihetsberövande/människorov",
    ),
    "VAP01": ("Skottlossning", "Skottlossning, misstänkt"),
    "VAP02": ("Bombhot", "Detonation", "Explosion", "Farligt föremål, misstänkt"),
    "VAP03": ("Knivlagen", "Vapenlagen"),
    "STO02": (  # whether it was a dwelling is not said
        "Hemfridsbrott",
        "Inbrott",
        "Inbrott, försök",
        "Olaga intrång",
        "Olaga intrång/hemfridsbrott",
        "Stöld/inbrott",
    ),
    "STO03": ("Motorfordon, anträffat stulet", "Motorfordon, stöld"),
    "STO04": ("Häleri", "Snatteri", "Stöld", "Stöld, försök", "Stöld, ringa"),
    "STO05": (
        "Bedrägeri",
        "Ekobrott",
        "Förfalskningsbrott",
        "Missbruk av urkund",
        "Åldringsbrott",
    ),
    "TRA02": ("Olovlig körning", "Rattfylleri", "Trafikbrott"),
    "TRA03": (
        "Trafikhinder",
        "Trafikolycka",
        "Trafikolycka, personskada",
        "Trafikolycka, singel",
        "Trafikolycka, smitning från",
        "Trafikolycka, vilt",
    ),
    "EVT02": ("Kontroll", "Kontroll person/fordon", "Polisinsats/kommendering", "Trafikkontroll"),
    "EVT03": (
        "Arbetsplatsolycka",
        "Djur",
        "Djur skadat/omhändertaget",
        "Fjällräddning",
        "Lagen om hundar och katter",
        "Miljöbrott",
        "Naturkatastrof",
        "Räddningsinsats",
        "Sjukdom/olycksfall",
        "Spridning smitta/kemikalier",
        "Varningslarm/haveri",
        "Vållande till kroppsskada",
    ),
}
# Kept, but no code of ours says the same: the member chooses.
_NO_CODE = (
    "Anträffat gods",
    "Gränskontroll",
    "Luftfartslagen",
    "Sjölagen",
    "Skyddslagen",
    "Upphittat föremål",
    "Utlänningslagen",
)
_NOTES = ("Information", "Larm Inbrott", "Larm Överfall", "Uppdatering", "Övrigt")
_NEVER = ("Anträffad död", "Efterlyst person", "Försvunnen person")


def _plain(type_: str) -> str:
    return " ".join(type_.split()).casefold()


_TABLE = (
    {_plain(t): Decision(Fate.KEPT, code) for code, types in _SUGGESTED.items() for t in types}
    | {_plain(t): Decision(Fate.KEPT) for t in _NO_CODE}
    | {_plain(t): Decision(Fate.NOTE) for t in _NOTES}
    | {_plain(t): Decision(Fate.NEVER) for t in _NEVER}
)
# The police rename types now and then. A new one is kept without a suggestion, unless its words
# say that it is about one person, or is no event at all.
_PERSONAL = re.compile("person|död|avliden|försvun|efterlys|efterspan|saknad")
_NO_EVENT = re.compile("sammanfattning|uppdatering|information|obemanna|^larm|press")


def decide(type_: str) -> Decision:
    """Return what becomes of events of a type; spelling of spaces and capitals is ignored."""
    plain = _plain(type_)
    found = _TABLE.get(plain)
    if found is not None:
        return found
    if _NO_EVENT.search(plain):
        return Decision(Fate.NOTE, known=plain.startswith("sammanfattning"))
    return Decision(Fate.NEVER if _PERSONAL.search(plain) else Fate.KEPT, known=False)
