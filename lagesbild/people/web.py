"""Who is asking, and in which group."""

from flask import current_app, g

from lagesbild.base.errors import InvalidError, SignInError
from lagesbild.people.rules import Actor, Visitor


def take_group(_endpoint: str | None, values: dict[str, object] | None) -> None:
    """Take the group out of the address, so that no view needs it as a parameter."""
    g.group_slug = (values or {}).pop("group", None)


def give_group(endpoint: str, values: dict[str, object]) -> None:
    """Put the actor's group into every address that needs one."""
    if "group" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "group"):
        values["group"] = current_actor().group.slug


def actor_if_known() -> Actor | None:
    """Return who is asking where that is clear, for pages that anybody may get."""
    visitor: Visitor | None = g.get("visitor")
    if visitor is None:
        return None
    if g.group_slug is not None:
        return visitor.actor_in(g.group_slug)
    return visitor.actors[0] if len(visitor.actors) == 1 else None


def current_actor() -> Actor:
    """Return who is asking, in the group of the address or in their only one."""
    found = actor_if_known()
    if found is not None:
        return found
    if g.visitor is None:
        raise SignInError("Logga in för att fortsätta.")
    slugs = ", ".join(actor.group.slug for actor in g.visitor.actors)
    raise InvalidError("group", f"Du är med i flera grupper. Välj en i adressen: {slugs}.")
