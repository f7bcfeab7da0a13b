"""What the demo's letters say, who gets them, and what is asked about them.

Weeks are counted back from the one that closed last, 1, as they are where the group meets.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lagesbild.base.clock import STOCKHOLM, day_text
from lagesbild.demo.rules import work
from lagesbild.digests.rules import Form
from lagesbild.digests.rules.recipients import ListName
from lagesbild.digests.rules.schedule import Rule, Schedule

DOMAIN = "demo.example"  # reserved for examples: no mail server in the world takes it
ANSWER = "exempel, inget har skickats"  # in place of what a mail server would have said
CLOSED, LAST = 1, 2  # the week that waits to be met over, and that of the last letter
ORDER = ("polis", "brand")  # who approves, in turn


@dataclass(frozen=True)
class Words:
    """What the coordinator adds to the first wording of a week's letter."""

    attention: str = ""
    coming: str = ""


@dataclass(frozen=True)
class Listed:
    """An address on a list, and until the letter of which week, counted back."""

    list: ListName
    title: str
    name: str
    last: int | None = None
    first: int | None = None


@dataclass(frozen=True)
class Asked:
    """A question about a week's letter, how long after it was sent, and the group's answer."""

    week: int
    after: timedelta
    text: str
    answer: str = ""


@dataclass(frozen=True)
class Known:
    """What an authority has published itself, and who proposes to name it."""

    week: int
    text: str
    link: str
    owner: str
    proposed_by: str


LISTED = (
    Listed(ListName.CHAIR, "Ordförande i brottsförebyggande rådet", "ordforande"),
    Listed(ListName.PRESIDIUM, "Vice ordförande", "vice-ordforande"),
    Listed(ListName.PRESIDIUM, "Andre vice ordförande, till årsskiftet", "andre-vice", last=4),
    Listed(ListName.PRESIDIUM, "Andre vice ordförande", "ny-andre-vice", first=3),
    Listed(ListName.COUNCIL, "Brottsförebyggande rådets kansli", "radet"),
    Listed(ListName.OWNERS, "Kommundirektör", "kommundirektor"),
    Listed(ListName.OWNERS, "Lokalpolisområdets ledning", "lokalpolisomrade"),
    Listed(ListName.OWNERS, "Räddningschef", "raddningschef"),
)
FORMS = {ListName.COUNCIL: Form.NOTICE, ListName.OWNERS: Form.SHORT}
ASKED = (
    Asked(
        3,
        timedelta(hours=18),
        "Vad hände med kamerorna vid torget i Flemingsberg?",
        "Åtgärden är avbruten, eftersom torget byggs om. Ett nytt förslag kommer till våren.",
    ),
    Asked(2, timedelta(hours=19), "Är skolorna med i arbetet mot mopeder på gångvägarna i Vårby?"),
)
KNOWN = Known(
    CLOSED,
    "Personbil som brann på en parkering i Sjödalen-Fullersta, släckt utan spridning."
    " Ingen skadad.",
    "https://brandforsvaret.example/handelser/bilbrand",
    owner="brand",
    proposed_by="kommun",
)


def schedule(now: datetime) -> Schedule:
    """Return what the group has settled about its letters."""
    return Schedule(
        Rule.OTHER,
        sender="Trygghet och säkerhet, Demokommunen",
        contact=f"trygghet@{DOMAIN}",
        record=f"KS-{now.astimezone(STOCKHOLM).year}/0123",
    )


def words(now: datetime) -> Mapping[int, Words]:
    """Return what is added to the letters, by week."""
    due = work.met(now, TUNNEL.weeks_ago).astimezone(STOCKHOLM).date()
    due += timedelta(days=TUNNEL.due_days or 0)
    return {
        5: Words(coming="Föräldravandring i Flemingsberg fredag kl. 20–22."),
        4: Words(coming="Tillsyn av serveringsställen tillsammans med polisen på fredag."),
        3: Words(coming="Trygghetsvandringen i Vårby förbereds med fastighetsägarna."),
        LAST: Words(
            attention=f"{TUNNEL.what}, {TUNNEL.district}. Skulle ha varit klar {day_text(due)}."
            " Ansvarig förvaltning saknar medel i år. Förslag: lyft frågan till nämndens"
            " ordförande."
        ),
    }


[TUNNEL] = [deed for deed in work.DEEDS if deed.what == "Belysning i gångtunneln"]
