"""The letter as mail readers show it: what holds, what links, and what can never do harm."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from lagesbild.digests.draw import letter
from lagesbild.digests.rules import Form
from lagesbild.digests.rules.known import KnownEvent
from lagesbild.digests.rules.wording import Wording
from tests.build import NOBODY
from tests.unit.digest_letters import (
    EXAMPLE,
    GROUP,
    HEAD,
    WORDING,
    district,
    of,
    outlines,
    told,
    visible,
)

PAGE = "https://lagesbild.demo.example/g/demo"
NASTY = '<b onclick="x">&\'</b><script>alert(1)</script><img src="https://x.example/1.gif">'


class Tags(HTMLParser):
    """The tags of a page with their attributes, as a browser reads them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.seen if name == tag]


def links(html: str) -> list[str | None]:
    return [a["href"] for a in Tags(html).of("a")]


def test_the_html_holds_without_a_style_sheet() -> None:
    html = letter.compose(of()).html
    assert html.startswith('<!DOCTYPE html><html lang="sv">')
    assert html.count("<style") == 3  # phone, dark and print
    assert re.search(r'<h1 [^>]*style="[^"]*font-size: ?28px', html)
    for tag in ("h2", "p", "li", "td", "th"):
        assert all("font-family" in str(a.get("style")) for a in Tags(html).of(tag) if tag != "td")


def test_nothing_comes_from_elsewhere_and_nothing_is_traced() -> None:
    html = letter.compose(of()).html
    page = Tags(html)
    assert [a["src"] for a in page.of("img")] == ["cid:karta"]
    assert not {tag for tag, _ in page.seen} & {"script", "link", "iframe", "form", "object"}
    assert "url(" not in html
    assert "@import" not in html


def test_the_table_is_one_to_who_cannot_see_it() -> None:
    page = Tags(letter.compose(of()).html)
    assert [a.get("scope") for a in page.of("th")] == ["col"] * 6 + ["row"] * (len(EXAMPLE) + 1)
    tables = page.of("table")
    assert [a.get("role") for a in tables if "tab" not in str(a.get("class")).split()] == [
        "presentation"
    ] * 3
    assert [tag for tag, _ in page.seen if tag == "h1"] == ["h1"]


def test_no_mark_is_told_by_its_colour_alone() -> None:
    seen = visible(letter.compose(of()).html).replace("\u00a0", " ")
    assert "Skogås 34 19 19 20 ▲▲ tydligt fler" in seen
    assert "Vårby 17 21 22 26 ○ som vanligt" in seen


@pytest.mark.parametrize(
    ("mark", "shown", "capitals"),
    [
        ("farre", "▼ färre än vanligt", "färre än vanligt"),
        ("fler", "△ fler", "fler"),
        ("tydligt-fler", "▲▲ tydligt fler", "TYDLIGT FLER"),
        ("for-fa", "··· för få för att bedöma", "för få för att bedöma"),
    ],
)
def test_each_mark_has_its_sign_and_its_word(mark: str, shown: str, capitals: str) -> None:
    rows = told()
    rows["districts"][0] |= {"mark": mark}
    made = letter.compose(of(rows))
    assert f"Flemingsberg 31 24 24 25 {shown}" in visible(made.html).replace("\u00a0", " ")
    assert re.search(rf"^  Flemingsberg +31 +24 +24 +25  +{capitals}$", made.text, re.MULTILINE)
    assert max(map(len, made.text.partition("AVVIKELSER")[0].splitlines())) <= 72


def test_each_number_leads_to_its_filtered_page() -> None:
    found = links(letter.compose(of()).html)
    for week in ("2026-W47", "2026-W46", "2025-W47"):
        assert f"{PAGE}/omraden/skogas?week={week}" in found
        assert f"{PAGE}/vecka/{week}" in found


def test_problems_and_actions_lead_to_their_pages() -> None:
    more = replace(WORDING, new="2026-118 Se KS-2026-119, https://x.example/2026-120.", problems="")
    found = links(letter.compose(of(wording=more)).html)
    assert f"{PAGE}/atgarder/2026-118" in found
    assert f"{PAGE}/problem/P-19" not in found
    assert f"{PAGE}/problem/P-19" in links(letter.compose(of()).html)
    assert not [link for link in found if str(link).endswith(("2026-120", "KS-2026-119"))]


def test_what_was_left_out_leads_to_the_whole_list() -> None:
    more = replace(
        WORDING,
        new="… och 7 till, se åtgärdslistan.",
        problems="… och 2 till, se listan över problem.",
    )
    found = links(letter.compose(of(wording=more)).html)
    assert f"{PAGE}/atgarder" in found
    assert f"{PAGE}/problem" in found


@pytest.mark.parametrize(
    ("link", "followed"),
    [
        ("https://polisen.example/a?b=1&c=2", True),
        ("javascript:alert(1)", False),
        ("https://x.example/ onclick=", False),
        ("", False),
    ],
)
def test_only_an_address_is_a_link(link: str, followed: bool) -> None:  # noqa: FBT001 – a parameter of the test
    known = [KnownEvent(NOBODY, "Skottlossning.", link, "Polisen")]
    made = letter.compose(of(known=known))
    assert (link in links(made.html)) is followed
    assert (f"\n  {link}\n" in made.text) is followed
    assert "Polisen" in visible(made.html)


@pytest.mark.parametrize("form", Form)
def test_nothing_that_people_write_is_ever_markup(form: Form) -> None:
    written = Wording(NASTY, NASTY, NASTY, NASTY, NASTY, NASTY, NASTY, NASTY, NASTY, NASTY)
    rows = told(districts=[district(NASTY, 20, 10, 10, 10)])
    made = letter.compose(
        of(
            rows,
            wording=written,
            outlines=outlines([NASTY]),
            known=[KnownEvent(NOBODY, NASTY, "https://x.example", NASTY)],
            group=replace(GROUP, name=NASTY, municipality=f"{NASTY} kommun"),
            head=replace(HEAD, role=NASTY, contact=NASTY, record=NASTY, organisations=[NASTY]),
        ),
        form,
    )
    page = Tags(made.html)
    assert not {"onclick"} & {name for _, attributes in page.seen for name in attributes}
    assert not {tag for tag, _ in page.seen} & {"script"}
    assert [a["src"] for a in page.of("img")] == ["cid:karta"][: form is Form.FULL]
    if form is not Form.NOTICE:
        assert NASTY in visible(made.html)


def test_what_nobody_sees_is_not_written() -> None:
    hidden = replace(WORDING, short="\u202eabc\x00\x07\u200bd\u00adefg")
    made = letter.compose(of(wording=hidden))
    assert "* abcdefg\n" in made.text
    for sign in "\u202e\x00\x07\u200b\u00ad":
        assert sign not in made.html


def test_junk_of_six_hundred_signs_breaks_no_line() -> None:
    junk = replace(WORDING, short="å" * 600, problems=f"P-1 {'9' * 600}", coming="x" * 600)
    made = letter.compose(of(wording=junk))
    assert max(len(line) for line in made.text.splitlines() if "://" not in line) <= 72
    assert "overflow-wrap: anywhere" in made.html.partition("<body")[2]


def test_an_address_in_a_text_is_never_broken() -> None:
    address = f"https://x.example/{'a' * 100}"
    made = letter.compose(of(wording=replace(WORDING, coming=f"Se {address} och kom.")))
    assert f"{address}\n" in made.text


def test_all_with_long_names_keeps_to_its_lines() -> None:
    names = [
        "Norra Djursholmsskogens fritidsbebyggelse",
        "Kungsängens-Tibble-Bergaholms tätort",
        "Västra Vällingbyområdet och Råcksta",
        "Ö",
    ]
    rows = told(districts=[district(name, 31, 24, 24, 25, mark="for-fa") for name in names])
    made = letter.compose(of(rows, outlines=outlines(names)))
    assert max(len(line) for line in made.text.splitlines() if "://" not in line) <= 72
    assert all(name in visible(made.html) for name in names)
    assert made.picture is not None


def test_dates_and_references_are_not_broken_over_two_lines() -> None:
    html = letter.compose(of()).html.replace("&nbsp;", "\u00a0")
    assert "tors\u00a026\u00a0nov" in html
    assert "14\u00a0dagar\u00a0sen" in html
    assert re.search(r'<a class="ref"[^>]*white-space: ?nowrap[^>]*>2026-118<', html)
