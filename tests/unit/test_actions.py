"""The rules of actions: states, days, lists and sentences."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from lagesbild.actions.rules import (
    OPEN,
    Action,
    Draft,
    Effect,
    Kind,
    Move,
    Result,
    State,
    number_of,
)
from lagesbild.actions.rules.checks import checked
from lagesbild.actions.rules.effects import BeforeAfter, turn_of
from lagesbild.actions.rules.lists import beneath, in_order, lead, sections
from lagesbild.actions.rules.states import NEXT, moved, steps
from lagesbild.analysis.rules.effects import Compared
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.errors import InvalidError, NotFoundError
from lagesbild.people import rules as people
from lagesbild.people.rules import Actor, Group, Organisation, Role
from tests.build import NOBODY, NOW

TODAY = date(2026, 11, 18)
BRIGADE = Organisation(UUID(int=7), "brand", "Brandförsvaret", people.Kind.FIRE)
DONE = Move(State.DONE, Result.AS_PLANNED, Effect.LESS)


def action(**changes: object) -> Action:
    usual = Action(
        NOBODY,
        2026,
        118,
        "Besök i skolor",
        "",
        "Förebyggande enheten",
        "Ås kommun",
        TODAY,
        TODAY + timedelta(days=9),
        Kind.SOCIAL,
        "",
        None,
        State.DECIDED,
        BRIGADE,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]  # any field


def draft(**changes: object) -> Draft:
    usual = Draft(NOBODY, "Besök i skolor", NOBODY, Kind.SOCIAL, due=date(2026, 11, 27))
    return replace(usual, **changes)  # type: ignore[arg-type]  # any field


def refused(said: Draft, state: State = State.DECIDED) -> InvalidError:
    with pytest.raises(InvalidError) as caught:
        checked(said, state, now=NOW, groups={"BRA"})
    return caught.value


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("wanted", State)
def test_only_the_steps_of_the_table_are_taken(state: State, wanted: State) -> None:
    step = Move(wanted, Result.PARTLY, Effect.SAME, reason="Platsen byggs om")
    if wanted in NEXT[state]:
        assert moved(action(state=state), step, now=NOW).state is wanted
    else:
        with pytest.raises(InvalidError, match="och kan inte ändras till"):
            moved(action(state=state), step, now=NOW)


def test_every_state_but_the_last_two_leads_somewhere() -> None:
    assert {state for state in State if NEXT[state]} == set(OPEN)


@pytest.mark.parametrize(
    ("step", "field", "sentence"),
    [
        (Move(State.DONE, None, Effect.LESS), "result", "Välj hur åtgärden genomfördes."),
        (Move(State.DONE, Result.PARTLY), "effect", "Välj vilken effekt ni har sett."),
        (Move(State.STOPPED), "reason", "Skriv varför åtgärden avbryts."),
        (Move(State.STOPPED, reason="  "), "reason", "Skriv varför åtgärden avbryts."),
        (
            Move(State.PROPOSED),
            "state",
            "Läget är beslutad och kan inte ändras till föreslagen.",
        ),
    ],
)
def test_a_step_that_lacks_something_names_the_field(step: Move, field: str, sentence: str) -> None:
    with pytest.raises(InvalidError) as caught:
        moved(action(), step, now=NOW)
    assert (caught.value.field, str(caught.value)) == (field, sentence)


def test_a_proposal_without_a_last_day_is_not_decided() -> None:
    with pytest.raises(InvalidError, match="Välj när åtgärden ska vara klar") as caught:
        moved(action(state=State.PROPOSED, due=None), Move(State.DECIDED), now=NOW)
    assert caught.value.field == "due"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"what": " "}, "what", "Skriv vad som ska göras."),
        ({"owner_id": None}, "owner", "Välj vem som ansvarar för åtgärden."),
        ({"kind": None}, "kind", "Välj vilken sorts åtgärd det är."),
        ({"due": None}, "due", "Välj när åtgärden ska vara klar."),
        (
            {"due": date(2026, 11, 17)},
            "due",
            "Klart senast ligger före beslutet. Välj ett senare datum.",
        ),
        (
            {"decided_on": date(2026, 11, 19)},
            "decided_on",
            "Beslutet ligger i framtiden. Välj vilken dag gruppen bestämde det.",
        ),
        ({"category_group": "XXX"}, "category_group", "Välj en grupp av typer ur listan."),
    ],
)
def test_a_decision_that_lacks_something_names_the_field(
    changes: dict[str, object], field: str, sentence: str
) -> None:
    error = refused(draft(**changes))
    assert (error.field, str(error)) == (field, sentence)


def test_a_proposal_needs_no_last_day_and_has_no_day_of_decision() -> None:
    found = checked(draft(due=None, decided_on=TODAY), State.PROPOSED, now=NOW, groups=())
    assert (found.due, found.decided_on) == (None, None)


def test_a_number_that_is_split_over_two_fields_is_refused() -> None:
    assert "personnummer" in str(refused(draft(what="Besök 811228", place_text="-9874")))


@pytest.mark.parametrize(
    ("moment", "late"),
    [
        (datetime(2026, 11, 27, 23, 59, tzinfo=STOCKHOLM), 0),
        (datetime(2026, 11, 28, 0, 0, tzinfo=STOCKHOLM), 1),
        (datetime(2026, 12, 11, 12, 0, tzinfo=STOCKHOLM), 14),
    ],
)
def test_an_action_is_late_from_the_midnight_after_its_last_day(
    moment: datetime, late: int
) -> None:
    assert action(due=date(2026, 11, 27)).days_late(moment.date()) == late


@pytest.mark.parametrize("state", [State.DONE, State.STOPPED])
def test_what_is_done_or_stopped_is_never_late(state: State) -> None:
    assert not action(due=date(2026, 11, 1), state=state).is_late(TODAY)


def test_open_actions_stand_in_order_of_lateness_then_of_their_last_day() -> None:
    days = (None, 20, -3, 2, -9)
    made = [
        action(number=n, due=None if d is None else TODAY + timedelta(days=d))
        for n, d in enumerate(days)
    ]
    assert [a.number for a in in_order(made, today=TODAY)] == [4, 2, 3, 1, 0]


def test_a_list_is_cut_at_today_and_at_seven_days() -> None:
    made = [action(due=TODAY + timedelta(days=d)) for d in (-1, 0, 7, 8)]
    made.append(action(due=None, state=State.PROPOSED))
    done = [action(state=State.DONE)]
    cut = sections(made, done, today=TODAY)
    assert [(s.heading, len(s.actions)) for s in cut] == [
        ("Försenade", 1),
        ("Klart inom sju dagar", 2),
        ("Senare", 1),
        ("Utan datum", 1),
        ("Klara den här veckan", 1),
    ]


@pytest.mark.parametrize(
    ("late", "new", "others", "sentence"),
    [
        (0, 0, 0, "Inga öppna åtgärder."),
        (0, 0, 1, "1 öppen. Ingen är försenad."),
        (1, 0, 1, "2 öppna. En är försenad."),
        (2, 3, 6, "11 öppna. Två är försenade, tre är nya den här veckan."),
        (0, 1, 2, "3 öppna. En är ny den här veckan."),
    ],
)
def test_the_sentence_says_how_many_are_late_and_new(
    late: int, new: int, others: int, sentence: str
) -> None:
    before = TODAY - timedelta(days=30)
    made = [action(decided_on=before, due=TODAY - timedelta(days=1)) for _ in range(late)]
    made += [action() for _ in range(new)]
    made += [action(decided_on=before) for _ in range(others)]
    assert lead(made, today=TODAY, period=Period.of(NOW)) == sentence


def test_what_is_done_says_how_it_went() -> None:
    done = action(state=State.DONE, result=Result.AS_PLANNED, effect=Effect.LESS)
    assert beneath(done) == "Genomförd som planerat. Minskat."
    assert beneath(replace(done, effect=Effect.UNKNOWN)).endswith("Effekten kan inte bedömas.")


def test_a_reporter_begins_and_ends_what_the_own_organisation_does(any_group: Group) -> None:
    reporter = Actor(Role.REPORTER, any_group, BRIGADE.id, NOBODY)
    assert steps(reporter, action()) == (State.RUNNING, State.DONE)
    assert steps(replace(reporter, organisation_id=NOBODY), action()) == ()
    assert State.STOPPED in steps(replace(reporter, role=Role.MEMBER), action())
    assert steps(replace(reporter, role=Role.ANALYST), action()) == ()


@pytest.mark.parametrize("text", ["2026-18", "26-118", "2026-118x", "", "2026-0000000118"])
def test_what_is_no_number_of_an_action_is_not_found(text: str) -> None:
    with pytest.raises(NotFoundError):
        number_of(text)


def test_the_comparison_turns_on_the_day_when_it_was_done_else_decided() -> None:
    closed = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)  # the 20th in Sweden
    done = action(state=State.DONE, result=Result.PARTLY, closed_at=closed)
    assert turn_of(action()) is None
    running = turn_of(action(state=State.RUNNING))
    assert running is not None
    assert (running.day, running.word) == (TODAY, "beslutades")
    finished = turn_of(done)
    assert finished is not None
    assert (finished.day, finished.word) == (date(2026, 11, 20), "blev klar")
    assert turn_of(replace(done, result=Result.NOT_DONE)) is None


def test_before_four_weeks_have_passed_it_is_too_early() -> None:
    turn = turn_of(action(state=State.RUNNING))
    assert turn is not None
    shown = BeforeAfter(
        turn,
        date(2026, 12, 16),
        is_over=False,
        own=Compared(4, 0),
        neighbours=Compared(9, 2),
        beside=["Södra Ås"],
    )
    assert shown.told.startswith("För tidigt: de fyra veckorna efter är slut")
    assert "minskning" not in shown.told
    assert (shown.ratio, shown.told_beside) == ("", "")
