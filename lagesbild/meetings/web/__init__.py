"""What the group meets about: pages and API."""

from lagesbild.meetings.web.week import CHAPTER, api, bp

__all__ = ["CHAPTER", "api", "bp"]
