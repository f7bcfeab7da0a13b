"""The tables of actions and their incidents, and their queries."""

from lagesbild.actions.store import read, tables, write

__all__ = ["read", "tables", "write"]
