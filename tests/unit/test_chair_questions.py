"""Questions to the group, their answers in a letter, and what the authorities have published."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from lagesbild.base.clock import Period
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError
from lagesbild.digests.rules import known, questions
from lagesbild.digests.rules.known import Proposal, Proposed, State, check_link
from lagesbild.digests.rules.questions import Answer, Asking, Question
from lagesbild.people.rules import Actor, Group, Role
from tests.build import NOBODY, NOW

W47 = Period(date(2026, 11, 12))
TEXT = "Är belysningen vid gångtunneln lagad?"
ASKED = Question(uuid4(), "2026-W46", NOW, None, TEXT)
LINK = "https://polisen.example/aktuellt/2026/november/brand?sida=1#mer"


def asking(text: str = TEXT, week: str = "2026-W46", *, confirmed: bool = False) -> Asking:
    return Asking(uuid4(), week, text, confirmed)


# --- Questions --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("week", "is_taken"),
    [("2026-W21", True), ("2026-W20", False), ("2026-W47", True), ("2026-W48", False)],
)
def test_a_question_is_about_a_letter_of_these_months(week: str, *, is_taken: bool) -> None:
    if is_taken:
        assert questions.checked(asking(week=week), 3, NOW).week == week
    else:
        with pytest.raises(InvalidError) as found:
            questions.checked(asking(week=week), 3, NOW)
        assert found.value.field == "week"


@pytest.mark.parametrize("text", ["", "  ", "x" * 501, "811228-9874 igen?", "\x00"])
def test_a_question_has_a_text_that_may_be_stored(text: str) -> None:
    with pytest.raises(InvalidError) as found:
        questions.checked(asking(text), 3, NOW)
    assert found.value.field == "text"


def test_a_person_may_insist_on_what_only_looks_like_somebody() -> None:
    text = "Vem svarar på 0701234567?"
    with pytest.raises(InvalidError) as found:
        questions.checked(asking(text), 3, NOW)
    assert found.value.confirmable
    assert questions.checked(asking(text, confirmed=True), 3, NOW).text == text


def test_five_open_questions_of_a_week_are_enough_and_settled_ones_are_not_counted() -> None:
    one = asking()
    settled = [replace(ASKED, closed_at=NOW), replace(ASKED, answered_at=NOW, answer="Ja.")]
    other = replace(ASKED, week="2026-W45")
    questions.check_number([*[ASKED] * 4, *settled, other], one)
    with pytest.raises(InvalidError, match="redan 5 frågor"):
        questions.check_number([ASKED] * 5, one)


def test_a_letter_tells_question_and_answer_on_one_line() -> None:
    found = replace(ASKED, text="Är den\nlagad?", answer="Ja,\n sedan tisdag.")
    assert found.line == "Fråga (v. 46): Är den lagad? Svar: Ja, sedan tisdag."


def test_who_asked_sees_no_answer_before_a_letter_with_it_is_approved() -> None:
    answered = replace(ASKED, answer="Ja.", answered_at=NOW)
    assert answered.seen_answer == ""
    assert replace(answered, told_week="2026-W47").seen_answer == "Ja."


@pytest.mark.parametrize(
    ("said", "is_told"),
    [
        (f"Fråga (v. 46): {TEXT} Svar: Något annat.", True),
        (f"Annat.\nFråga: {TEXT.replace(' ', chr(10))}", True),
        ("Ordföranden undrade. Svar: Den lagades tisdag kväll.", True),
        ("", False),
        ("Fråga (v. 46): Något annat? Svar: Ja.", False),
    ],
)
def test_an_answer_is_told_where_it_or_its_question_stands(said: str, *, is_told: bool) -> None:
    answered = replace(ASKED, answer="Den lagades tisdag kväll.", answered_at=NOW)
    assert answered.is_told_by(said) is is_told


def test_a_short_answer_alone_is_not_enough_to_know_it_by() -> None:
    answered = replace(ASKED, answer="Ja.", answered_at=NOW)
    assert not answered.is_told_by("Fråga (v. 46): Kommer ni? Svar: Ja.")


@pytest.mark.parametrize("text", [" ", "x" * 501, "811228-9874"])
def test_an_answer_has_a_text_that_may_be_stored(text: str) -> None:
    with pytest.raises(InvalidError) as found:
        questions.check_answer(Answer(text, 1))
    assert found.value.field == "answer"


def test_what_was_told_or_closed_is_not_answered_again() -> None:
    questions.refuse_told(replace(ASKED, answer="Ja.", answered_at=NOW))
    with pytest.raises(ConflictError, match="står i brevet"):
        questions.refuse_told(replace(ASKED, told_week="2026-W47"))
    with pytest.raises(ConflictError, match="redan stängd"):
        questions.refuse_told(replace(ASKED, closed_at=NOW))


# --- Publicly known events --------------------------------------------------------------------


@pytest.mark.parametrize(
    "link",
    [LINK, "https://as.example", "https://www.as.example/%C3%A5/", "https://as.example/a(b)_c~d"],
)
def test_a_link_leads_to_a_page_on_the_web(link: str) -> None:
    assert check_link(f" {link} ") == link


@pytest.mark.parametrize(
    "link",
    [
        "",
        "polisen.example",
        "http://polisen.example/a",
        "javascript:alert(1)",
        "https://",
        "https://polisen",
        "https://192.0.2.1/a",
        "https://[2001:db8::1]/a",
        "https://[/a",
        "https://polisen.example:8443/a",
        "https://polisen.example:x/a",
        "https://polisen@ond.example/a",
        "https://ond.example\\@polisen.example/a",
        'https://polisen.example/"onclick',
        "https://polisen.example/<b>",
        "https://polisen.example/a b",
        "https://polisen.example/a\nb",
        "https://polisen..example/",
        "https://pölisen.example/",
        f"https://polisen.example/{'a' * 500}",
    ],
)
def test_what_is_no_public_page_is_refused(link: str) -> None:
    with pytest.raises(InvalidError) as found:
        check_link(link)
    assert found.value.field == "link"


@pytest.mark.parametrize("number", ["811228-9874", "811228%2D9874", "8112289874"])
def test_a_link_with_a_personal_number_is_refused_without_repeating_it(number: str) -> None:
    with pytest.raises(InvalidError) as found:
        check_link(f"https://polisen.example/{number}")
    assert "9874" not in str(found.value)


@pytest.mark.parametrize(("back", "is_taken"), [(-1, False), (0, True), (26, True), (27, False)])
def test_an_event_is_named_while_its_week_runs_and_half_a_year_after(
    back: int, *, is_taken: bool
) -> None:
    proposal, period = Proposal(uuid4(), "En brand.", LINK, "polis"), W47.previous(back)
    if is_taken:
        assert known.checked(proposal, period, NOW).text == "En brand."
    else:
        with pytest.raises(InvalidError):
            known.checked(proposal, period, NOW)


@pytest.mark.parametrize("text", ["", "x" * 281, "811228-9874"])
def test_an_event_has_a_text_that_may_be_stored(text: str) -> None:
    with pytest.raises(InvalidError) as found:
        known.checked(Proposal(uuid4(), text, LINK, "polis"), W47, NOW)
    assert found.value.field == "text"


def proposed(**changes: object) -> Proposed:
    usual = Proposed(uuid4(), "En brand.", LINK, "Polisen", "2026-W47", NOBODY, NOW, uuid4())
    return replace(usual, **changes)  # type: ignore[arg-type]  # any field


def test_only_the_owner_approves_and_nothing_that_was_taken_back(any_group: Group) -> None:
    owner = Actor(Role.MEMBER, any_group, NOBODY, uuid4())
    other = replace(owner, organisation_id=uuid4())
    known.check_approver(proposed(), owner)
    with pytest.raises(NotAllowedError, match="Bara Polisen"):
        known.check_approver(proposed(), other)
    with pytest.raises(NotAllowedError):
        known.check_approver(proposed(), replace(other, role=Role.COORDINATOR))
    with pytest.raises(ConflictError, match="tillbakatagen"):
        known.check_approver(proposed(withdrawn_at=NOW), owner)


def test_owner_and_coordinator_take_back_and_who_proposed_only_before_it_is_approved(
    any_group: Group,
) -> None:
    other = Actor(Role.MEMBER, any_group, uuid4(), uuid4())
    waiting = proposed()
    approved = replace(waiting, approved_at=NOW)
    assert approved.state is State.APPROVED
    for event in (waiting, approved):
        known.check_withdrawer(event, replace(other, organisation_id=NOBODY))
        known.check_withdrawer(event, replace(other, role=Role.COORDINATOR))
        with pytest.raises(NotAllowedError):
            known.check_withdrawer(event, other)
    own = replace(other, person_id=waiting.person_id)
    known.check_withdrawer(waiting, own)
    with pytest.raises(NotAllowedError):
        known.check_withdrawer(approved, own)


def test_a_link_is_known_by_its_host() -> None:
    assert proposed().host == "polisen.example"


def test_a_week_of_another_year_is_the_same_number() -> None:
    assert questions.week_number("2026-W01") == 1
    assert replace(ASKED, week="2027-W01").number == 1
