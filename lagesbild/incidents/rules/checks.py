"""What may be written about an incident."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lagesbild.base import privacy
from lagesbild.base.errors import InvalidError, storable
from lagesbild.incidents.rules import Category, Draft, Facts, Part, Source, Visibility

CLOCK_SKEW = timedelta(minutes=5)
LONGEST_WINDOW = timedelta(days=366)
MAX_SUMMARY, MAX_DETAILS, MAX_PLACE_TEXT, MAX_WORD, MAX_REFERENCE = 280, 8000, 120, 40, 200
MAX_TAGS = 10
MAX_NUMBER = 500  # told at once
NO_NUMBER = f"Antalet ska vara ett helt tal mellan 1 och {MAX_NUMBER}."
CRIME_CODE = re.compile("[0-9]{4}")
MAX_PRECISION_M = 50_000
POLICE_MARK = "polisen:"
OUTSIDE = (
    "Platsen ligger utanför kommunen. Flytta den, eller ange att händelsen skedde utanför kommunen."
)


@dataclass(frozen=True)
class Reason:
    """Why an incident is taken back. `confirmed` means that a person insists on the text."""

    text: str
    confirmed: bool = False


def check_reason(reason: Reason) -> str:
    """Return the text of a reason, or raise `InvalidError`."""
    text = check_text("reason", reason.text, MAX_SUMMARY, confirmed=reason.confirmed)
    if not text:
        raise InvalidError("reason", "Skriv varför händelsen tas tillbaka.")
    return text


def check(draft: Draft, category: Category, *, now: datetime) -> Facts:
    """Return the facts that a draft becomes, or raise `InvalidError` for the first wrong field."""
    facts = draft.facts
    _check_time(facts, category, now=now)
    _check_place(facts)
    _check_number(facts)
    _check_lengths(facts, draft.part, draft.source_ref or "")
    _check_reference(draft)
    severity = category.severity if draft.severity is None else draft.severity
    if severity != category.severity and not facts.severity_reason.strip():
        raise InvalidError("severity_reason", "Skriv varför allvaret skiljer sig från typens.")
    written = texts(draft)
    for name, text in written.items():
        privacy.guard(name, text, confirmed=draft.confirmed)
    # A number may be split over two fields. Together they may only look like one: nobody is asked.
    privacy.guard("summary", " ".join(filter(None, written.values())), confirmed=True)
    return facts


def check_part(part: Part, *, confirmed: bool) -> None:
    """Raise `InvalidError` for the first wrong field of what another organisation adds."""
    if not (part.summary or part.details or part.secrecy_basis or part.verification):
        raise InvalidError("summary", "Skriv något, eller välj hur ni bedömer händelsen.")
    if part.secrecy_basis and part.visibility is Visibility.OWN:
        raise InvalidError(
            "visibility",
            "En sekretessmarkering håller hela händelsen inom gruppen, så gruppen behöver se den.",
        )
    written = {
        "summary": (part.summary, MAX_SUMMARY),
        "details": (part.details, MAX_DETAILS),
        "reporter_role": (part.reporter_role, MAX_WORD),
        "secrecy_basis": (part.secrecy_basis or "", MAX_WORD),
    }
    for name, (text, longest) in written.items():
        _check_length(name, text, longest)
    for name, (text, _) in written.items():
        privacy.guard(name, text, confirmed=confirmed)
    privacy.guard("summary", " ".join(text for text, _ in written.values()), confirmed=True)


def check_text(name: str, text: str, longest: int, *, confirmed: bool = False) -> str:
    """Return a free text without the air around it, or raise `InvalidError`."""
    text = text.strip()
    _check_length(name, text, longest)
    privacy.guard(name, text, confirmed=confirmed)
    return text


def _check_length(name: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise InvalidError(name, f"Texten är för lång. Högst {longest} tecken får plats.")
    storable(name, text)


def _check_reference(draft: Draft) -> None:
    """Keep the marks of the police's events for those who take one over, in the form."""
    is_theirs = (draft.source_ref or "").startswith(POLICE_MARK)
    if is_theirs and draft.source is not Source.FORM:
        raise InvalidError(
            "source_ref",
            f"Referenser som börjar med {POLICE_MARK} hör till polisens öppna händelser. Välj en"
            " annan, eller logga händelsen från veckans sida.",
        )


def texts(draft: Draft) -> Mapping[str, str]:
    """Return every free text of a draft by its field, for the identity guard."""
    return {
        "place_text": draft.facts.place_text,
        "summary": draft.part.summary,
        "details": draft.part.details,
        "reporter_role": draft.part.reporter_role,
        "secrecy_basis": draft.part.secrecy_basis or "",
        "severity_reason": draft.facts.severity_reason,
        "source_ref": draft.source_ref or "",
        "crime_code": draft.facts.crime_code or "",
        "tags": " ".join(draft.facts.tags),
    }


def _check_time(facts: Facts, category: Category, *, now: datetime) -> None:
    planned = category.severity == 0  # an event next week is known today
    if facts.occurred_from > now + CLOCK_SKEW and not planned:
        raise InvalidError("occurred_from", "Tiden ligger i framtiden. Välj när det hände.")
    if facts.reported_at is not None and facts.reported_at > now + CLOCK_SKEW:
        raise InvalidError("reported_at", "Tiden ligger i framtiden. Välj när den rapporterades.")
    if facts.occurred_to is None:
        return
    if facts.occurred_to > now + CLOCK_SKEW and not planned:
        raise InvalidError("occurred_to", "Sluttiden ligger i framtiden. Välj när det var över.")
    if facts.occurred_to < facts.occurred_from:
        raise InvalidError("occurred_to", "Sluttiden ligger före starttiden. Byt plats på dem.")
    if facts.occurred_to - facts.occurred_from > LONGEST_WINDOW:
        raise InvalidError("occurred_to", "Tidsspannet är längre än ett år. Välj ett kortare.")


def _check_place(facts: Facts) -> None:
    precision = facts.place_precision_m
    if precision is not None and not 0 <= precision <= MAX_PRECISION_M:
        raise InvalidError("place_precision_m", "Osäkerheten ska vara mellan 0 och 50 000 meter.")
    if not CRIME_CODE.fullmatch(facts.crime_code or "0000"):
        raise InvalidError("crime_code", "Brottskoden ska ha fyra siffror.")


def _check_number(facts: Facts) -> None:
    if not 1 <= facts.number <= MAX_NUMBER:
        raise InvalidError("number", NO_NUMBER)
    is_placed = facts.place is not None or facts.place_precision_m is not None
    if facts.number > 1 and (is_placed or facts.place_text):
        raise InvalidError(
            "number",
            "Flera på en gång har ingen plats, bara ett område. Ta bort platsen, eller logga dem"
            " var för sig.",
        )


def check_place(facts: Facts, *, confirmed: bool) -> None:
    """Raise `InvalidError` for the first wrong field of where something happened."""
    _check_place(facts)
    _check_number(facts)
    check_text("place_text", facts.place_text, MAX_PLACE_TEXT, confirmed=confirmed)


def check_no_more(before: Facts, after: Facts) -> None:
    """Raise `InvalidError` where a change would count more: what is new came in when it came."""
    if after.number > before.number:
        raise InvalidError(
            "number", "Antalet går bara att sänka här. Logga de som har tillkommit för sig."
        )


def _check_lengths(facts: Facts, part: Part, source_ref: str) -> None:
    limits = (
        ("summary", part.summary, MAX_SUMMARY),
        ("details", part.details, MAX_DETAILS),
        ("place_text", facts.place_text, MAX_PLACE_TEXT),
        ("reporter_role", part.reporter_role, MAX_WORD),
        ("severity_reason", facts.severity_reason, MAX_SUMMARY),
        ("secrecy_basis", part.secrecy_basis or "", MAX_WORD),
        ("source_ref", source_ref, MAX_REFERENCE),
        *(("tags", tag, MAX_WORD) for tag in facts.tags),
    )
    for name, text, longest in limits:
        _check_length(name, text, longest)
    if len(facts.tags) > MAX_TAGS:
        raise InvalidError("tags", f"Högst {MAX_TAGS} etiketter får plats.")
