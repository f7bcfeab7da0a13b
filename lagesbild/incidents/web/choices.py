"""What forms and filters let one choose from."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from lagesbild.access import service as access
from lagesbild.base.db import Session
from lagesbild.districts import service as districts
from lagesbild.incidents import service
from lagesbild.incidents.rules import Category
from lagesbild.incidents.web import words
from lagesbild.people.rules import Actor


def choices(session: Session, actor: Actor) -> dict[str, Any]:
    """Return what forms and filters let one choose from, and the names of ids."""
    known = service.categories(session, actor)
    in_groups = defaultdict[str, list[Category]](list)
    for category in known.values():
        in_groups[category.group].append(category)
    areas = districts.districts(session, actor)
    members = access.organisations(session, actor)
    return {
        "categories": known,
        "category_groups": in_groups,
        "districts": areas,
        "organisations": members,
        "district_choices": [(d.slug, d.name) for d in areas],
        "organisation_choices": [(o.slug, o.name) for o in members],
        "district_names": {d.id: d.name for d in areas},
        "organisation_of": {o.id: o for o in members},
        "words": words,
    }


def tiles(codes: Mapping[str, list[Category]]) -> list[dict[str, Any]]:
    """Return the groups of codes as they are chosen from: a tile, a key, a question, its codes."""
    return [
        {
            "group": group,
            "text": words.TILE.get(group, name),
            "key": words.KEY[group],
            "question": words.WHICH[group],
            "codes": codes[group],
        }
        for group, name in words.GROUP.items()
        if group in codes
    ]
