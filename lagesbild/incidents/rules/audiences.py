"""How far an incident goes: what each audience gets of it."""

from dataclasses import dataclass
from enum import StrEnum

from lagesbild.incidents.rules import Category, Incident, Shown, Verification, Visibility

GRID_M = 100  # the side of the square that stands for a sensitive place inside the group
OPEN_SENSITIVITIES = ("A", "B")  # what may be counted outside the group
OUTWARD = (Visibility.READERS, Visibility.OPEN)


class Audience(StrEnum):
    """Who looks. Readers and the public never get a row, only numbers."""

    OWN = "egen"
    GROUP = "grupp"
    READERS = "lasare"
    PUBLIC = "alla"


AUDIENCE_TEXT = {
    Audience.OWN: "Den egna organisationen",
    Audience.GROUP: "De andra i gruppen",
    Audience.READERS: "Läsare utanför gruppen",
    Audience.PUBLIC: "Alla",
}
SHOWN_TEXT = {
    Shown.EXACT: "som den är känd",
    Shown.GRID: "en ruta på 100 m",
    Shown.DISTRICT: "bara området",
}
SENSITIVITY_TEXT = {
    "A": "öppen",
    "B": "intern",
    "C": "känslig",
    "D": "spärrad",
}


@dataclass(frozen=True)
class View:
    """What one audience gets: the row with its place as `place` says, a number, or nothing."""

    audience: Audience
    place: Shown | None  # None: no row
    counted: bool
    sentence: str


def shown_in_group(sensitivity: str) -> Shown:
    """Return how much of a place the other organisations of the group see."""
    return {"C": Shown.GRID, "D": Shown.DISTRICT}.get(sensitivity, Shown.EXACT)


def usual_visibility(category: Category) -> Visibility:
    """Return how far an incident goes when nobody has chosen: what is blocked, not outside."""
    return Visibility.GROUP if category.sensitivity == "D" else Visibility.READERS


def views(incident: Incident, category: Category, district: str) -> list[View]:
    """Return what each audience gets, the nearest first. `district` is its name, or empty."""
    group = _in_group(incident, category)
    own = View(Audience.OWN, Shown.EXACT, counted=True, sentence="Allt, på exakt plats.")
    return [own, group, *(_outside(a, incident, category, district) for a in _OUTSIDE)]


_OUTSIDE = (Audience.READERS, Audience.PUBLIC)
_IN_GROUP = {
    Shown.EXACT: "Allt, på exakt plats.",
    Shown.GRID: "Text och tid. Platsen visas som en ruta på 100\N{NO-BREAK SPACE}m. Den som behöver"
    " exakt plats säger varför, och det står i historiken.",
    Shown.DISTRICT: "Text och tid. Av platsen visas bara området.",
}


def _in_group(incident: Incident, category: Category) -> View:
    if incident.visibility is Visibility.OWN:
        return View(Audience.GROUP, None, counted=False, sentence="Ingenting.")
    place = shown_in_group(category.sensitivity)
    return View(Audience.GROUP, place, counted=True, sentence=_IN_GROUP[place])


def _outside(audience: Audience, incident: Incident, category: Category, district: str) -> View:
    kept = withheld(incident, category, audience)
    if kept:
        return View(audience, None, counted=False, sentence=f"Ingenting: {kept}")
    where = f"i {district}" if district else "utan känt område"
    number = incident.facts.number
    counted = "En" if number == 1 else str(number)
    told = f"{counted} av veckans rapporterade händelser {where}, som antal. Små tal visas som ‹5."
    return View(audience, None, counted=True, sentence=told)


def withheld(incident: Incident, category: Category, audience: Audience) -> str:
    """Return why an incident does not leave the group for an audience; empty when it may."""
    wanted = OUTWARD if audience is Audience.READERS else (Visibility.OPEN,)
    reasons = (
        (incident.withdrawn_at is not None, "den är tillbakatagen."),
        (incident.facts.verification is Verification.REJECTED, "den är avfärdad."),
        (incident.facts.duplicate_of is not None, "den räknas som en del av en annan händelse."),
        (incident.facts.severity == 0, "information räknas inte som händelse."),
        (incident.marked, "den är sekretessmarkerad."),
        (
            category.sensitivity not in OPEN_SENSITIVITIES,
            f"typen är {SENSITIVITY_TEXT[category.sensitivity]}.",
        ),
        (incident.visibility not in wanted, "den som äger händelsen har inte valt det."),
    )
    return next((text for holds, text in reasons if holds), "")
