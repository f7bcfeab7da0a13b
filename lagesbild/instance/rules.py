"""Whether this installation is the one that its database belongs to."""

from dataclasses import dataclass
from enum import StrEnum

RESUME = "Kör lagesbild resume om det är härifrån breven ska gå."


class Standing(StrEnum):
    """What an installation is to its database."""

    OURS = "ours"
    UNCLAIMED = "unclaimed"
    RESTORED = "restored"
    ELSEWHERE = "elsewhere"
    STRANGER = "stranger"
    MOVED = "moved"


MAY_SEND = {Standing.OURS, Standing.UNCLAIMED}
TEXT = {
    Standing.OURS: "Databasen hör till den här installationen.",
    Standing.UNCLAIMED: "Databasen hör inte till någon installation än. Den första start tar den.",
    Standing.RESTORED: "Databasen är återställd från en säkerhetskopia.",
    Standing.ELSEWHERE: "Databasen är en kopia: den har bytt databasserver eller lagts in på nytt.",
    Standing.STRANGER: (
        "Databasen hör till en annan installation: filen instance i datamappen eller"
        " LAGESBILD_INSTANCE saknas, eller är en annan."
    ),
    Standing.MOVED: "Datamappen är kopierad eller flyttad hit.",
}


@dataclass(frozen=True)
class Claim:
    """What the database says: the name and place of its installation, and where it is now.

    A place is a cluster and a database in it: dumped and restored, a database has another one.
    """

    name: str | None
    place: str | None
    here: str
    restored: bool = False


@dataclass(frozen=True)
class Local:
    """What this machine says: the installation's name, and whether its file was made elsewhere."""

    name: str
    moved: bool = False


def standing(claim: Claim, local: Local | None) -> Standing:
    """Return what an installation is to a database. Whatever is in doubt is a copy."""
    if claim.name is None:
        return Standing.RESTORED if claim.restored else Standing.UNCLAIMED
    if claim.place != claim.here:
        return Standing.ELSEWHERE
    if local is None or local.name != claim.name:
        return Standing.STRANGER
    return Standing.MOVED if local.moved else Standing.OURS


def refusal(found: Standing) -> str:
    """Return why no letter leaves from here, or nothing."""
    return "" if found in MAY_SEND else f"{TEXT[found]} Inga brev skickas härifrån. {RESUME}"
