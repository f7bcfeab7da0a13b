"""Which of a week's mailings a request is about."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import request

from lagesbild.base.clock import Period
from lagesbild.base.db import Session
from lagesbild.base.errors import InvalidError, NotFoundError
from lagesbild.digests.rules import TO_READERS, Kind, Run, RunState
from lagesbild.digests.service import looking
from lagesbild.digests.service.drafting import NO_LETTER
from lagesbild.digests.service.looking import Sent
from lagesbild.people.rules import Actor

NUMBER = re.compile("[1-9][0-9]{0,3}")
NAMES = {"version": Kind.LETTER, "extra": Kind.EXTRA}  # in addresses, beside a number
NOTICE = "besked"  # in addresses, beside the kind of a notice


def period_of(actor: Actor, week: str) -> Period:
    """Return the period that a name in an address stands for."""
    return Period.named(week, weekday=actor.group.meeting_weekday)


def address_of(kind: Kind, version: int) -> dict[str, Any]:
    """Return what an address needs to be about this mailing and no other."""
    for name, named in NAMES.items():
        if named is kind:
            return {name: str(version)}
    return {NOTICE: kind.value}


def run_of(session: Session, actor: Actor, week: str) -> Run | None:
    """Return the mailing of a week that is asked for; None where the week has none at all.

    Without a word about it that is its letter: the newest version that is not struck. Raises
    `NotFoundError` for one that there is not.
    """
    period = period_of(actor, week)
    known = [run for run in looking.of_week(session, actor, period.name) if run.kind in TO_READERS]
    if wanted := _wanted():
        kind, version = wanted
        found = [r for r in known if r.kind is kind and version in (None, r.version)]
        if not found:
            raise NotFoundError(NO_LETTER)
        return found[-1]
    return usual(known)


def usual(known: Sequence[Run]) -> Run | None:
    """Return which of a week's mailings is meant where nobody says: its letter, if not struck."""
    letters = [run for run in known if run.kind is Kind.LETTER]
    alive = [run for run in letters if run.state is not RunState.DROPPED]
    newest = sorted(alive or letters, key=lambda run: run.version)
    return next(iter((*reversed(newest), *reversed(known))), None)


def sent_of(known: Sequence[Sent], week: str) -> Sent | None:
    """Return the letter that has left and is asked for; None where none of the week has.

    `known` are those that have left, the latest first.
    """
    of_week = [sent for sent in known if sent.week == week]
    if wanted := _wanted():
        kind, version = wanted
        found = [s for s in of_week if s.kind is kind and version in (None, s.version)]
        if not found:
            raise NotFoundError(NO_LETTER)
        return found[0]
    letters = [sent for sent in of_week if sent.kind is Kind.LETTER]
    return next(iter((*letters, *of_week)), None)


def _wanted() -> tuple[Kind, int | None] | None:
    """Read from the address which mailing is wanted, if it says."""
    for name, kind in NAMES.items():
        if (number := request.args.get(name)) is not None:
            if not NUMBER.fullmatch(number):
                raise NotFoundError(NO_LETTER)
            return kind, int(number)
    if (notice := request.args.get(NOTICE)) is not None:
        found = next((k for k in (Kind.DELAYED, Kind.NONE) if k == notice), None)
        if found is None:
            raise NotFoundError(NO_LETTER)
        return found, None
    return None


def sent_id() -> UUID:
    """Return the mailing that a form was drawn for."""
    found = request.form.get("brev", type=UUID)
    if found is None:
        raise InvalidError("brev", "Ladda om sidan och försök igen.")
    return found
