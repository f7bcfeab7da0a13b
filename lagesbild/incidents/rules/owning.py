"""Who may do what with an incident that they can see."""

from dataclasses import replace

from lagesbild.audit.rules import Entry
from lagesbild.base.errors import InvalidError
from lagesbild.incidents.rules import Incident, Part, Visibility
from lagesbild.people.rules import Actor, Permission

SPOKEN_IS_SHARED = "Det som sägs muntligt delas med gruppen."
OTHERS_ARE_THERE = (
    "Andra organisationer har lagt till uppgifter här. Ta tillbaka händelsen i stället, så har de"
    " kvar sina egna ord."
)


def may_change(actor: Actor, incident: Incident) -> bool:
    """Whether the actor's organisation owns the facts, or wrote them for who does."""
    own = {incident.organisation_id, incident.entered_by} - {None}
    return actor.may(Permission.REPORT_INCIDENT) and actor.organisation_id in own


def may_add(actor: Actor, incident: Incident) -> bool:
    """Whether the actor's organisation may say its own beside the owner's."""
    return (
        actor.may(Permission.REPORT_INCIDENT)
        and actor.organisation_id is not None
        and actor.organisation_id != incident.organisation_id
        and incident.withdrawn_at is None
    )


def may_comment(actor: Actor, incident: Incident) -> bool:
    """Whether the actor may remark on an incident: who writes, and the analyst."""
    roles = (Permission.REPORT_INCIDENT, Permission.READ_WEEK)
    return (
        actor.organisation_id is not None
        and any(actor.may(role) for role in roles)
        and (incident.withdrawn_at is None)
    )


def may_review(actor: Actor, incident: Incident) -> bool:
    """Whether the actor goes through what the group shares, and this is of it."""
    is_shared = incident.visibility is not Visibility.OWN and incident.withdrawn_at is None
    return actor.may(Permission.REVIEW_INCIDENTS) and is_shared


def disagreements(incident: Incident) -> list[Part]:
    """Return the parts of others that judge the incident in another way than its owner."""
    return [
        part
        for part in incident.parts
        if part.organisation_id != incident.organisation_id
        and part.verification is not None
        and part.verification is not incident.facts.verification
    ]


def check_reach(incident: Incident, visibility: Visibility, *, by_owner: bool) -> None:
    """Raise `InvalidError` where keeping an incident to oneself would take it from others."""
    if visibility is not Visibility.OWN:
        return
    if not by_owner:
        raise InvalidError("visibility", SPOKEN_IS_SHARED)
    if any(part.organisation_id != incident.organisation_id for part in incident.parts):
        raise InvalidError("visibility", OTHERS_ARE_THERE)


def may_know(actor: Actor, entry: Entry) -> bool:
    """Whether a line of an incident's history is for the actor: not of a part that is kept."""
    kept = entry.changes.get("synlig") == Visibility.OWN
    return not kept or entry.organisation_id == actor.organisation_id


def taken_back(incident: Incident) -> Incident:
    """Return a withdrawn incident as others than its owner see it: without what the owner said."""
    parts = tuple(p for p in incident.parts if p.organisation_id != incident.organisation_id)
    facts = replace(incident.facts, place=None, place_text="", place_kind=None, tags=())
    return replace(incident, facts=facts, parts=parts)
