"""When a row happened: every way of writing a day and a time, and each side of its edges."""

from datetime import UTC, date, datetime, timedelta

import pytest

from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.errors import InvalidError
from lagesbild.exchange.rules.rows import days, times
from lagesbild.exchange.rules.rows.moments import ABOUT, TWO_TIMES, UNTIL_IN_WORDS, Moment, moment
from lagesbild.incidents.rules import TimePrecision

SATURDAY = date(2026, 2, 7)


def local(found: datetime | None) -> str:
    assert found is not None
    return found.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M")


def at(text: str) -> Moment:
    return moment("2026-02-07", text)


def window(found: Moment) -> tuple[str, str]:
    assert found.precision is TimePrecision.WINDOW
    return local(found.occurred_from), local(found.occurred_to)


def wrong(day: str, clock: str = "", *, until: str = "") -> InvalidError:
    with pytest.raises(InvalidError) as caught:
        moment(day, clock, until=until)
    return caught.value


# --- The day --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("2026-02-07", "2026-2-7", "2026/02/07", "2026.02.07", "20260207", "260207"),
        *("7/2 2026", "7/2, 2026", "7/2-2026", "7/2-26", "7/2 -26", "7 / 2 2026", "07/02 2026"),
        *("7.2.2026", "07.02.2026", "7 februari 2026", "7 FEBRUARI 2026", "7feb2026"),
        *("7 feb. 2026", "den 7 feb. 2026", "7:e feb 2026", "7. feb 2026", "7 feb -26"),
        *("7 feb '26", "lördag 7 februari 2026", "lör 7 feb 2026", "Lördagen den 7 feb 2026"),
        *("  2026-02-07 ", "2026\u00a002 07".replace("\u00a0", "-").replace(" ", "-")),
    ],
)
def test_a_day_may_be_written_in_many_ways(text: str) -> None:
    found = moment(text)
    assert (local(found.occurred_from), found.precision) == ("2026-02-07 00:00", TimePrecision.DAY)
    assert found.notes == ()


@pytest.mark.parametrize(
    ("text", "month"),
    [
        *(("januari", 1), ("jan", 1), ("febr", 2), ("mars", 3), ("mar", 3), ("april", 4)),
        *(("maj", 5), ("jun", 6), ("juni", 6), ("jul", 7), ("juli", 7), ("aug", 8)),
        *(("sept", 9), ("sep", 9), ("okt", 10), ("nov", 11), ("dec", 12), ("December", 12)),
    ],
)
def test_months_may_be_shortened(text: str, month: int) -> None:
    assert days.read(f"7 {text} 2026").day == date(2026, month, 7)


@pytest.mark.parametrize("sign", ["/", "-"])
def test_a_day_that_others_read_with_the_month_first_is_told(sign: str) -> None:
    found = moment(f"03{sign}04{sign}2026")
    assert local(found.occurred_from) == "2026-04-03 00:00"
    assert found.notes == ("Läst som 3 april 2026.",)


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [("12/04/2026", True), ("13/04/2026", False), ("4/4/2026", False), ("3.4.2026", False)],
)
def test_only_a_day_that_could_be_a_month_is_in_doubt(text: str, *, doubtful: bool) -> None:
    assert bool(moment(text).notes) is doubtful


@pytest.mark.parametrize("text", ["04/13/2026", "4-13-2026"])
def test_a_month_that_stands_first_is_refused(text: str) -> None:
    assert "månaden först" in str(wrong(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Datumet saknas"),
        ("7/2", "Årtalet saknas"),
        ("7/2 22:30", "Årtalet saknas"),
        ("7/2 26", "Årtalet saknas"),
        ("7 februari", "Årtalet saknas"),
        ("lördag 7 feb kl 22", "Årtalet saknas"),
        ("7 foo 2026", "Månaden går inte att läsa"),
        ("7 ma 2026", "Månaden går inte att läsa"),
        ("7 ju 2026", "Månaden går inte att läsa"),
        ("7 fe 2026", "Månaden går inte att läsa"),
        ("31.1.26", "flera sätt"),
        ("7/2/26", "flera sätt"),
        ("26-01-31", "flera sätt"),
        ("500131", "bara två siffror"),
        ("690131", "bara två siffror"),
        ("2026-02-29", "finns inte i kalendern"),
        ("2026-13-01", "finns inte i kalendern"),
        ("31/4 2026", "finns inte i kalendern"),
        ("13.13.2026", "finns inte i kalendern"),
        ("0000-01-01", "finns inte i kalendern"),
        ("1899-12-31", "inte rimligt"),
        ("1900-01-01", "inte rimligt"),
        ("2200-01-01", "inte rimligt"),
        ("igår", "går inte att läsa"),
        ("2026-W03-4", "går inte att läsa"),
        ("2026", "går inte att läsa"),
        ("46060", "går inte att läsa"),
        ("7/22026", "går inte att läsa"),
        ("2026-02-071", "går inte att läsa"),
        ("٢٠٢٦-01-01", "går inte att läsa"),
        ("2026-02-07 25:00", "Klockslaget går inte att läsa"),
        ("2026-02-07T08:00-05:00", "Klockslaget går inte att läsa"),
        ("2026-02-07T25:00Z", "Klockslaget går inte att läsa"),
        ("2026-02-07T08:00+25:00", "Klockslaget går inte att läsa"),
    ],
)
def test_a_day_that_is_not_certain_is_refused_in_a_sentence(text: str, words: str) -> None:
    assert words in str(wrong(text))
    assert wrong(text).field == "date"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1900-01-02", date(1900, 1, 2)),
        ("2199-12-31", date(2199, 12, 31)),
        ("2028-02-29", date(2028, 2, 29)),
        ("490131", date(2049, 1, 31)),
        ("700131", date(1970, 1, 31)),
        ("99-12-31", date(1999, 12, 31)),
    ],
)
def test_a_day_at_the_edge_is_read(text: str, day: date) -> None:
    assert days.read(text).day == day


def test_a_weekday_that_does_not_fit_is_told() -> None:
    found = moment("söndag 7 februari 2026")
    assert local(found.occurred_from) == "2026-02-07 00:00"
    assert "Veckodagen stämmer inte" in found.notes[0]


# --- The time -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("22.30", "22:30", "2230", "kl 22.30", "kl. 22.30", "kl.22:30", "kl22.30", "Kl 22.30"),
        *("klockan 22.30", "vid 22.30", "22:30:59", "22.30.15", "22:30:15.123", "22.30-22.30"),
    ],
)
def test_a_time_may_be_written_in_many_ways(text: str) -> None:
    found = at(text)
    assert (local(found.occurred_from), found.occurred_to) == ("2026-02-07 22:30", None)
    assert (found.precision, found.notes) == (TimePrecision.EXACT, ())


@pytest.mark.parametrize(
    ("text", "clock"),
    [("22", "22:00"), ("7", "07:00"), ("7:05", "07:05"), ("705", "07:05"), ("00:00", "00:00"),
     ("0", "00:00"), ("23.59", "23:59")],
)  # fmt: skip
def test_a_time_may_be_short(text: str, clock: str) -> None:
    assert local(at(text).occurred_from) == f"2026-02-07 {clock}"


@pytest.mark.parametrize(
    "text",
    ["ca 22.30", "ca. 22.30", "ca22.30", "cirka 22:30", "c:a 22.30", "~22:30", "≈ 22.30",
     "omkring 22.30", "ungefär kl 22.30", "runt 2230", "22.30-tiden", "vid 22.30-tiden"],
)  # fmt: skip
def test_about_a_time_is_the_hour_and_told(text: str) -> None:
    found = at(text)
    assert local(found.occurred_from) == "2026-02-07 22:30"
    assert (found.precision, found.notes) == (TimePrecision.HOUR, (ABOUT,))


@pytest.mark.parametrize(
    ("text", "end"),
    [
        *(("22.30-23.15", "02-07 23:15"), ("22:30–23:15", "02-07 23:15")),
        *(("2230-2315", "02-07 23:15"), ("mellan 22.30 och 23.15", "02-07 23:15")),
        *(("mellan kl. 22.30 och kl. 23.15", "02-07 23:15"), ("22.30 till 23.15", "02-07 23:15")),
        *(("22.30-24", "02-08 00:00"), ("22.30-24.00", "02-08 00:00")),
        *(("22.30-00.00", "02-08 00:00"), ("22.30-22.29", "02-08 22:29")),
        *(("22.30-22.31", "02-07 22:31"), ("från 22.30 till 01", "02-08 01:00")),
    ],
)
def test_two_times_are_a_window_that_may_pass_midnight(text: str, end: str) -> None:
    assert window(at(text)) == ("2026-02-07 22:30", f"2026-{end}")


def test_a_window_over_the_end_of_a_year_ends_in_the_next() -> None:
    assert window(moment("2025-12-31", "23-01")) == ("2025-12-31 23:00", "2026-01-01 01:00")


def test_a_window_about_its_times_stays_a_window() -> None:
    found = at("ca 22-23")
    assert window(found) == ("2026-02-07 22:00", "2026-02-07 23:00")
    assert found.notes == (ABOUT,)


@pytest.mark.parametrize("text", ["24:00", "24.00", "2400", "24", "kl 24"])
def test_24_is_the_midnight_that_ends_the_day(text: str) -> None:
    assert local(at(text).occurred_from) == "2026-02-08 00:00"


def test_24_at_the_end_of_a_year_is_the_next_year() -> None:
    assert local(moment("2025-12-31", "24:00").occurred_from) == "2026-01-01 00:00"


def test_a_window_from_24_lies_in_the_next_day() -> None:
    assert window(at("24:00-01:00")) == ("2026-02-08 00:00", "2026-02-08 01:00")


@pytest.mark.parametrize("text", ["kvällen", "natt", "okänt", "på eftermiddagen", "Okänd tid"])
def test_a_time_in_words_leaves_the_day_and_is_told(text: str) -> None:
    found = at(text)
    assert (local(found.occurred_from), found.precision) == ("2026-02-07 00:00", TimePrecision.DAY)
    assert found.notes == (times.IN_WORDS,)


@pytest.mark.parametrize("text", ["", "-", "–", "?", " "])
def test_no_time_is_the_whole_day(text: str) -> None:
    assert (at(text).precision, at(text).notes) == (TimePrecision.DAY, ())


@pytest.mark.parametrize(
    "text",
    ["24:01", "25:00", "25", "12:60", "1260", "-1:00", "22-", "22-23-24", "22,3", "22.3", "22 30",
     "efter 22", "kvällen 22", "10:30 PM", "٢٢:٣٠", "22:30:15:10", "223015", "1" * 61],
)  # fmt: skip
def test_a_time_that_cannot_be_read_is_refused(text: str) -> None:
    assert str(wrong("2026-02-07", text)) == "Klockslaget går inte att läsa. Skriv det som 21:05."
    assert wrong("2026-02-07", text).field == "time"


# --- Both in one cell -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("2026-02-11 08:00", "2026-02-11 kl. 08.00", "2026-02-11, kl 8", "2026-02-11T08:00"),
        *("2026-02-11T08:00:59", "2026-02-11T08:00:00+01:00", "2026-02-11T08:00:00.000+01"),
        *("2026-02-11T07:00Z", "2026-02-11 07:00:00Z", "2026-02-11 08:00:00+01:00"),
        *("260211 0800", "20260211 0800", "11/2 2026 8.00", "onsdag 11 februari 2026 kl. 08.00"),
        *("11.2.2026 08:00", "2026-02-11T09:00+02:00", "2026-02-11T0700Z"),
    ],
)
def test_one_cell_may_hold_day_and_time(text: str) -> None:
    found = moment(text)
    assert found.occurred_from == datetime(2026, 2, 11, 7, tzinfo=UTC)
    assert found.precision is TimePrecision.EXACT


def test_a_window_may_stand_in_the_same_cell() -> None:
    assert window(moment("2026-02-07 22:30-23:15")) == ("2026-02-07 22:30", "2026-02-07 23:15")


def test_words_in_the_same_cell_leave_the_day() -> None:
    assert moment("2026-02-07 kvällen").notes == (times.IN_WORDS,)


def test_the_column_for_time_may_hold_the_whole_moment() -> None:
    assert local(moment("", "2026-02-07 22.30").occurred_from) == "2026-02-07 22:30"


@pytest.mark.parametrize("text", ["21:00", "kvällen", ""])
def test_a_time_alone_lacks_its_day(text: str) -> None:
    assert (wrong("", text).field, str(wrong("", text))) == ("date", "Datumet saknas.")


def test_the_midnight_of_a_spreadsheets_day_is_no_second_time() -> None:
    found = moment("2026-02-07 00:00", "19:20")
    assert (local(found.occurred_from), found.notes) == ("2026-02-07 19:20", ())


def test_of_two_times_the_column_for_time_is_used_and_told() -> None:
    found = moment("2026-02-07 10:00", "19:20")
    assert (local(found.occurred_from), found.notes) == ("2026-02-07 19:20", (TWO_TIMES,))


@pytest.mark.parametrize(
    "text", ["2026-02-11T00:00:00Z", "2026-02-10T23:00Z", "2026-02-11T00:00+01:00"]
)
def test_the_midnight_of_a_programs_day_is_no_second_time(text: str) -> None:
    found = moment(text, "19:20")
    assert (local(found.occurred_from), found.notes) == ("2026-02-11 19:20", ())


def test_an_instant_and_another_time_are_told() -> None:
    found = moment("2026-02-11T10:00Z", "19:20")
    assert (local(found.occurred_from), found.notes) == ("2026-02-11 19:20", (TWO_TIMES,))


def test_an_instant_stands_beside_a_time_in_words() -> None:
    found = moment("2026-02-11T10:00Z", "okänt")
    assert (local(found.occurred_from), found.notes) == ("2026-02-11 11:00", (times.IN_WORDS,))


def test_the_same_time_twice_is_one() -> None:
    assert moment("2026-02-07 19:20", "kl. 19.20").notes == ()


# --- The days when clocks are changed -------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "utc"),
    [("01:59", "00:59"), ("02:00", None), ("02:30", None), ("02:59", None), ("03:00", "01:00")],
)
def test_an_hour_that_does_not_exist_leaves_the_day_and_says_why(
    clock: str, utc: str | None
) -> None:
    found = moment("2026-03-29", clock)
    if utc:
        assert (f"{found.occurred_from:%H:%M}", found.notes) == (utc, ())
    else:
        assert local(found.occurred_from) == "2026-03-29 00:00"
        assert found.precision is TimePrecision.DAY
        reason = f"Klockslaget {clock} finns inte den dagen, då klockan ställdes fram"
        assert found.notes == (f"{reason}; bara dagen används.",)


@pytest.mark.parametrize(
    ("clock", "utc", "twice"),
    [("01:59", "23:59", False), ("02:00", "00:00", True), ("02:30", "00:30", True),
     ("02:59", "00:59", True), ("03:00", "02:00", False)],
)  # fmt: skip
def test_an_hour_that_comes_twice_is_the_first_and_told(
    clock: str, utc: str, *, twice: bool
) -> None:
    found = moment("2025-10-26", clock)
    assert f"{found.occurred_from:%H:%M}" == utc
    assert found.precision is TimePrecision.EXACT
    assert bool(found.notes and "två gånger den dagen; det första används" in found.notes[0]) is (
        twice
    )


def test_an_offset_tells_the_second_of_two_hours() -> None:
    found = moment("2025-10-26T02:30+01:00")
    assert (found.occurred_from, found.notes) == (datetime(2025, 10, 26, 1, 30, tzinfo=UTC), ())


def test_a_window_that_ends_in_no_hour_leaves_the_day() -> None:
    found = moment("2026-03-29", "01:30-02:30")
    assert (found.precision, found.occurred_to) == (TimePrecision.DAY, None)
    assert "02:30 finns inte" in found.notes[0]


def test_a_window_over_the_lost_hour_is_one_hour_shorter() -> None:
    found = moment("2026-03-29", "01:30-03:30")
    assert found.occurred_to == found.occurred_from + timedelta(hours=1)


def test_a_window_over_the_double_hour_is_one_hour_longer() -> None:
    found = moment("2025-10-26", "01:30-03:30")
    assert found.occurred_to == found.occurred_from + timedelta(hours=3)


def test_24_before_the_change_of_clocks_is_midnight() -> None:
    assert local(moment("2026-03-28", "24:00").occurred_from) == "2026-03-29 00:00"


# --- Until ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "end"),
    [
        *(("23.15", "02-07 23:15"), ("kl 23", "02-07 23:00"), ("22:31", "02-07 22:31")),
        *(("22:29", "02-08 22:29"), ("01", "02-08 01:00"), ("24:00", "02-08 00:00")),
        *(("2026-02-07 23:15", "02-07 23:15"), ("260209 0315", "02-09 03:15")),
        *(("2026-02-09T02:15Z", "02-09 03:15"), ("9/2 2026", "02-09 23:59")),
        ("22.45-23.15", "02-07 23:15"),
    ],
)
def test_an_end_makes_a_window(until: str, end: str) -> None:
    found = moment("2026-02-07", "22:30", until=until)
    assert window(found) == ("2026-02-07 22:30", f"2026-{end}")


def test_an_end_after_24_is_reckoned_from_that_midnight() -> None:
    found = moment("2026-02-07", "24:00", until="01:00")
    assert window(found) == ("2026-02-08 00:00", "2026-02-08 01:00")


def test_an_end_after_an_instant_is_reckoned_from_its_swedish_day() -> None:
    found = moment("2026-02-07T23:30Z", until="01:00")
    assert window(found) == ("2026-02-08 00:30", "2026-02-08 01:00")


def test_days_from_and_until_are_a_window_with_both() -> None:
    assert window(moment("2026-02-07", until="2026-02-08")) == (
        "2026-02-07 00:00",
        "2026-02-08 23:59",
    )


@pytest.mark.parametrize(("clock", "until"), [("", "2026-02-07"), ("22:30", "2026-02-07"),
                                              ("22:30", "22.30")])  # fmt: skip
def test_an_end_that_says_no_more_is_no_window(clock: str, until: str) -> None:
    found = moment("2026-02-07", clock, until=until)
    assert (found.occurred_to, found.notes) == (None, ())


def test_an_end_in_words_is_left_out_and_told() -> None:
    found = moment("2026-02-07", "22:30", until="pågår")
    assert (found.precision, found.notes) == (TimePrecision.EXACT, (UNTIL_IN_WORDS,))


def test_an_end_of_a_dash_is_none() -> None:
    assert moment("2026-02-07", "22:30", until="-").notes == ()


def test_an_end_that_does_not_exist_is_left_out_and_told() -> None:
    found = moment("2026-03-29", "01:30", until="02:30")
    assert (found.precision, found.occurred_to) == (TimePrecision.EXACT, None)
    assert found.notes[0].endswith("sluttiden räknas inte.")


@pytest.mark.parametrize(
    ("until", "words"),
    [("2026-02-06", "före starttiden"), ("2026-02-07 22:29", "före starttiden"),
     ("x9", "Sluttiden"), ("25:00", "Sluttiden"), ("2026-02-08 25:00", "Sluttiden")],
)  # fmt: skip
def test_an_end_that_cannot_be_is_refused(until: str, words: str) -> None:
    error = wrong("2026-02-07", "22:30", until=until)
    assert (error.field, words in str(error)) == ("until", True)
