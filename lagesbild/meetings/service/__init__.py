"""What the group does with weeks: permission, rule, store, audit, in that order."""

from lagesbild.meetings.service.publishing import correct, editions, publish, published
from lagesbild.meetings.service.week import picture, report_nothing, shown_first

__all__ = [
    "correct",
    "editions",
    "picture",
    "publish",
    "published",
    "report_nothing",
    "shown_first",
]
