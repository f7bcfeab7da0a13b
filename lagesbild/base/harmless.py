"""What looks as if it pointed at a person and does not: a guard that cries wolf is not read."""

import re

# A plate is any three letters and three digits. Nothing in "LSS 345" itself tells it from one, so
# what is known to be written before a number is listed, and the word before it is looked at.
# Letters that no plate has (I, Q, V, Å, Ä, Ö) need no entry: HVB and LVU never look like one.
NO_PLATE = (
    # authorities, law and care
    "AMB|BRB|BUP|CSN|DNR|EST|FUB|HBT|KBT|KSF|KTS|LOB|LOK|LOU|LPT|LSO|LSS|MBL|MSB|NBF|OSG|OSL"
    "|PBL|POL|RPS|RTB|RTJ|SBF|SCB|SFS|SKL|SKR|SOC|SOL|SOS|UMO"
    # money, measures, and things that have numbers
    "|DKK|EUR|GBP|NOK|SEK|USD|ART|ATG|DEL|FAX|GPS|GSM|HUS|KOD|LED|LGH|LTE|MAX|PDF|REF|RGB|RUM"
    "|SAL|SMS|TEL|TYP|USB|UTM|ZON"
    # makes
    "|BMW|CAT|CBR|CRF|GLA|GLC|JCB|KTM|MAN|RAM|TGB|YZF"
    # words, in a text of capitals; those that are numbers are never given to a vehicle
    "|DEN|DET|ETT|FEM|HAR|MED|MEN|MOT|OCH|PER|SEX|SJU|SOM|TRE"
)
LOOKED_AT = 40  # signs on each side: enough for the words beside, and keeps the time linear

_DAY_AND_TIME = re.compile(
    r"(?:20)?[0-3][0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?P<gap>\s?)"
    r"(?:[01][0-9]|2[0-3])[0-5][0-9]"
)
_NUMBERED = re.compile(  # has numbers of its own, and is no vehicle
    r"\b(?:buss|linje|tåg|rum|sal|lokal|modell|stolpe|skåp|kabelskåp|nätstation|kurs)"
    r"(?:en|et|n|t)?\s+(?:nr\.?\s+|nummer\s+)?$",
    re.IGNORECASE,
)
_THING = (
    "gata|gatan|väg|vägen|torg|torget|park|parken|plats|platsen|skola|skolan|område|området"
    "|station|stationen|centrum|butik|butiken|gränd|gränden|stig|stigen|bro|bron|kvarter|kvarteret"
    "|förening|föreningen|företag|företaget|linje|linjen|lokal|lokalen|hus|huset|restaurang"
    "|restaurangen|krog|krogen|kiosk|kiosken|projekt|projektet|miljö|natur|parkering|verkstad|zon"
    "|gång|entré|ingång|anläggning|byggnad"
)
_NAMED = re.compile(
    r"(?P<at>\b(?:på|i|vid|från|till|av|ur|utanför|bakom|nära|mot|hos)\s+)?"  # then it is somebody
    rf"\b(?:\w*(?:{_THING})|det|den)\s+(?:som\s+)?$",
    re.IGNORECASE,
)
_SHIELDED = re.compile(rf"\s+\w*(?:{_THING})\b", re.IGNORECASE)
_SERVICES = ("20", "77")  # free of charge and shared cost: nobody lives there [PTS, numbering plan]


def is_day_and_time(text: str, *, glued: bool = False) -> bool:
    """Whether a text is a day of this century and a clock, as police lists have it: `150715 1805`.

    `glued` takes it without a space too, which elsewhere looks like a personal number.
    """
    found = _DAY_AND_TIME.fullmatch(text)
    return bool(found and (glued or found["gap"]))


def is_switchboard(number: str) -> bool:
    """Whether a telephone number is a function's: a service, or a line that ends in 00.

    Switchboards have the round number of their series. A mobile is a person's, whatever its end.
    """
    digits = re.sub("[^0-9]", "", number)
    if number.startswith(("+", "00")):
        country = digits.lstrip("0")
        if not country.startswith("46"):
            return False
        digits = country.removeprefix("46")
    national = digits.lstrip("0")
    is_mobile = national.startswith("7") and not national.startswith(_SERVICES)
    return national.startswith(_SERVICES) or (not is_mobile and national.endswith("00"))


def is_numbered(before: str) -> bool:
    """Whether what stands before letters and digits has such numbers: `sal KTH 123`."""
    return bool(_NUMBERED.search(before))


def is_of_a_thing(word: str, before: str, after: str) -> bool:
    """Whether a word that belongs to a person is said of a place: `gatan heter`."""
    if word.casefold() == "heter":
        named = _NAMED.search(before)
        return named is not None and not named["at"]
    return word.casefold() == "skyddad" and bool(_SHIELDED.match(after))
