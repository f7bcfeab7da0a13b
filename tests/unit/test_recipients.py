"""Who gets the letter: addresses, days, and from which letter to which."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.digests.rules import Form, due_of
from lagesbild.digests.rules import recipients as rules
from lagesbild.digests.rules.recipients import (
    COORDINATORS,
    Addressed,
    ListName,
    Recipient,
    addressed,
    around,
    check_address,
    checked,
    ended,
    kept,
)
from lagesbild.people.rules import Group
from tests.build import NOBODY, NOW

TODAY = date(2026, 11, 18)  # a Wednesday
DAY = timedelta(days=1)
GROUP = Group(NOBODY, NOBODY, "as", "Ås", "Ås", 3, time(9), time(15), NOW)
W47 = Period(date(2026, 11, 12))
W45, W46, W48 = W47.previous(2), W47.previous(), W47.previous(-1)


def on_list(**changes: object) -> Recipient:
    usual = Recipient(uuid4(), ListName.CHAIR, "ordforande@as.example", "Ordförande", TODAY)
    return replace(usual, **changes)  # type: ignore[arg-type]  # any field of a recipient


# --- Addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mail",
    [
        "ordforande@as.example",
        "kommunstyrelsen.ordforande+brev@mail.as.example",
        "o'hara_1@xn--s-zfa.example",
        f"{'a' * 64}@{'b' * 63}.example",
        "A@B.SE",
    ],
)
def test_a_plain_address_is_taken_as_it_is(mail: str) -> None:
    assert check_address("mail", f"  {mail} ", "E-postadressen") == mail


@pytest.mark.parametrize(
    "mail",
    [
        "",
        "ordforande",
        "@as.example",
        "ordforande@",
        "ordforande@as",
        "ordforande@@as.example",
        "a@b@as.example",
        "Ordförande <ordforande@as.example>",
        "ordforande@as.example, vice@as.example",
        "ordforande@as.example;vice@as.example",
        "ordforande @as.example",
        "ordforande@as.example\nBcc: alla@as.example",
        "ordförande@as.example",
        "ordforande@ås.example",
        ".ordforande@as.example",
        "ordforande.@as.example",
        "ord..forande@as.example",
        "ordforande@-as.example",
        "ordforande@as-.example",
        "ordforande@as..example",
        "ordforande@as.1",
        "ordforande@192.0.2.1",
        '"ordforande"@as.example',
        f"{'a' * 65}@as.example",
        f"a@{'b' * 64}.example",
        f"a@{'.'.join(['b' * 50] * 5)}.example",
    ],
)
def test_what_is_no_plain_address_is_refused_by_the_name_of_its_field(mail: str) -> None:
    with pytest.raises(InvalidError, match="E-postadressen ska vara en enda adress") as found:
        check_address("mail", mail, "E-postadressen")
    assert found.value.field == "mail"


def test_an_address_with_a_personal_number_is_refused_without_repeating_it() -> None:
    with pytest.raises(InvalidError) as found:
        check_address("mail", "811228-9874@as.example", "E-postadressen")
    assert "9874" not in str(found.value)


# --- Put on a list ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mail": "ordforande"}, "mail"),
        ({"title": "  "}, "title"),
        ({"title": "x" * 81}, "title"),
        ({"title": "811228-9874"}, "title"),
        ({"starts_on": TODAY - DAY}, "starts_on"),
        ({"starts_on": date(2062, 11, 18)}, "starts_on"),
        ({"ends_on": TODAY - DAY}, "ends_on"),
    ],
)
def test_the_first_wrong_field_is_named(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidError) as found:
        checked(on_list(**changes), [], TODAY)
    assert found.value.field == field


def test_a_recipient_of_a_single_day_is_taken_without_the_air_around_it() -> None:
    wanted = on_list(mail=" a@as.example ", title=" Vice  ordförande ", ends_on=TODAY)
    found = checked(wanted, [], TODAY)
    assert (found.mail, found.title) == ("a@as.example", "Vice ordförande")


@pytest.mark.parametrize(
    ("known", "is_refused"),
    [
        ({}, True),
        ({"mail": "ORDFORANDE@as.example"}, True),
        ({"mail": "vice@as.example"}, False),
        ({"list": ListName.COUNCIL}, False),
        ({"ends_on": TODAY}, True),
        ({"ends_on": TODAY - DAY}, False),
        ({"starts_on": TODAY + 9 * DAY}, True),
        ({"starts_on": TODAY + 10 * DAY}, False),
    ],
)
def test_an_address_stands_on_a_list_once_at_a_time(
    known: dict[str, object], *, is_refused: bool
) -> None:
    new = on_list(ends_on=TODAY + 9 * DAY)
    there = [on_list(**{"starts_on": TODAY - 30 * DAY} | known)]
    if is_refused:
        with pytest.raises(InvalidError, match="står redan på listan Ordförande") as found:
            checked(new, there, TODAY)
        assert found.value.field == "mail"
    else:
        assert checked(new, there, TODAY) == new


# --- The last day -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts_on", "earliest"),
    [
        (TODAY - 30 * DAY, TODAY - DAY),
        (TODAY, TODAY - DAY),
        (TODAY + 5 * DAY, TODAY + 4 * DAY),  # the day before the first: never any letter
    ],
)
def test_the_last_day_may_be_yesterday_and_no_earlier(starts_on: date, earliest: date) -> None:
    found = on_list(starts_on=starts_on)
    assert ended(found, earliest, TODAY).ends_on == earliest
    with pytest.raises(InvalidError) as error:
        ended(found, earliest - DAY, TODAY)
    assert error.value.field == "ends_on"


def test_a_last_day_far_away_is_a_slip() -> None:
    with pytest.raises(InvalidError, match="årtalet"):
        ended(on_list(), date(2062, 1, 1), TODAY)


def test_who_has_left_is_neither_ended_nor_kept() -> None:
    gone = on_list(starts_on=TODAY - 30 * DAY, ends_on=TODAY - DAY)
    with pytest.raises(ConflictError, match="redan lämnat"):
        ended(gone, TODAY, TODAY)
    with pytest.raises(ConflictError, match="Lägg till adressen på nytt"):
        kept(gone, [gone], TODAY)


def test_a_last_day_is_taken_back_on_that_day_but_not_over_somebody_added_since() -> None:
    found = on_list(ends_on=TODAY)
    assert kept(found, [found], TODAY).ends_on is None
    again = on_list(starts_on=TODAY + DAY)
    with pytest.raises(InvalidError, match="står redan på listan"):
        kept(found, [found, again], TODAY)


# --- From which letter to which ---------------------------------------------------------------


def days(moved: dict[Period, date] | None = None) -> dict[Period, date]:
    first = W47.previous(10)
    ordinary = {p: p.meeting_day for p in (first.previous(-n) for n in range(30))}
    return ordinary | (moved or {})


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "first", "last"),
    [
        (date(2026, 11, 18), None, W47, None),
        (date(2026, 11, 19), None, W47, None),  # the day of the letter is with it
        (date(2026, 11, 20), None, W48, None),
        (date(2026, 11, 1), date(2026, 11, 18), W45, W46),
        (date(2026, 11, 1), date(2026, 11, 19), W45, W47),
        (date(2026, 11, 13), date(2026, 11, 18), W47, W46),  # no letter goes between these days
    ],
)
def test_a_recipient_is_told_the_first_and_the_last_letter(
    starts_on: date, ends_on: date | None, first: Period, last: Period | None
) -> None:
    found = rules.standing(on_list(starts_on=starts_on, ends_on=ends_on), GROUP, days())
    assert (found.first, found.last) == (first, last)
    assert found.gets_none is (last is not None and last < first)


def test_a_moved_meeting_takes_its_letter_over_the_last_day() -> None:
    moved = days({W47: date(2026, 11, 25)})
    leaving = on_list(starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 24))
    assert rules.standing(leaving, GROUP, moved).last == W46
    coming = on_list(starts_on=date(2026, 11, 25))
    assert rules.standing(coming, GROUP, moved).first == W47


@given(
    st.dates(date(2020, 1, 1), date(2031, 1, 1)),
    st.integers(0, 6),
    st.lists(st.integers(0, 6), min_size=9, max_size=9),
)
def test_the_letters_around_a_day_are_found_however_meetings_are_moved(
    day: date, weekday: int, moves: list[int]
) -> None:
    group = replace(GROUP, meeting_weekday=weekday)
    running = Period.of(datetime.combine(day, time.min, STOCKHOLM), weekday=weekday)
    when = {}
    for n, late in zip(range(-4, 5), moves, strict=True):
        period = running.previous(n)
        starts_at = datetime.combine(period.meeting_day + late * DAY, time(19), STOCKHOLM)
        when[period] = due_of(group, period, starts_at).date()
    few = {p: when[p] for p in around(day, group)}
    recipient = on_list(starts_on=day, ends_on=day)
    found = rules.standing(recipient, group, few)
    assert found.first == min(p for p, d in when.items() if d >= day)
    assert found.last == max(p for p, d in when.items() if d <= day)
    assert found.gets_none is (day not in when.values())


# --- Addressed --------------------------------------------------------------------------------


def test_a_letter_goes_once_to_each_address_in_the_fullest_of_its_forms() -> None:
    forms = {ListName.CHAIR: Form.NOTICE, ListName.COUNCIL: Form.SHORT}
    known = [
        on_list(list=ListName.COUNCIL, mail="Ordforande@as.example"),
        on_list(),
        on_list(list=ListName.OWNERS, mail="chef@as.example"),
        on_list(mail="gammal@as.example", ends_on=TODAY - DAY),
        on_list(mail="ny@as.example", starts_on=TODAY + DAY),
    ]
    found = addressed(known, forms, ["samordnare@as.example", "chef@as.example"], on=TODAY)
    assert found == [
        Addressed("ordforande@as.example", Form.SHORT, ListName.CHAIR),
        Addressed("chef@as.example", Form.FULL, ListName.OWNERS),
        Addressed("samordnare@as.example", Form.FULL, COORDINATORS),
    ]


def test_a_change_of_chair_takes_effect_between_two_letters() -> None:
    old = on_list(mail="gammal@as.example", starts_on=date(2026, 1, 1), ends_on=date(2026, 11, 22))
    new = on_list(mail="ny@as.example", starts_on=date(2026, 11, 23))
    before, after = (
        [one.mail for one in addressed([old, new], {}, [], on=p.meeting_day)] for p in (W47, W48)
    )
    assert (before, after) == (["gammal@as.example"], ["ny@as.example"])
    assert rules.standing(old, GROUP, days() | _long_ago()).last == W47
    assert rules.standing(new, GROUP, days()).first == W48


def _long_ago() -> dict[Period, date]:
    return {p: p.meeting_day for p in around(date(2026, 1, 1), GROUP)}
