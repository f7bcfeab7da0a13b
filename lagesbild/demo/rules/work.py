"""What the demo's group has decided. Weeks and days are counted from its last meeting."""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from lagesbild.actions.rules import Effect, Kind, Move, Result, State
from lagesbild.base.clock import STOCKHOLM, Period
from lagesbild.demo.rules import patterns
from lagesbild.problems.rules import Direction


@dataclass(frozen=True)
class Story:
    """A problem, and which types in its district and in which weeks are linked with it."""

    title: str
    description: str
    district: str
    category: str
    weeks: range  # before the last closed one, which is 0
    direction: Direction
    closed: str = ""  # why
    weeks_closed: int = 0  # how many weeks ago


@dataclass(frozen=True)
class Deed:
    """An action: when it was decided and is due, in weeks and days from the last meeting."""

    what: str
    owner: str
    role: str
    kind: Kind
    district: str
    weeks_ago: int
    due_days: int | None
    problem: int | None = None  # place in `STORIES`
    steps: tuple[tuple[int, Move], ...] = ()  # days after the decision, and what then
    category_group: str | None = None
    focus: str = ""


MEETING = time(9)
BEGUN = Move(State.RUNNING)
STORIES = (
    Story(
        "Småbränder kring parken och stationen",
        "Papperskorgar och containrar, kvällstid.",
        patterns.OLD_FIRES_IN,
        "BRA01",
        range(9, 10),
        Direction.FALLING,
        closed="Inga bränder på sju veckor.",
        weeks_closed=1,
    ),
    Story(
        "Mopeder på gångvägarna",
        "Hög fart bland gående, mest efter skoltid.",
        patterns.MOPEDS_IN,
        "TRA01",
        range(8),
        Direction.FALLING,
    ),
    Story(
        "Öppen försäljning vid gångvägen",
        "Korta möten, oftast på kvällen.",
        "Flemingsberg",
        "NAR01",
        range(10),
        Direction.UNCHANGED,
    ),
    Story(
        "Bränder kring parken och skolan",
        "Små bränder utomhus på eftermiddagar och kvällar.",
        patterns.FIRES_IN,
        "BRA01",
        range(1),
        Direction.RISING,
    ),
)
DEEDS = (
    Deed(
        "Töm och lås containrar kvällstid",
        "brand", "Förebyggande enheten", Kind.SITUATIONAL, "Trångsund", 8, 21, 0,
        ((7, BEGUN), (18, Move(State.DONE, Result.AS_PLANNED, Effect.LESS))),
        "BRA", "skadegörelse och bränder",
    ),
    Deed(
        "Belysning i gångtunneln",
        "kommun", "Teknisk förvaltning", Kind.SITUATIONAL, "Skogås", 7, 35, None,
        ((10, Move(State.RUNNING, note="Ansvarig förvaltning saknar medel i år.")),),
    ),
    Deed(
        "Kameror vid torget",
        "kommun", "Säkerhetsenheten", Kind.SITUATIONAL, "Flemingsberg", 6, 60, None,
        ((20, Move(State.STOPPED, reason="Torget byggs om. Nytt förslag till våren.")),),
    ),
    Deed(
        "Kartlägg den öppna försäljningen",
        "polis", "Lokalpolisområdet", Kind.SITUATIONAL, "Flemingsberg", 5, 70, 2,
        ((7, BEGUN),), "NAR", "narkotika",
    ),
    Deed(
        "Klottersanering vid stationen",
        "kommun", "Park och natur", Kind.SITUATIONAL, "Flemingsberg", 3, 19, None, ((4, BEGUN),),
    ),
    Deed(
        "Extra tillsyn av serveringsställen",
        "kommun", "Tillståndsenheten", Kind.ADMINISTRATIVE, "Sjödalen-Fullersta", 2, 14, None,
        ((3, BEGUN), (14, Move(State.DONE, Result.AS_PLANNED, Effect.UNKNOWN))),
    ),
    Deed(
        "Trygghetsvandring",
        "kommun", "Säkerhetssamordnare", Kind.SOCIAL, "Vårby", 2, 19, None, ((7, BEGUN),), None,
        "medborgarlöfte 2",
    ),
    Deed(
        "Trafikkontroll moped och A-traktor",
        "polis", "Kommunpolis", Kind.ADMINISTRATIVE, "Vårby", 1, 13, 1, (), "TRA",
    ),
    Deed(
        "Vuxna ute på rasterna",
        "skola", "Skolledningen", Kind.SOCIAL, "Skogås", 0, 6, 3,
    ),
    Deed(
        "Besök i högstadieskolor, film om skolbränder",
        "brand", "Förebyggande enheten", Kind.SOCIAL, "Skogås", 0, 15, 3, (), "BRA",
        "skadegörelse och bränder",
    ),
    Deed(
        "Siktröjning längs gångvägen",
        "kommun", "Park och natur", Kind.SITUATIONAL, "Vårby", 0, None,
    ),
)  # fmt: skip


COMING = (  # days from today
    (3, "Hemmamatch på idrottsplatsen, många till och från stationen på kvällen"),
    (5, "Tillsyn av serveringsställen tillsammans med polisen"),
    (9, "Skolornas temadag om brandsäkerhet"),
)


def met(now: datetime, weeks_ago: int) -> datetime:
    """Return when the group met so many weeks before its last meeting."""
    day = Period.of(now).previous(weeks_ago).first_day
    return min(now, datetime.combine(day, MEETING, STOCKHOLM).astimezone(UTC))


def span(now: datetime, story: Story) -> tuple[datetime, datetime]:
    """Return the first moment of a story's weeks, and the end of the last."""
    closed = Period.of(now).previous()
    return closed.previous(story.weeks[-1]).start, closed.previous(story.weeks[0]).end
