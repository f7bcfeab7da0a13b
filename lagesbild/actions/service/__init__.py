"""What the group does with actions: permission, rule, store, audit, in that order."""

from lagesbild.actions.service.changing import decide, edit, move, note, propose
from lagesbild.actions.service.effects import effect
from lagesbild.actions.service.linking import led_to, link, linked, links, unlink
from lagesbild.actions.service.reading import (
    closed,
    closed_since,
    focuses,
    history,
    of_problem,
    one,
    open_at,
)
from lagesbild.actions.service.telling import decided_since, linked_since

__all__ = [
    "closed",
    "closed_since",
    "decide",
    "decided_since",
    "edit",
    "effect",
    "focuses",
    "history",
    "led_to",
    "link",
    "linked",
    "linked_since",
    "links",
    "move",
    "note",
    "of_problem",
    "one",
    "open_at",
    "propose",
    "unlink",
]
