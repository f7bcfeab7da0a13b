"""How a group's letter is approved: by whom, and who stands in."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from lagesbild.base.errors import InvalidError, NotAllowedError
from lagesbild.digests.rules.recipients import check_address
from lagesbild.meetings.rules.series import check_text
from lagesbild.people.rules import ALLOWED, Actor, Group, Permission, Place, Role

LONGEST_SENDER = 60  # what phones show of it is shorter still
ROLE = "säkerhetssamordnaren"
NEEDED = 2  # one may be away


class Rule(StrEnum):
    """Who may approve what somebody has written."""

    OTHER = "annan"
    SECOND = "andra"
    ONE = "en"

    @property
    def text(self) -> str:
        """How it is said on a screen."""
        return _RULE[self]


_RULE = {
    Rule.OTHER: "någon från en annan organisation än den som skrev",
    Rule.SECOND: "en annan person än den som skrev",
    Rule.ONE: "en person, när alla kontroller är utan anmärkning",
}


class Duty(StrEnum):
    """What somebody does with the letters."""

    WRITES = "skriver"
    WRITES_FOR = "skriver-ersattare"
    APPROVES = "godkanner"
    APPROVES_FOR = "godkanner-ersattare"

    @property
    def text(self) -> str:
        """How it is said on a screen."""
        return _DUTY[self]


_DUTY = {
    Duty.WRITES: "skriver",
    Duty.WRITES_FOR: "skriver som ersättare",
    Duty.APPROVES: "godkänner",
    Duty.APPROVES_FOR: "godkänner som ersättare",
}
DEPUTIES = (Duty.WRITES_FOR, Duty.APPROVES_FOR)


@dataclass(frozen=True)
class Schedule:
    """What a group has settled about its letters. Version 0: nothing yet."""

    rule: Rule = Rule.OTHER
    sender: str = ""
    role: str = ROLE
    contact: str = ""
    reply_to: str = ""
    record: str = ""
    attach_pdf: bool = False
    version: int = 0


class Author(NamedTuple):
    """Who has written what is to be approved; the program has neither."""

    person_id: UUID | None
    organisation_id: UUID | None


class Signer(NamedTuple):
    """A member of the group, and the duties that somebody has given them."""

    place: Place
    duties: frozenset[Duty]


def check_approver(
    actor: Actor, rule: Rule, author: Author, approvers: Collection[UUID], *, clean: bool
) -> None:
    """Raise `NotAllowedError` unless somebody may approve what an author has written.

    `approvers` are those who were named for it; where nobody is, every member may. `clean` means
    that no check has a remark.
    """
    if approvers and actor.person_id not in approvers:
        raise NotAllowedError("Du står inte bland dem som godkänner brevet. Fråga samordnaren.")
    same = actor.person_id == author.person_id
    if rule is Rule.ONE:
        if same and not clean:
            raise NotAllowedError(
                "Du kan godkänna det du själv har skrivit först när alla kontroller är utan"
                " anmärkning."
            )
        return
    if same:
        raise NotAllowedError("Du har skrivit brevet. Någon annan måste godkänna det.")
    if rule is Rule.OTHER and actor.organisation_id == author.organisation_id:
        raise NotAllowedError(
            "Brevet är skrivet av din organisation. Någon från en annan organisation måste"
            " godkänna det."
        )


def told(signers: Sequence[Signer], *, deputies: bool) -> list[Place]:
    """Return who is told that a letter waits: who writes and approves, with deputies or without.

    Where nobody is named, coordinators write and every member may approve; nobody then stands in.
    """
    named = [s for s in signers if s.duties]
    if not named:
        may = ALLOWED[Permission.APPROVE_DIGEST]
        return [s.place for s in signers if s.place.role in may]
    found = [s.place for s in named if deputies or any(duty not in DEPUTIES for duty in s.duties)]
    writers = {d for s in signers for d in s.duties} & {Duty.WRITES, Duty.WRITES_FOR}
    if not writers:
        found += [s.place for s in signers if s.place.role is Role.COORDINATOR]
    return list(dict.fromkeys(found))


def approvers(signers: Sequence[Signer]) -> frozenset[UUID]:
    """Return who is named to approve letters or to stand in for it; empty for every member."""
    wanted = {Duty.APPROVES, Duty.APPROVES_FOR}
    return frozenset(s.place.person_id for s in signers if s.duties & wanted)


def checked(wanted: Schedule) -> Schedule:
    """Return what may be stored of a group's settings, or raise `InvalidError`."""
    names = ("sender", "role", "contact", "record")
    said = {name: check_text(name, getattr(wanted, name)) for name in names}
    if len(said["sender"]) > LONGEST_SENDER:
        raise InvalidError(
            "sender", f"Avsändaren är för lång. Högst {LONGEST_SENDER} tecken får plats."
        )
    reply_to = wanted.reply_to.strip()
    if reply_to:
        reply_to = check_address("reply_to", reply_to, "Svarsadressen")
    return replace(
        wanted,
        sender=said["sender"],
        role=said["role"] or ROLE,
        contact=said["contact"],
        record=said["record"],
        reply_to=reply_to,
    )


def signers(places: Sequence[Place], duties: Mapping[UUID, frozenset[Duty]]) -> list[Signer]:
    """Return those of a group's active people who may write and approve, with their duties."""
    may = ALLOWED[Permission.APPROVE_DIGEST]
    none: frozenset[Duty] = frozenset()
    return [Signer(p, duties.get(p.person_id, none)) for p in places if p.role in may]


def seen(found: Sequence[Signer]) -> str:
    """Return a word that is another one as soon as anybody's duties, or who may have any, are."""
    said = sorted(f"{s.place.person_id} {' '.join(sorted(s.duties))}" for s in found)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def missing(group: Group, rule: Rule, found: Sequence[Signer]) -> str:
    """Return what is said when too few can approve a group's letter, or nothing."""
    named = approvers(found)
    able = [s.place for s in found if not named or s.place.person_id in named]
    if len(able) < NEEDED:
        who = "Bara en person" if able else "Ingen"
        return (
            f"{who} i {group.name} kan godkänna brevet. Minst två behövs: en kan vara borta"
            f"{'' if rule is Rule.ONE else ', och ingen godkänner det den själv har skrivit'}."
        )
    if rule is Rule.OTHER and len({place.organisation_id for place in able}) < NEEDED:
        return (
            f"Alla som kan godkänna brevet i {group.name} hör till samma organisation. Brevet ska"
            " godkännas av någon från en annan organisation än den som skrev."
        )
    return ""
