"""The tables of weeks, meetings and publications, and their queries."""

from lagesbild.meetings.store import meetings, publications, weeks

__all__ = ["meetings", "publications", "weeks"]
