"""How a time is said, and which part of the earth is shown."""

from datetime import UTC, datetime

import pytest

from lagesbild.base.geo import Box
from lagesbild.incidents.rules import TimePrecision
from lagesbild.incidents.rules.moments import when_text
from lagesbild.maps.rules import SWEDEN, box_of

AT = datetime(2026, 11, 18, 19, 5, tzinfo=UTC)  # 20.05 in Sweden
LATE = datetime(2026, 11, 18, 22, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 18, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("end", "precision", "text"),
    [
        (None, TimePrecision.EXACT, "ons 18 nov kl. 20.05"),
        (None, TimePrecision.HOUR, "ons 18 nov kl. 20–21"),
        (None, TimePrecision.DAY, "ons 18 nov"),
        (None, TimePrecision.UNKNOWN, "ons 18 nov, osäker tid"),
        (LATE, TimePrecision.WINDOW, "ons 18 nov kl. 20.05–23.59"),
        (MIDNIGHT, TimePrecision.WINDOW, "ons 18 nov kl. 20.05 – tors 19 nov kl. 0.00"),
        (MIDNIGHT, TimePrecision.DAY, "ons 18 nov – tors 19 nov"),
    ],
)
def test_a_time_is_said_no_finer_than_it_is_known(
    end: datetime | None, precision: TimePrecision, text: str
) -> None:
    assert when_text(AT, end, precision).replace("\xa0", " ") == text


def test_a_box_holds_every_position_of_every_geometry() -> None:
    point = {"type": "Point", "coordinates": [17.0, 59.0]}
    area = {"type": "MultiPolygon", "coordinates": [[[[18.0, 58.0], [18.5, 58.0], [18.0, 58.5]]]]}
    assert box_of([point, area]) == Box(17.0, 58.0, 18.5, 59.0)


def test_without_geometries_the_map_shows_the_country() -> None:
    assert box_of([]) == SWEDEN
