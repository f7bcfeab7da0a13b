"""What the group meets about, and when: pages and API."""

from lagesbild.base.openapi import Chapter
from lagesbild.meetings.web import series, week
from lagesbild.meetings.web.week import api, bp

__all__ = ["CHAPTER", "api", "bp"]

CHAPTER = Chapter("Weeks", week.OPERATIONS | series.OPERATIONS)
