"""A list of incidents as another organisation keeps it, read as it is."""

from lagesbild.exchange.rules.lists.columns import NAMES, Column, Row, plain, shown
from lagesbild.exchange.rules.lists.numbering import Numbered, content, numbered
from lagesbild.exchange.rules.lists.tables import Kind, Layout, Table, layout, table

__all__ = [
    "NAMES",
    "Column",
    "Kind",
    "Layout",
    "Numbered",
    "Row",
    "Table",
    "content",
    "layout",
    "numbered",
    "plain",
    "shown",
    "table",
]
