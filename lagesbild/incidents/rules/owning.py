"""Who may do what with an incident that they can see."""

from lagesbild.incidents.rules import Incident, Part
from lagesbild.people.rules import Actor, Permission


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


def disagreements(incident: Incident) -> list[Part]:
    """Return the parts of others that judge the incident in another way than its owner."""
    return [
        part
        for part in incident.parts
        if part.organisation_id != incident.organisation_id
        and part.verification is not None
        and part.verification is not incident.facts.verification
    ]
