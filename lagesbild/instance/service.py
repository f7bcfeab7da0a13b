"""Taking a database, and knowing whether letters may leave from here.

Nobody is asked for a permission: these are the machine's own questions, before any actor.
"""

from lagesbild.base.db import looking_out
from lagesbild.base.errors import SetupError
from lagesbild.base.installation import Finding
from lagesbild.base.settings import Settings
from lagesbild.instance import rules
from lagesbild.instance.rules import Standing
from lagesbild.instance.store import database, file


def standing(settings: Settings) -> Standing:
    """Return what this installation is to the database that sessions are bound to."""
    with looking_out() as session:
        claim = database.claim(session)
    return rules.standing(claim, file.local(settings))


def refusal(settings: Settings) -> str:
    """Return why no letter may leave from here, or nothing."""
    return rules.refusal(standing(settings))


def refuse_copy(settings: Settings) -> None:
    """Raise `SetupError` where no letter may leave from here."""
    if sentence := refusal(settings):
        raise SetupError(sentence)


def finding(settings: Settings) -> Finding:
    """Return what `check` says about it."""
    found = standing(settings)
    return Finding(good=not rules.refusal(found), text=rules.refusal(found) or rules.TEXT[found])


def claim(settings: Settings) -> None:
    """Take a database that is new. One that belongs to somebody is left alone."""
    if standing(settings) is Standing.UNCLAIMED:
        database.put_first(settings.owner_url, lambda: file.named(settings, anew=False))


def take(settings: Settings) -> None:
    """Make this the installation that the database belongs to, under a new name."""
    database.put(settings.owner_url, lambda: file.named(settings, anew=True))
