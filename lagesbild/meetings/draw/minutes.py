"""Minutes as PDF and as text, from templates that know no Flask."""

from collections.abc import Callable
from datetime import date, datetime

from lagesbild.base import printing
from lagesbild.base.clock import day_text, moment_text, period_text
from lagesbild.base.lines import wrapped
from lagesbild.meetings.rules.minutes import Minutes

COLUMNS = 72


def text(minutes: Minutes) -> str:
    """Return minutes as plain text, in lines of at most 72 signs."""
    return _templates.get_template("meetings/minutes.txt").render(minutes=minutes)


def pdf(minutes: Minutes) -> bytes:
    """Return minutes as a tagged PDF for paper and archive."""
    page = _templates.get_template("meetings/minutes_pdf.html").render(minutes=minutes)
    return printing.pdf(page)


def _day(day: str) -> str:
    return day_text(date.fromisoformat(day))


def _moment(moment: str | datetime) -> str:
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return moment_text(when)


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    return wrapped(" ".join(text.split()), COLUMNS, first, rest)


def _mean(mean: float) -> str:
    words = f"{mean:.0f}" if mean >= 10 or not mean else f"{mean:.1f}"  # noqa: PLR2004 – as on pages
    return words.replace(".", ",")


FILTERS: dict[str, Callable[..., str]] = {
    "mean_words": _mean,
    "iso_day": _day,
    "iso_moment": _moment,
    "days": period_text,
    "wrapped": _wrapped,
}
_templates = printing.templates(FILTERS)
