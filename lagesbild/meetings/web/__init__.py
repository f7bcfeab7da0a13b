"""What the group meets about: pages and API."""

from lagesbild.base.openapi import Chapter
from lagesbild.meetings.web import deciding, meeting, minutes, pictures, series, week, writing
from lagesbild.meetings.web.week import api, bp

PAGES = (bp, meeting.bp, writing.bp, deciding.bp, minutes.bp)
CHAPTER = Chapter("Weeks", week.OPERATIONS | series.OPERATIONS | pictures.OPERATIONS)

__all__ = ["CHAPTER", "PAGES", "api"]
