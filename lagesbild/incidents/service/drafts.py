"""What drafts would become: permission, district, rules. Nothing is stored here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import Session
from lagesbild.base.errors import InvalidError
from lagesbild.districts.rules import District, Placed
from lagesbild.districts.store import read as districts
from lagesbild.incidents.rules import Category, Draft, Facts, Visibility, checks
from lagesbild.incidents.rules.audiences import usual_visibility
from lagesbild.incidents.rules.checks import OUTSIDE
from lagesbild.incidents.store import read
from lagesbild.people.rules import Actor, Permission, require


@dataclass(frozen=True)
class Ready:
    """What a draft becomes: its checked facts, and how far they go."""

    facts: Facts
    visibility: Visibility


def prepare(
    session: Session, actor: Actor, drafts: Sequence[Draft], *, now: datetime
) -> list[Facts | InvalidError]:
    """Return what each draft would become, or what is wrong with it; nothing is stored."""
    require(actor, Permission.REPORT_INCIDENT)
    return [
        found if isinstance(found, InvalidError) else found.facts
        for found in ready(session, actor, drafts, now=now)
    ]


def ready(
    session: Session, actor: Actor, drafts: Sequence[Draft], *, now: datetime
) -> list[Ready | InvalidError]:
    """Do the same, with how far each goes."""
    require(actor, Permission.REPORT_INCIDENT)
    known = read.categories(session)
    placed = _places(session, actor, drafts)
    chosen = any(d.district for d in drafts)
    areas = districts.main(session, actor.group.municipality_id) if chosen else []

    def outcome(draft: Draft, where: Placed) -> Ready | InvalidError:
        try:
            facts = _facts(draft, known, where, areas, now=now)
        except InvalidError as error:
            return error
        usual = usual_visibility(known[facts.category])
        return Ready(facts, draft.part.visibility or usual)

    return [outcome(draft, where) for draft, where in zip(drafts, placed, strict=True)]


def located(session: Session, actor: Actor, draft: Draft) -> Facts:
    """Return the facts of a draft in the district of its place; nothing else is looked at.

    Raises `InvalidError` for a place that no incident may have.
    """
    require(actor, Permission.REPORT_INCIDENT)
    [where] = _places(session, actor, [draft])
    areas = districts.main(session, actor.group.municipality_id) if draft.district else []
    return _in_district(draft, draft.facts, where, areas)


def _places(session: Session, actor: Actor, drafts: Sequence[Draft]) -> list[Placed]:
    """Return where each draft lies; one question for all of them."""
    asked = [
        (d.facts.place, d.facts.occurred_from.astimezone(STOCKHOLM).date())
        for d in drafts
        if d.facts.place is not None
    ]
    found = iter(districts.holding(session, actor.group.municipality_id, asked))
    nowhere = Placed(None, None, has_outlines=False)
    return [nowhere if d.facts.place is None else next(found) for d in drafts]


def _facts(
    draft: Draft,
    known: Mapping[str, Category],
    where: Placed,
    areas: Sequence[District],
    *,
    now: datetime,
) -> Facts:
    """Return the facts of a draft with severity and district, or raise `InvalidError`."""
    category = known.get(draft.facts.category)
    if category is None:
        raise InvalidError("category", "Typen finns inte. Välj en ur listan.")
    facts = checks.check(draft, category, now=now)
    severity = category.severity if draft.severity is None else draft.severity
    return _in_district(draft, replace(facts, severity=severity), where, areas)


def _in_district(draft: Draft, facts: Facts, where: Placed, areas: Sequence[District]) -> Facts:
    """Return facts in the district of their place, or in the one that a person has chosen."""
    if where.is_broken:
        raise InvalidError(
            "place",
            "Platsens linje eller yta korsar sig själv, är inte sluten eller har för få punkter."
            " Rita om den.",
        )
    if where.has_outlines and where.district_id is None and not draft.outside:
        raise InvalidError("place", OUTSIDE)
    if not draft.district:
        return replace(facts, district_id=where.district_id, version_id=where.version_id)
    chosen = next((d for d in areas if d.slug == draft.district), None)
    if chosen is None:
        raise InvalidError("district", "Området finns inte. Välj ett ur listan.")
    return replace(facts, district_id=chosen.id, version_id=where.version_id, district_chosen=True)
