"""The letter for machines: the same figures and words, beside it in the archive."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from lagesbild.digests.draw import figures, words
from lagesbild.digests.draw.words import NOT_INCLUDED, UNPLACED, WHOLE, Basis
from lagesbild.digests.rules import Kind, Letter, fingerprint
from lagesbild.digests.rules.told import Numbers
from lagesbild.meetings.rules.sentences import TEXT


def as_json(basis: Basis, letter: Letter) -> dict[str, object]:
    """Return a letter as plain JSON values; hidden numbers are null.

    The digest is that of the letter without this.
    """
    said, head = basis.wording, basis.head
    is_extra = head.kind is Kind.EXTRA
    return {
        "kind": head.kind.value,
        "week": basis.period.name,
        "window_from": basis.period.first_day.isoformat(),
        "window_to": basis.period.last_day.isoformat(),
        "covers": [{"week": each.period.name, "total": each.total} for each in basis.covers],
        "municipality": basis.group.municipality,
        "group": basis.group.name,
        "number": head.number,
        "version": head.version,
        "record": head.record,
        "fixed_at": _moment(head.fixed_at),
        "late": basis.late,
        "subject": letter.subject,
        "in_short": said.lines("short"),
        "changed": said.lines("changed"),
        **({} if is_extra else _week(basis)),
        "known_events": [
            {"text": event.text, "link": event.link, "owner": event.owner} for event in basis.known
        ],
        "omitted": [NOT_INCLUDED],
        "sha256": fingerprint(replace(letter, content={}, pdf=None)).hex(),
    }


def _week(basis: Basis) -> Mapping[str, object]:
    content, said = basis.content, basis.wording
    rows = [*content.districts, replace(content.unplaced, name=UNPLACED)]
    counts = dict(zip(("open", "new", "overdue", "closed"), said.counts or (), strict=False))
    return {
        "state": words.sentence(content),
        "first_line": words.first_line(content),
        "figures": [_row(row) for row in (*rows, replace(content.total, name=WHOLE))]
        if not figures.is_small(basis)
        else [_row(replace(content.total, name=WHOLE))],
        "attention": said.lines("attention"),
        "deviations": said.lines("deviations"),
        "concerns": said.lines("problems"),
        "actions": {
            "new": said.lines("new"),
            "overdue": said.lines("late"),
            "closed": said.lines("done"),
            "counts": counts,
        },
        "answers": said.lines("answers"),
        "coming": said.lines("coming"),
        "coverage": [
            {"organisation": each.name, "answered": each.answered} for each in content.coverage
        ],
    }


def _row(row: Numbers) -> dict[str, object]:
    return {
        "slug": row.slug,
        "name": row.name,
        "this_week": row.this,
        "last_week": row.last,
        "mean_of_four": row.mean,
        "same_week_last_year": row.year,
        "mark": row.mark.value if row.mark else None,
        "words": TEXT[row.mark] if row.mark else None,
        "expected": row.expected,
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
