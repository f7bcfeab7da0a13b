"""What those outside the group read: the letters that have left, and nothing that has not.

Everything of a letter here comes through the reader login, to which only released rows show.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from lagesbild.analysis.rules.marks import Mark
from lagesbild.base import clock
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.db import Session, new_id, publications, reading
from lagesbild.base.errors import NotFoundError
from lagesbild.digests.draw.words import (
    AS_TOLD,
    COUNTED,
    HIDDEN,
    NOT_INCLUDED,
    UNPLACED,
    WHOLE,
    content_of,
    sentence,
)
from lagesbild.digests.rules import Kind, Letter
from lagesbild.digests.rules.questions import OLDEST
from lagesbild.digests.service import looking, questions
from lagesbild.digests.service.drafting import NO_LETTER
from lagesbild.digests.service.looking import Sent
from lagesbild.digests.web.choosing import address_of, period_of, sent_of
from lagesbild.districts import service as districts
from lagesbild.districts.draw import Drawing, drawing
from lagesbild.meetings import service as meetings
from lagesbild.meetings.rules.publication import Publication
from lagesbild.people.rules import Actor, Permission

BELOW = 40  # pixels of the map's drawing for a word under a name


@dataclass(frozen=True)
class _Outside:
    """What has left the group: its letters, the latest first, and the figures of each week."""

    sent: Sequence[Sent]
    editions: Sequence[Publication]

    @property
    def newest(self) -> Sequence[Sent]:
        """Of each letter the version that left last."""
        found: dict[tuple[str, object], Sent] = {}
        for each in self.sent:
            which = (each.week, each.version if each.kind is Kind.EXTRA else each.kind)
            found.setdefault(which, each)
        return list(found.values())

    @property
    def without(self) -> list[Publication]:
        """The published weeks whose letter has not left."""
        told = {each.week for each in self.sent if each.kind is Kind.LETTER}
        return [edition for edition in self.editions if edition.week not in told]


def start(actor: Actor) -> ResponseReturnValue:
    """Show the newest letter that has left, or what else there is for a reader."""
    with publications(actor.gate) as session:
        outside = _outside(session, actor)
    if outside.sent:
        return _letter(actor, outside, outside.sent[0])
    return render_template(
        "digests/chair_empty.html",
        editions=[(each, period_of(actor, each.week)) for each in outside.editions],
    )


def page(actor: Actor, week: str) -> ResponseReturnValue:
    """Show the letter of a week; the week's figures where it has not left."""
    with publications(actor.gate) as session:
        outside = _outside(session, actor)
        chosen = sent_of(outside.sent, period_of(actor, week).name)
    return _letter(actor, outside, chosen) if chosen else figures(actor, week)


def file_of(actor: Actor, week: str) -> tuple[Letter, Sent]:
    """Return the letter of a week that has left, or raise `NotFoundError`."""
    with publications(actor.gate) as session:
        chosen = sent_of(looking.sent(session, actor), period_of(actor, week).name)
        if chosen is None:
            raise NotFoundError(NO_LETTER)
        return looking.sent_letter(session, actor, chosen), chosen


def _outside(session: Session, actor: Actor) -> _Outside:
    return _Outside(looking.sent(session, actor), meetings.editions(session, actor))


def _letter(actor: Actor, outside: _Outside, chosen: Sent) -> ResponseReturnValue:
    period = period_of(actor, chosen.week)
    with publications(actor.gate) as session:
        letter = looking.sent_letter(session, actor, chosen)
        words = _words_of(letter.content)
        drawn = _drawn(session, actor, period) if words else None
        schematic = districts.is_schematic(session, actor, on=period.last_day)
    return render_template(
        "digests/chair.html",
        period=period,
        chosen=chosen,
        letter=letter,
        which=address_of(chosen.kind, chosen.version),
        versions=[s for s in outside.sent if (s.week, s.kind) == (chosen.week, chosen.kind)],
        earlier=[(each, period_of(actor, each.week)) for each in outside.newest],
        without=[(each, period_of(actor, each.week)) for each in outside.without],
        words=words,
        drawn=drawn,
        schematic=schematic,
        Kind=Kind,
        address_of=address_of,
        **_asking(actor, period, now=clock.now()),
    )


def _words_of(content: Mapping[str, Any]) -> dict[str, tuple[str, Mark]]:
    """Return how each district of a letter stands: its name and its mark, by slug, no number."""
    return {
        row["slug"]: (row["name"], Mark(row["mark"]))
        for row in _figures_of(content)
        if row["slug"] and row["mark"]
    }


def _figures_of(content: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the rows of a letter's table; letters from before there was a content have none."""
    rows: Sequence[Mapping[str, Any]] = content.get("figures", ())
    return rows


def _drawn(session: Session, actor: Actor, period: Period) -> Drawing | None:
    outlines = districts.outlines(session, actor, on=period.last_day)
    return drawing(outlines, below=BELOW) if outlines else None


def _asking(actor: Actor, period: Period, *, now: datetime) -> dict[str, Any]:
    """Return what somebody has asked the group, and the question that they may ask."""
    if not actor.may(Permission.ASK_GROUP):
        return {"asks": False, "questions": []}
    with reading(actor.gate) as session:
        asked = questions.own(session, actor)
    is_recent = period.meeting_day >= now.astimezone(STOCKHOLM).date() - OLDEST
    values = {"id": str(new_id()), "week": period.name} if is_recent else None
    return {"asks": True, "values": values, "questions": asked}


def figures(actor: Actor, week: str) -> ResponseReturnValue:
    """Show the figures that readers get of a week."""
    period = period_of(actor, week)
    with publications(actor.gate) as session:
        found = [e for e in meetings.editions(session, actor) if e.week == period.name]
    if not found:
        raise NotFoundError("Den veckan är inte publicerad.")
    content = content_of(found[0])
    return render_template(
        "digests/readers.html",
        edition=found[0],
        period=period,
        sentence=sentence(content),
        rows=[*content.districts, replace(content.unplaced, name=UNPLACED)],
        total=replace(content.total, name=WHOLE),
        coverage=content.coverage,
        notes=(COUNTED, HIDDEN, AS_TOLD),
        not_included=NOT_INCLUDED,
    )
