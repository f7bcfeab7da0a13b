"""Where in a meeting somebody is, and what was written there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import request, url_for

from lagesbild.base import privacy
from lagesbild.base.clock import Period
from lagesbild.base.errors import InvalidError, LagesbildError
from lagesbild.meetings.rules.agenda import Step
from lagesbild.people.rules import Actor

OWN_SCREEN = "egen"
SLUG = re.compile("[a-z0-9-]{1,80}")
_ELSEWHERE = {Step.LETTER: "proposals.page"}  # steps whose page belongs to another topic


@dataclass(frozen=True)
class Place:
    """Where in a meeting somebody is: step, district, and whether the screen is shared.

    A screen is taken to be shared until somebody says that it is not.
    """

    period: Period
    step: Step
    district: str | None
    shared: bool

    def to(self, step: Step, district: str | None = None, *, shared: bool | None = None) -> str:
        """Return the address of a step in the same meeting on the same sort of screen."""
        is_shared = self.shared if shared is None else shared
        return url_for(
            _ELSEWHERE.get(step, "meeting.page"),
            name=self.period.name,
            steg=int(step),
            omrade=district,
            skarm=None if is_shared else OWN_SCREEN,
        )

    @property
    def here(self) -> str:
        """The address of this place."""
        return self.to(self.step, self.district)


@dataclass(frozen=True)
class Refused:
    """What could not be saved, in which form, and what was written: nothing of it is lost."""

    error: LagesbildError
    form: str
    values: Mapping[str, str] = field(default_factory=dict)


def place_of(actor: Actor, name: str) -> Place:
    """Read where in a meeting a request is, from its address or its form."""
    step = request.values.get("steg", "1")
    period = Period.named(name, weekday=actor.group.meeting_weekday)
    if not step.isdecimal() or int(step) not in list(Step):
        raise InvalidError("steg", "Mötet har nio steg. Välj ett av dem.")
    district = request.values.get("omrade", "")
    known = district if SLUG.fullmatch(district) and not privacy.is_refused(district) else None
    return Place(period, Step(int(step)), known, request.values.get("skarm") != OWN_SCREEN)


def was(slug: str, form: Mapping[str, str]) -> tuple[str, str] | None:
    """Return word and sentence of a district as the form was drawn; None where it does not say."""
    before = form.get(f"was-{slug}")
    if before is None:
        return None
    word, _, sentence = before.partition("|")
    return word, sentence


def touched(form: Mapping[str, str]) -> dict[str, str]:
    """Return what was written in a form, without districts that were left as they were drawn.

    Shown again they are as they are stored now: what somebody else has said of them stays.
    """
    left = {
        slug
        for slug in (name.removeprefix("was-") for name in form if name.startswith("was-"))
        if was(slug, form) == (form.get(f"word-{slug}", ""), form.get(f"sentence-{slug}", ""))
    }
    return {name: text for name, text in form.items() if name.partition("-")[2] not in left}
