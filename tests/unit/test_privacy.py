"""The identity guard. Only published test numbers; others are made while the test runs."""

import re
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lagesbild.base import privacy
from lagesbild.base.errors import InvalidError
from lagesbild.base.privacy import Level

TEST_NUMBER = "811228-9874"  # published for tests, like the others here
RESERVED_MOBILES = range(701740605, 701740700)  # never given to anybody (PTS)
ASK_PHONE = "Är det ett telefonnummer tar du bort det också."
PUBLISHED_PATTERN = re.compile(  # as the specification has it
    r"(?<!\d)(?:(?P<c>18|19|20)\s?)?(?P<y>\d{2})(?P<m>0[1-9]|1[0-2])"
    r"(?P<d>0[1-9]|[12]\d|3[01]|6[0-9]|[78]\d|9[01])\s?[-+\u2010-\u2015\u2212]?\s?"
    r"(?P<n>\d{3})(?P<k>\d)(?!\d)"
)
ASKED_ABOUT = {
    "personnummer-liknande": [
        "dnr 202611121234", "811228-9875", "811228.9874", "150715-1805", "1507151805",
        "811228 1805", "19150715 1806", "150715 2405", "150715 1860",
    ],
    "interimsnummer": ["811228-T987", "19811228T987", "811228+T987"],
    "polisärende": ["5000-K123456-26", "0201-K123-26"],
    "lägenhet": ["lgh1102", "Lgh 1102", "LGH\u00a01102", "lgh nr 1102"],
    "registreringsnummer": [
        "ABC 123", "ABC123", "abc ABC 12D", "(XYZ 98A)", "bil ABC 123", "bussen stod vid ABC 123",
    ],
    "personord": [
        "född", "Född 2010", "FÖDD", "fo\u0308dd", "Han heter så", "skyddad identitet",
        "Mannen på gatan heter så", "skyddad bostad", "butiken, ägaren heter så",
    ],
    "e-post": ["a@b.se", "fornamn.efternamn@mail.exempel.se", "å.ö@exempel.se", "x＠y.se"],
    "telefon": [
        "070-174 06 05", "070 174 06 05", "0701740605", "070-1740605", "+46 70 174 06 05",
        "+46701740605", "+46 (0)8-535 313 45", "0046 70 174 06 05", "08-535 313 45", "0701234567",
        "08 535 313 45", "0853531345", "040-12 34 56", "0500-12 34 56", "0500\u201112 34 56",
        "070-174 06 00", "+46 70 174 06 00", "+47 22 00 00 00", "076-174 06 00",
    ],
}  # fmt: skip
LEFT_ALONE = [
    # references, coordinates, times, amounts
    "KS-2018/451.181", "212000-0068", "556080-1234", "L-2026-004711", "0126A0010", "0126R001",
    "6580098 669888", "669888 6570098", "158567 6566852", "59,2371 17,9815", "[17.9815, 59.2371]",
    "2026-11-12", "2026-11-12 14:30", "2026-11-12 14.30", "2026-11-12T14:30:00+01:00", "2026-W47",
    "20261112T143000Z", "20261112143000", "2026-11-12 – 2026-11-18", "23-05-2017 13:06",
    "210212 00.25", "12/11-2026 kl. 14.30", "kl. 0800-1600", "kl 08-12 14-16", "2023:196",
    "1 012 123 456 kr", "12345678901234567890", "34     19     19       20", "81 12 28 98 75",
    "5 81 12 28 98 74", "81 12 28 98 74 55", "ab811228-9874-7abc-8abc-abcdefabcdef",
    # almost a plate
    "SOS 112", "HVB 123", "SEK 500", "UTM 33N", "abc 123", "Abc 123", "ABC 1234", "ABCD 123",
    "ABI 123", "ABQ 123", "ABV 123", "ABC 12I", "ABC 12O", "BUSS 744", "1ABC 123", "ABC 123x",
    # almost a word, a telephone number, an address, a flat, a case
    "skyddade", "Skyddsrum", "oskyddad", "nyfödd", "födda", "trumpeter", "heteromorf", "114 14",
    "0126 113 920", "+20 000 kr", "+100 000 000 kr", "0800-0900", "@huddinge", "vid @ 5.0", "a@b",
    "@kommun.se", "lgh 110", "lgh 11022", "5000-K12-26", "811228-T9876", "810192-1230",
    "17,0812345678", "KS-2018/0812345678",
    # a day and a time, a switchboard, a service
    "150715 1805", "20150715 1805", "150715\u00a00000", "08-535 300 00", "+46 (0)8-535 300 00",
    "0853530000", "010-563 70 00", "0771-12 34 56", "020-12 34 56", "+4677112 34 56",
    # numbers and names of things
    "sal KTH 123", "buss ABC 123", "gatan heter Storgatan", "butiken som heter Prylen",
    "vad det heter", "en skyddad cykelplats",
]  # fmt: skip
ANY_TEXT = st.text() | st.text("0123456789 -+./@ABcåf\u200b\u00a0²８\n", max_size=60)
DAYS = st.dates(date(1900, 1, 1), date(2026, 12, 31))
SEPARATORS = ("", " - ", "-\u200d", *" -+\n\u00a0\u2009\u200b\u2212\u2013")
quick = settings(deadline=None, max_examples=40)


def rules(text: str) -> list[str]:
    return [finding.rule for finding in privacy.scan(text)]


def levels(text: str) -> list[Level]:
    return [finding.level for finding in privacy.scan(text)]


def is_blocked(text: str) -> bool:
    return Level.BLOCK in levels(text)


def completed(nine: str) -> str:
    """Add the control digit in the way of the textbook, unlike the code under test."""
    products = (int(digit) * (2 - place % 2) for place, digit in enumerate(nine))
    return nine + str(-sum(each - 9 if each > 9 else each for each in products) % 10)


@st.composite
def numbers(draw: st.DrawFn) -> str:
    day, birth_number = draw(DAYS), draw(st.integers(0, 999))
    six = f"{day:%y%m}{day.day + draw(st.sampled_from([0, 60])):02}"
    ten, sign = completed(f"{six}{birth_number:03}"), draw(st.sampled_from(SEPARATORS))
    century = draw(st.sampled_from(["", f"{day:%Y}"[:2]])) if sign != "+" else f"{day:%Y}"[:2]
    text = f"{century}{ten[:6]}{sign}{ten[6:]}"
    zero = draw(st.sampled_from("0٠０"))
    return "".join(chr(ord(zero) + int(each)) if each.isdigit() else each for each in text)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("811228-9874", "personnummer"), ("198112289874", "personnummer"),
        ("19811228-9874", "personnummer"), ("19 811228-9874", "personnummer"),
        ("670919-9530", "personnummer"), ("19121212-1212", "personnummer"),
        ("811228+9874", "personnummer"), ("811228\u22129874", "personnummer"),
        ("811228 9874", "personnummer"), ("811228 - 9874", "personnummer"),
        ("811228\r\n9874", "personnummer"), ("701063-2391", "samordningsnummer"),
    ],
)  # fmt: skip
def test_a_right_number_is_refused(text: str, rule: str) -> None:
    found = privacy.scan(f"Pojken, {text}, sprang.")
    assert [(each.rule, each.level) for each in found] == [(rule, Level.BLOCK)]


@pytest.mark.parametrize(
    ("rule", "text"), [(rule, text) for rule, texts in ASKED_ABOUT.items() for text in texts]
)
def test_what_may_point_at_a_person_is_asked_about(rule: str, text: str) -> None:
    found = privacy.scan(f"Obs {text}!")
    assert [(each.rule, each.level) for each in found] == [(rule, Level.WARN)]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert rules(f"Se {text} i listan.") == []


@pytest.mark.parametrize(
    ("six", "blocked"),
    [
        ("810101", True), ("810131", True), ("810132", False), ("810159", False),
        ("810160", True), ("810161", True), ("810191", True), ("810192", False),
        ("810100", False), ("810001", False), ("811201", True), ("811301", False),
        ("810430", True), ("810431", False), ("810490", True), ("810491", False),
        ("000229", True), ("990229", False), ("040289", True), ("050289", False),
    ],
)  # fmt: skip
def test_only_a_day_that_exists_makes_a_number(six: str, *, blocked: bool) -> None:
    assert is_blocked(completed(f"{six}123")) is blocked


@pytest.mark.parametrize(
    ("century", "six", "sign", "blocked"),
    [
        ("", "000229", "-", True), ("20", "000229", "-", True), ("19", "000229", "-", False),
        ("", "000229", "+", False), ("", "960229", "+", True), ("18", "000229", "-", False),
        ("18", "810228", "-", True), ("17", "810228", "-", False), ("21", "810228", "-", False),
    ],
)  # fmt: skip
def test_the_century_decides_on_the_leap_day(
    century: str, six: str, sign: str, *, blocked: bool
) -> None:
    assert is_blocked(f"{century}{six}{sign}{completed(f'{six}123')[6:]}") is blocked


@pytest.mark.parametrize("digit", "012356789")
def test_a_wrong_control_digit_is_only_asked_about(digit: str) -> None:
    assert levels(f"811228-987{digit}") == [Level.WARN]


def test_a_right_number_is_refused_though_it_reads_as_a_day_and_a_time() -> None:
    ten = next(t for clock in range(1800, 1810) if (t := f"150715{clock}") == completed(t[:9]))
    assert is_blocked(f"{ten[:6]} {ten[6:]}")
    assert is_blocked(f"20{ten[:6]} {ten[6:]}")


def test_the_installations_own_addresses_are_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "_functions", set())
    privacy.know("Trygghet@as.example", "https://as.example/kontakt")
    assert rules("Kontakt: trygghet@as.example") == []
    assert rules("Kontakt: anna.trygghet@as.example") == ["e-post"]


@pytest.mark.parametrize("text", ["1811228-9874", "811228-98741"])
def test_a_number_inside_a_longer_one_is_none(text: str) -> None:
    assert not is_blocked(text)


@pytest.mark.parametrize(
    "sign", "-\u2010\u2011\u2015\u2212\ufe58\uff0d\u207b \t\n\u2007\u202f\u3000\u2028"
)
def test_every_dash_and_every_space_separates(sign: str) -> None:
    assert is_blocked(f"811228{sign}9874")


@pytest.mark.parametrize("unseen", "\u200b\u200d\u00ad\u2060\ufeff\x00\u034f\u0336\u3164")
def test_a_sign_without_a_shape_hides_nothing(unseen: str) -> None:
    text = f"Se {unseen.join(TEST_NUMBER)}!"
    (found,) = privacy.scan(text)
    assert text[found.start : found.end] == unseen.join(TEST_NUMBER)


@pytest.mark.parametrize(
    "text", ["nr811228-9874x", "_811228-9874.", "811228-9874²", "811228-9874\u200b5", "⑧⑪②②⑧-9874"]
)
def test_what_stands_around_a_number_does_not_hide_it(text: str) -> None:
    assert is_blocked(text)


@pytest.mark.parametrize(
    "text",
    [
        "81 12 28 98 74", "81-12-28-9874", "1981-12-28-9874", "1981-12-28 9874", "1981.12.28.9874",
        "19 81 12 28 98 74", "81/12/28 9874", "811228/9874", "811228   9874", "811228 -- 9874",
        "811228-98 74", "811228 987-4", "81\u00a012\u200928\u202f98 74",
        "0190b2a4-7c1e-7d3a-9f00-198112289874",  # as the end of an id
    ],
)  # fmt: skip
def test_a_number_in_pieces_is_refused(text: str) -> None:
    assert rules(f"Nr {text}.") == ["personnummer"]


@pytest.mark.parametrize(
    ("nine", "form", "level"),
    [
        ("120304143", "{}-{}-{} {}", Level.WARN),  # 14.3x may be a time
        ("120304243", "{}-{}-{} {}", Level.BLOCK),
        ("120304243", "20{}-{}-{} {}", Level.WARN),  # may be an amount
        ("120304243", "20{}-{}-{}-{}", Level.BLOCK),
    ],
)
def test_a_date_with_a_time_or_an_amount_is_asked_about(nine: str, form: str, level: Level) -> None:
    ten = completed(nine)
    assert levels(form.format(ten[:2], ten[2:4], ten[4:6], ten[6:])) == [level]


def test_a_mobile_that_is_also_a_personal_number_is_refused_with_a_way_out() -> None:
    mobile = next(ten for each in RESERVED_MOBILES if (ten := f"0{each}") == completed(ten[:9]))
    (found,) = privacy.scan(f"Ring {mobile}.")
    assert (found.level, found.sentence.endswith(ASK_PHONE)) == (Level.BLOCK, True)


def test_a_number_that_cannot_be_a_telephone_gets_no_such_way_out() -> None:
    (found,) = privacy.scan(TEST_NUMBER)
    assert ASK_PHONE not in found.sentence


def test_a_refused_number_ousts_the_warning_around_it() -> None:
    (found,) = privacy.scan(f"{TEST_NUMBER}@exempel.se")
    assert (found.rule, found.start, found.end) == ("personnummer", 0, len(TEST_NUMBER))


def test_findings_stand_in_order_of_position() -> None:
    order = ["registreringsnummer", "personord", "personnummer", "e-post"]
    assert rules(f"ABC 123, född, {TEST_NUMBER}, a@b.se") == order


@pytest.mark.parametrize("confirmed", [False, True])
def test_nobody_can_insist_on_a_personal_number(*, confirmed: bool) -> None:
    with pytest.raises(InvalidError) as caught:
        privacy.guard("details", f"född {TEST_NUMBER}", confirmed=confirmed)
    assert (caught.value.field, caught.value.confirmable) == ("details", False)


def test_a_warning_stops_the_text_until_a_person_insists() -> None:
    with pytest.raises(InvalidError) as caught:
        privacy.guard("summary", "Ring 08-535 313 45")
    assert (caught.value.field, caught.value.confirmable) == ("summary", True)


def test_the_guard_lets_through_what_is_ordinary_or_insisted_on() -> None:
    privacy.guard("summary", "Brand i papperskorg vid centrum kl. 22.30.")
    privacy.guard("summary", "Ring 08-535 313 45", confirmed=True)


def test_the_guard_says_each_thing_once() -> None:
    with pytest.raises(InvalidError, match=r"registreringsnummer.*lägenhetsnummer") as caught:
        privacy.guard("summary", "ABC 123 och XYZ 987, lgh 1102")
    assert str(caught.value).count("registreringsnummer") == 1


def test_only_what_is_refused_is_taken_away() -> None:
    text = f"ABC 123, {TEST_NUMBER} 81 12 28 98 74 och 19121212-12⑫!"
    assert privacy.redacted(text) == "ABC 123, [borttaget] [borttaget] och [borttaget]!"


@quick
@given(numbers(), st.text(), st.text(), st.sampled_from("(x: \n"), st.sampled_from(")x,.\n"))
def test_a_right_number_never_comes_through(
    number: str, before: str, after: str, left: str, right: str
) -> None:
    text = f"{before}{left}{number}{right}{after}"
    refused = [each for each in privacy.scan(text) if each.level == Level.BLOCK]
    assert any(number in text[each.start : each.end] for each in refused)
    assert all(number not in each.sentence for each in refused)
    assert number not in privacy.redacted(text)


@quick
@given(ANY_TEXT)
def test_any_text_is_read_and_findings_lie_in_order_inside_it(text: str) -> None:
    places = [place for found in privacy.scan(text) for place in (found.start, found.end)]
    assert [0, *places, len(text)] == sorted([0, *places, len(text)])


@quick
@given(ANY_TEXT)
def test_what_is_left_after_redaction_is_not_refused(text: str) -> None:
    assert not is_blocked(privacy.redacted(text))


@quick
@given(st.lists(st.sampled_from(["811228", "98", "74", "19", "20", "-", " ", "+", "–", "x"])))
def test_all_that_the_published_pattern_finds_is_found(pieces: list[str]) -> None:
    found = privacy.scan("".join(pieces))
    for hit in PUBLISHED_PATTERN.finditer("".join(pieces)):
        assert any(each.start <= hit.start() and hit.end() <= each.end for each in found)


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "1 ",
        "811228 ",
        "0 0-",
        "+1 (",
        "a@",
        "@a.",
        "A",
        "a",
        "\u200b",
        "\u200b1",
        "1-",
        "heter ",
        "ABC 123 ",
        "skyddad ",
        "08-535 300 00 ",
        "150715 1805 ",
    ],
)
def test_the_time_grows_with_the_length_and_not_faster(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        started = time.process_time()  # of this process: a busy machine changes nothing
        privacy.scan(text)
        return time.process_time() - started

    few, many = (min(seconds(length) for _ in range(3)) for length in (2_000, 32_000))
    assert many < 3**4 * few  # four doublings, each at most three times as long
