"""What goes when there is no letter, or only that there is one. Nothing of a week stands in it."""

from collections.abc import Sequence
from datetime import date, timedelta

from lagesbild.base.clock import Period, day_text
from lagesbild.digests.draw import view, words
from lagesbild.digests.draw.templates import set_out
from lagesbild.digests.draw.words import Basis, Head
from lagesbild.digests.rules import Form, Letter, page_of
from lagesbild.people.rules import Group

LONGEST_GAP = timedelta(days=13)  # to the day of the next letter; after it the group has been away


def delayed(group: Group, period: Period, *, base_url: str, head: Head | None = None) -> Letter:
    """Return what goes in the place of a letter that is not approved in time."""
    reader = "Ni" if view.address(group.letter_to)["your"] == "er" else "Du"
    lines = [
        f"Brevet för vecka {period.week} är försenat. Det skickas så snart det är godkänt.",
        f"{reader} behöver inte göra något.",
    ]
    title = f"Lägesbild {words.name(group)}v. {period.week} är försenad"
    return _notice(group, title, lines, page=page_of(group, base_url), head=head)


def no_letter(
    group: Group, period: Period, returns: date | None, *, base_url: str, head: Head | None = None
) -> Letter:
    """Return what goes when a group does not meet: for a week, or until it has been away."""
    back = day_text(returns, seen=period.end) if returns else ""
    title = f"Ingen lägesbild {words.name(group)}v. {period.week}"
    lines = [
        "Gruppen möts inte den här veckan, så det blir inget brev.",
        f"Nästa brev kommer {back}." if returns else "Nästa brev kommer när gruppen möts igen.",
    ]
    if returns and returns > period.meeting_day + LONGEST_GAP:
        title = f"{title}: uppehåll till {back}"
        lines = [
            f"Gruppen har uppehåll. Nästa brev kommer {back}.",
            "Det omfattar även veckorna utan brev.",
        ]
    return _notice(group, title, lines, page=page_of(group, base_url), head=head)


def arrived(basis: Basis) -> Letter:
    """Return the notice that there is a letter, and where it is read."""
    return _notice(
        basis.group,
        f"{words.what(basis)} finns att läsa",
        ["Brevet läses efter inloggning."],
        page=basis.page,
        head=basis.head,
        link=view.link(basis, Form.NOTICE),
    )


def _notice(
    group: Group, title: str, lines: Sequence[str], *, page: str, head: Head | None, link: str = ""
) -> Letter:
    shown = {
        "subject": title,
        "title": title,
        "author": group.municipality,
        "whose": group.municipality,
        "lines": lines,
        "link": link,
        **view.end(head or Head(), page, ""),
    }
    return set_out("letter_notice", title, shown)
