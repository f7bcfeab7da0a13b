"""The tables of the police's events and of the calls for them, and their queries."""

from lagesbild.police.store import calls, events

__all__ = ["calls", "events"]
