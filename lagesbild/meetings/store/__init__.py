"""The tables of weeks, meetings, fixed pictures and publications, and their queries."""

from lagesbild.meetings.store import (
    assessments,
    coming,
    fixed,
    meetings,
    publications,
    sitting,
    tables,
    weeks,
)

__all__ = [
    "assessments",
    "coming",
    "fixed",
    "meetings",
    "publications",
    "sitting",
    "tables",
    "weeks",
]
