"""The tables of weeks and publications, and their queries."""

from lagesbild.meetings.store import publications, weeks

__all__ = ["publications", "weeks"]
