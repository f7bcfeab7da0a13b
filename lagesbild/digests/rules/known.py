"""What the authorities have published already, and what a letter may therefore name."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import unquote, urlsplit
from uuid import UUID

from lagesbild.base import privacy
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError, storable
from lagesbild.incidents.rules.checks import MAX_SUMMARY, check_text
from lagesbild.people.rules import Actor, Role

LONGEST_LINK = 500
OLDEST = timedelta(weeks=26)
_SIGNS = re.compile(r"[A-Za-z0-9._~:/?#\[\]!$&'()*+,;=%-]+")  # RFC 3986 2, but for @
_WRONG = (
    "Länken ska börja med https:// och leda till sidan där myndigheten själv har publicerat det."
)


@dataclass(frozen=True)
class KnownEvent:
    """A publicly known event, approved by its owner. `link` is what the authority itself wrote."""

    id: UUID
    text: str
    link: str
    owner: str  # the authority's name


@dataclass(frozen=True)
class Proposal:
    """An event that somebody proposes to name. `owner` is the organisation's short name."""

    id: UUID
    text: str
    link: str
    owner: str
    confirmed: bool = False


class State(StrEnum):
    """What has become of a proposal."""

    PROPOSED = "foreslagen"
    APPROVED = "godkand"
    WITHDRAWN = "tillbakatagen"


@dataclass(frozen=True)
class Proposed(KnownEvent):
    """An event that somebody has proposed to name, approved or not."""

    week: str
    owner_id: UUID
    at: datetime
    person_id: UUID | None
    approved_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def state(self) -> State:
        """What has become of it."""
        if self.withdrawn_at is not None:
            return State.WITHDRAWN
        return State.PROPOSED if self.approved_at is None else State.APPROVED

    @property
    def host(self) -> str:
        """Whose page the link leads to."""
        return urlsplit(self.link).hostname or ""

    def may_approve(self, actor: Actor) -> bool:
        """Whether it is the actor's organisation that has to approve it."""
        return actor.organisation_id == self.owner_id

    def may_withdraw(self, actor: Actor) -> bool:
        """Whether the actor may take it back: the owner, a coordinator, or who proposed it."""
        is_own = self.state is State.PROPOSED and actor.person_id == self.person_id
        return self.may_approve(actor) or actor.role is Role.COORDINATOR or is_own


def checked(proposal: Proposal, period: Period, now: datetime) -> Proposal:
    """Return what may be stored of a proposal, or raise `InvalidError`."""
    today = now.astimezone(STOCKHOLM).date()
    if period.first_day > today or period.meeting_day < today - OLDEST:
        raise InvalidError("week", f"Veckan {period.name} går inte att skriva om nu.")
    text = check_text("text", proposal.text, MAX_SUMMARY, confirmed=proposal.confirmed)
    if not text:
        raise InvalidError("text", "Skriv vad som har hänt, som myndigheten själv har skrivit det.")
    link = check_link(proposal.link)
    return Proposal(proposal.id, " ".join(text.split()), link, proposal.owner)


def check_link(text: str) -> str:
    """Return an address on the web, or raise `InvalidError`: https, and nobody's number in it."""
    link = text.strip()
    storable("link", link)
    privacy.guard("link", f"{link} {unquote(link)}", confirmed=True)
    if len(link) > LONGEST_LINK:
        raise InvalidError("link", f"Länken är för lång. Högst {LONGEST_LINK} tecken får plats.")
    if not (_SIGNS.fullmatch(link) and _is_public(link)):
        raise InvalidError("link", _WRONG)
    return link


def _is_public(link: str) -> bool:
    """Whether an address leads to a page on the web, by the name of a host."""
    try:
        parts = urlsplit(link)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    labels = host.split(".")
    is_name = len(labels) > 1 and all(labels) and not labels[-1].isdecimal()
    return parts.scheme == "https" and is_name and port is None


def check_approver(found: Proposed, actor: Actor) -> None:
    """Raise unless the actor may say that the owner has published this and lets it be named."""
    if found.state is State.WITHDRAWN:
        raise ConflictError("Händelsen är tillbakatagen. Föreslå den på nytt.")
    if not found.may_approve(actor):
        raise NotAllowedError(f"Bara {found.owner} kan godkänna att händelsen nämns.")


def check_withdrawer(found: Proposed, actor: Actor) -> None:
    """Raise `NotAllowedError` unless the actor may take an event back."""
    if not found.may_withdraw(actor):
        raise NotAllowedError(f"Bara {found.owner} eller gruppens samordnare tar tillbaka den.")
