"""How a list of actions is cut into sections, and the sentence above it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lagesbild.actions.rules import (
    EFFECT_TEXT,
    KIND_TEXT,
    RESULT_TEXT,
    Action,
    State,
)
from lagesbild.base.clock import Period

SOON = timedelta(days=7)
WORDS = (
    "ingen", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv",
)  # fmt: skip


@dataclass(frozen=True)
class Section:
    """Actions under one heading."""

    heading: str
    actions: Sequence[Action]


def in_order(actions: Sequence[Action], *, today: date) -> list[Action]:
    """Return open actions, the late ones first, then by the day when they should be ready."""
    return sorted(
        actions, key=lambda a: (not a.is_late(today), a.due or date.max, a.year, a.number)
    )


def sections(
    actions: Sequence[Action], done: Sequence[Action] = (), *, today: date
) -> list[Section]:
    """Return open actions by how near their last day is, then what was done this week."""
    ordered = in_order(actions, today=today)
    soon = today + SOON
    late = [a for a in ordered if a.is_late(today)]
    dated = [a for a in ordered if a.due and a not in late]
    cut = (
        ("Försenade", late),
        ("Klart inom sju dagar", [a for a in dated if a.due and a.due <= soon]),
        ("Senare", [a for a in dated if a.due and a.due > soon]),
        ("Utan datum", [a for a in ordered if a.due is None]),
        ("Klara den här veckan", list(done)),
    )
    return [Section(heading, found) for heading, found in cut if found]


def lead(actions: Sequence[Action], *, today: date, period: Period) -> str:
    """Return what one would say aloud of the open actions."""
    if not actions:
        return "Inga öppna åtgärder."
    late = sum(a.is_late(today) for a in actions)
    new = sum(
        a.decided_on is not None and period.first_day <= a.decided_on <= period.last_day
        for a in actions
    )
    said = [f"{_word(late)} är försena{'d' if late == 1 else 'de'}"] if late else []
    if new:
        said.append(f"{_word(new)} är {'ny' if new == 1 else 'nya'} den här veckan")
    text = ", ".join(said)
    first = f"{len(actions)} {'öppen' if len(actions) == 1 else 'öppna'}."
    return f"{first} {text[0].upper()}{text[1:]}." if text else f"{first} Ingen är försenad."


def _word(number: int) -> str:
    return WORDS[number] if number < len(WORDS) else str(number)


def beneath(action: Action) -> str:
    """Return the line beneath what is to be done: the sort, what it belongs to, how it went."""
    if action.state is State.DONE and action.result and action.effect:
        effect = EFFECT_TEXT[action.effect]
        told = "Effekten kan inte bedömas." if action.effect == "oklart" else f"{effect}."
        return f"{_capital(RESULT_TEXT[action.result])}. {_capital(told)}"
    if action.state is State.STOPPED:
        return action.reason
    problem = f"problem {action.problem}" if action.problem else ""
    parts = filter(None, (_capital(KIND_TEXT[action.kind]), problem, action.focus))
    note = f". {_capital(action.note)}" if action.note else ""
    return ", ".join(parts) + note


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
