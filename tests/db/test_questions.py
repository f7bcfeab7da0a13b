"""Questions to the group on a real database: asked once, answered by one, told by one letter."""

from datetime import timedelta
from uuid import UUID

import pytest

from lagesbild.access import service as access
from lagesbild.audit import store as audit
from lagesbild.base.db import new_id, reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from lagesbild.digests.rules.questions import Answer, Asking, Question
from lagesbild.digests.service import questions as service
from lagesbild.people.rules import Actor, Group, Organisation, Role, system
from tests.build import NOW
from tests.conftest import join

WEEK, NEXT = "2026-W46", "2026-W47"
TEXT = "Är belysningen vid gångtunneln lagad?"
ANSWER = "Den lagades tisdag kväll."
LINE = f"Fråga (v. 46): {TEXT} Svar: {ANSWER}"
MINUTE = timedelta(minutes=1)


def ask(actor: Actor, text: str = TEXT, *, id_: UUID | None = None, week: str = WEEK) -> Question:
    asking = Asking(id_ or new_id(), week, text)
    with transaction(actor.gate) as session:
        put = service.ask if actor.role is Role.READER else service.add
        return put(session, actor, asking, now=NOW)


def answer(actor: Actor, question: Question, text: str = ANSWER, *, version: int = 1) -> None:
    with transaction(actor.gate) as session:
        service.answer(session, actor, question.id, Answer(text, version), now=NOW)


def close(actor: Actor, question: Question, *, version: int = 1) -> None:
    with transaction(actor.gate) as session:
        service.close(session, actor, question.id, version=version, now=NOW)


def listing(actor: Actor) -> list[Question]:
    with reading(actor.gate) as session:
        return service.listing(session, actor)


def own(actor: Actor) -> list[Question]:
    with reading(actor.gate) as session:
        return service.own(session, actor)


def on_agenda(actor: Actor) -> list[UUID]:
    with reading(actor.gate) as session:
        return [question.id for question in service.open_questions(session, actor)]


def told(actor: Actor, week: str = NEXT) -> list[str]:
    with reading(actor.gate) as session:
        return service.answers_for(session, actor, week)


def mark(actor: Actor, said: str, week: str = NEXT) -> None:
    with transaction(actor.gate) as session:
        service.mark_told(session, actor, week, said)


def forget(actor: Actor, week: str = NEXT, still: str = "") -> None:
    with transaction(actor.gate) as session:
        service.forget_told(session, actor, week, still=still)


def test_a_question_is_asked_once_however_often_it_is_sent(reader: Actor, member: Actor) -> None:
    id_ = new_id()
    assert ask(reader, id_=id_) == ask(reader, id_=id_) == own(reader)[0]
    assert listing(member) == own(reader)
    assert on_agenda(member) == [id_]


def test_five_open_questions_about_a_letter_are_enough(reader: Actor, member: Actor) -> None:
    asked = [ask(reader, f"Fråga {n}?") for n in range(5)]
    with pytest.raises(InvalidError, match="redan 5 frågor"):
        ask(reader)
    ask(reader, week="2026-W45")
    assert ask(reader, asked[0].text, id_=asked[0].id) == asked[0]  # a double click all the same
    close(member, asked[0])
    ask(reader)
    assert len(on_agenda(member)) == 6


def test_a_reader_sees_the_own_questions_and_no_others(
    reader: Actor, group: Group, organisations: dict[str, Organisation], member: Actor
) -> None:
    other = join(group, organisations["kommun"], Role.READER)
    theirs, mine = ask(other, "Vad gör polisen?"), ask(reader)
    ask(member, "Kom per mejl?")
    assert [q.id for q in own(reader)] == [mine.id]
    assert [q.id for q in own(other)] == [theirs.id]
    again = ask(reader, "Samma id?", id_=mine.id)
    assert again.text == TEXT
    with pytest.raises(ConflictError):
        ask(reader, id_=theirs.id)


def test_a_question_that_came_by_mail_belongs_to_nobody(member: Actor, reader: Actor) -> None:
    noted = ask(member)
    assert noted.person_id is None
    assert own(reader) == []
    assert on_agenda(member) == [noted.id]


def test_an_answered_question_leaves_the_agenda_and_waits_for_a_letter(
    reader: Actor, member: Actor
) -> None:
    question = ask(reader)
    answer(member, question)
    assert on_agenda(member) == []
    assert told(member) == [LINE]
    [mine] = own(reader)
    assert (mine.answer, mine.is_open) == ("", False)


def test_an_answer_is_told_by_one_letter_and_seen_by_who_asked(
    reader: Actor, member: Actor
) -> None:
    answer(member, ask(reader))
    mark(member, LINE)
    assert told(member) == [LINE]  # the same letter may be drafted again
    assert told(member, "2026-W48") == []
    assert [(q.answer, q.told_week) for q in own(reader)] == [(ANSWER, NEXT)]


def test_an_answer_that_does_not_stand_in_the_letter_waits_for_the_next(member: Actor) -> None:
    first, second = ask(member), ask(member, "Kommer polisen till mötet?")
    answer(member, first)
    answer(member, second, "Ja.")  # after the letter was drafted
    mark(member, LINE)
    assert told(member, "2026-W48") == ["Fråga (v. 46): Kommer polisen till mötet? Svar: Ja."]


def test_an_approval_that_is_taken_back_tells_nothing(reader: Actor, member: Actor) -> None:
    answer(member, ask(reader))
    mark(member, LINE)
    forget(member)
    assert own(reader)[0].answer == ""
    assert told(member, "2026-W48") == [LINE]


def test_a_correction_that_is_taken_back_leaves_what_has_left(member: Actor) -> None:
    first, second = ask(member), ask(member, "Kommer polisen till mötet?")
    answer(member, first)
    mark(member, LINE)
    answer(member, second, "Ja.")
    both = f"{LINE}\nFråga (v. 46): Kommer polisen till mötet? Svar: Ja."
    mark(member, both)
    assert told(member, "2026-W48") == []
    forget(member, still=LINE)
    assert told(member, "2026-W48") == ["Fråga (v. 46): Kommer polisen till mötet? Svar: Ja."]


def test_an_answer_is_changed_over_the_version_that_was_seen_until_it_is_told(
    member: Actor, coordinator: Actor
) -> None:
    question = ask(member)
    answer(member, question)
    answer(member, question)  # a double click
    with pytest.raises(ConflictError) as found:
        answer(coordinator, question, "Nej.")
    assert isinstance(found.value.current, Question)
    assert (found.value.current.answer, found.value.current.version) == (ANSWER, 2)
    answer(coordinator, question, "Nej, inte än.", version=2)
    mark(member, "Svar: Nej, inte än. Men se Fråga: " + TEXT)
    with pytest.raises(ConflictError, match="går inte att ändra"):
        answer(member, question, "Jo.", version=4)
    with pytest.raises(ConflictError, match="går inte att ändra"):
        close(member, question, version=4)


def test_a_question_is_closed_without_an_answer_once(reader: Actor, member: Actor) -> None:
    question = ask(reader)
    answer(member, question)
    with pytest.raises(ConflictError):
        close(member, question)
    close(member, question, version=2)
    close(member, question, version=2)
    assert told(member) == []
    [found] = listing(member)
    assert (found.answer, found.is_open) == ("", False)
    with pytest.raises(ConflictError, match="redan stängd"):
        answer(member, question, version=3)


def test_open_questions_stand_before_those_that_are_settled(member: Actor) -> None:
    settled, waiting = ask(member), ask(member, "Kommer polisen?")
    answer(member, settled)
    assert [q.id for q in listing(member)] == [waiting.id, settled.id]


def test_who_may_do_what(
    group: Group, organisations: dict[str, Organisation], member: Actor, reader: Actor
) -> None:
    question = ask(reader)
    for role in (Role.REPORTER, Role.ANALYST, Role.ADMIN, Role.AUDITOR, Role.READER):
        actor = join(group, organisations["kommun"], role)
        for refused in (
            lambda who=actor: answer(who, question),
            lambda who=actor: close(who, question),
            lambda who=actor: listing(who),
            lambda who=actor: told(who),
            lambda who=actor: mark(who, LINE),
            lambda who=actor: forget(who),
        ):
            with pytest.raises(NotAllowedError):
                refused()
        if role is not Role.READER:
            with pytest.raises(NotAllowedError):
                own(actor)
    for actor in (member, system(group)):
        with pytest.raises(NotAllowedError), transaction(actor.gate) as session:
            service.ask(session, actor, Asking(new_id(), WEEK, TEXT), now=NOW)
    assert told(system(group)) == []


def test_the_questions_of_another_group_are_not_there(
    reader: Actor, organisations: dict[str, Organisation]
) -> None:
    question = ask(reader)
    other = access.add_municipality(slug="by", name="By kommun", code="0002", now=NOW)
    stranger = join(other, organisations["kommun"], Role.COORDINATOR)
    assert listing(stranger) == []
    with pytest.raises(NotFoundError):
        answer(stranger, question)


def test_the_log_knows_that_and_not_what(reader: Actor, member: Actor) -> None:
    first, second = ask(reader), ask(member, "Kommer polisen?")
    answer(member, first)
    close(member, second)
    with reading(member.gate) as session:
        found = audit.history(session, member.group.municipality_id)
    told = [(e.verb, e.subject, dict(e.changes)) for e in reversed(found) if "question" in e.verb]
    assert told == [
        ("question.asked", f"question:{first.id}", {}),
        ("question.added", f"question:{second.id}", {}),
        ("question.answered", f"question:{first.id}", {}),
        ("question.closed", f"question:{second.id}", {}),
    ]
