"""What the group does with weeks: permission, rule, store, audit, in that order."""

from lagesbild.meetings.service.publishing import (
    correct,
    editions,
    inward,
    publish,
    published,
    totals_between,
)
from lagesbild.meetings.service.series import coming, make_ahead, meeting, settle, starts
from lagesbild.meetings.service.week import picture, report_nothing, shown_first, silent

__all__ = [
    "coming",
    "correct",
    "editions",
    "inward",
    "make_ahead",
    "meeting",
    "picture",
    "publish",
    "published",
    "report_nothing",
    "settle",
    "shown_first",
    "silent",
    "starts",
    "totals_between",
]
