"""How the demo's year goes: what there is more and less of, and when."""

from datetime import date, timedelta

from lagesbild.base.clock import Period

# All kinds together, by month, January first.
MONTHS = (0.88, 0.88, 0.95, 1.05, 1.12, 1.1, 0.92, 1.05, 1.08, 1.02, 1.0, 0.97)
NIGHTS_OUT = ((4, 30), (6, 19), (12, 31))  # last of April, midsummer, New Year's Eve
NIGHT_OUT = 1.3

# Some kinds by season: winter (Dec–Feb), spring (Mar–May), summer (Jun–Aug), autumn (Sep–Nov).
KINDS = {
    "ORD": (0.7, 1.1, 1.5, 1.0),
    "BRA": (0.8, 1.6, 1.1, 0.9),
    "TRA01": (0.3, 1.6, 1.5, 0.9),
    "STO01": (1.7, 0.8, 0.7, 1.4),
    "STO": (1.1, 0.9, 1.0, 1.1),
    "VAP": (2.0, 0.8, 0.8, 1.0),
}

NO_SCHOOL = (((6, 15), (8, 17)), ((12, 21), (12, 31)), ((1, 1), (1, 7)))  # month and day
BREAKS = (9, 44)  # ISO weeks of the breaks in February and at All Saints


def loudness(period: Period) -> float:
    """Return how many incidents a week has, as a share of a usual one."""
    days = [period.first_day + timedelta(days=n) for n in range(7)]
    out = any((day.month, day.day) in NIGHTS_OUT for day in days)
    return MONTHS[period.first_day.month - 1] * (NIGHT_OUT if out else 1.0)


def share(code: str, day: date) -> float:
    """Return how common a code is in a season, as a share of its usual."""
    season = day.month % 12 // 3
    return KINDS.get(code, KINDS.get(code[:3], (1.0,) * 4))[season]


def is_holiday(day: date) -> bool:
    """Whether the schools are closed."""
    in_break = day.isocalendar().week in BREAKS
    return in_break or any(a <= (day.month, day.day) <= b for a, b in NO_SCHOOL)
