"""The police's real events: all of them, twice; the API's answers in order; the changed pairs."""

import gzip
import json
import resource
from collections.abc import Iterator
from datetime import timedelta
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from lagesbild.access import service as access
from lagesbild.people.rules import Group
from lagesbild.police.rules import events as rules
from lagesbild.police.rules import reading
from lagesbild.police.rules.tallies import Outcome
from lagesbild.police.rules.types import decide
from lagesbild.police.service import events as police
from tests.build import NOW
from tests.conftest import SHARED

pytestmark = pytest.mark.shared

EVENTS = SHARED / "events"
ALL = EVENTS / "polisen_events_2022-09_2024-12_and_2026-01-05_25.jsonl.gz"
CHUNK = 65536


@pytest.fixture
def huddinge(connection: Connection) -> Group:
    assert connection.in_transaction()
    return access.add_municipality(slug="huddinge", name="Huddinge kommun", code="0126", now=NOW)


def chunks(file: Path) -> Iterator[str]:
    opened = gzip.GzipFile if file.suffix == ".gz" else Path.open
    with opened(file, "rb") as packed, TextIOWrapper(packed) as source:
        while piece := source.read(CHUNK):
            yield piece


def snapshots() -> list[Path]:
    return sorted((EVENTS / "api_snapshots").glob("events_2*.json"))


def test_every_event_is_read_and_again_changes_nothing(
    huddinge: Group, connection: Connection
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    first = police.take_in([huddinge], reading.objects(chunks(ALL)), now=NOW, recent_only=False)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert first.read == 46_461
    assert first.ours == 205
    assert first.numbers[Outcome.NEW] == 203
    assert first.numbers[Outcome.NOTE] == first.numbers[Outcome.NEVER] == 1
    assert first.numbers[Outcome.UNREADABLE] == 0
    assert not first.unknown_types
    assert grown < 50_000  # KiB: flat
    audited = connection.execute(text("SELECT count(*) FROM audit")).scalar_one()
    later = NOW + timedelta(hours=1)
    again = police.take_in([huddinge], reading.objects(chunks(ALL)), now=later, recent_only=False)
    assert again.numbers[Outcome.SAME] == 203
    assert not again.is_news
    assert connection.execute(text("SELECT count(*) FROM audit")).scalar_one() == audited
    versions = text("SELECT max(version), count(changed_at) FROM police_events")
    assert connection.execute(versions).one() == (1, 0)


def test_the_205_of_huddinge_are_those_that_somebody_listed(huddinge: Group) -> None:
    listed = json.loads((EVENTS / "polisen_events_huddinge.json").read_text())
    tally = police.take_in([huddinge], listed, now=NOW, recent_only=False)
    assert tally.ours == tally.read == len(listed) == 205


@pytest.mark.parametrize("file", snapshots(), ids=lambda f: f.stem)
def test_an_answer_of_the_api_is_read_on_both_sides_of_its_change(
    huddinge: Group, file: Path
) -> None:
    raw = json.loads(file.read_text())
    told = sum(each["name"].endswith(", Huddinge") for each in raw)
    tally = police.take_in([huddinge], reading.objects(chunks(file)), now=NOW, recent_only=False)
    assert (tally.read, tally.ours) == (500, told)
    assert told > 0
    assert tally.numbers[Outcome.UNREADABLE] == 0


def test_answers_replayed_in_order_are_kept_once(huddinge: Group) -> None:
    new = 0
    for file in snapshots():
        tally = police.take_in(
            [huddinge], reading.objects(chunks(file)), now=NOW, recent_only=False
        )
        new += tally.numbers[Outcome.NEW]
        assert tally.numbers[Outcome.CHANGED] == 0
    replayed = [
        police.take_in([huddinge], reading.objects(chunks(f)), now=NOW, recent_only=False)
        for f in snapshots()
    ]
    twice = 1  # stands in both answers of January 2026
    assert new + twice == sum(tally.numbers[Outcome.SAME] for tally in replayed) == 24
    assert not any(tally.is_news for tally in replayed)


def test_an_empty_answer_is_no_error(huddinge: Group) -> None:
    empty = EVENTS / "api_snapshots" / "events_EMPTY_BODY.json"
    tally = police.take_in([huddinge], reading.objects(chunks(empty)), now=NOW, recent_only=False)
    assert tally.read == 0


def test_a_changed_event_is_followed_wherever_it_goes(connection: Connection) -> None:
    """All 1,262 pairs, each with the municipalities of its first and last version."""
    lines = gzip.decompress((EVENTS / "polisen_events_updated_pairs.jsonl.gz").read_bytes())
    pairs = [json.loads(line) for line in lines.splitlines()]
    assert len(pairs) == 1_262
    first = [rules.read(pair["first"]) for pair in pairs]
    last = [rules.read(pair["last"]) for pair in pairs]
    names = sorted({s.place for s in (*first, *last) if not s.place.casefold().endswith(" län")})
    groups = [
        access.add_municipality(slug=f"k{i}", name=name, code=f"{i:04d}", now=NOW)
        for i, name in enumerate(names, start=1)
    ]
    for versions, at in ((first, NOW), (last, NOW + timedelta(hours=1))):
        raw = [pair["first" if versions is first else "last"] for pair in pairs]
        police.take_in(groups, raw, now=at, recent_only=False)
        kept = [s for s in versions if s.decision.fate == "kept" and s.place in names]
        connection.execute(text("RESET ROLE"))  # to see every municipality
        rows = connection.execute(text("SELECT id, type, summary FROM police_events ORDER BY id"))
        expected = sorted((s.event.id, s.event.type, s.event.summary) for s in kept)
        assert [tuple(row) for row in rows] == expected
    changed = text("SELECT count(*) FROM police_events WHERE version = 2 AND changed_at = :at")
    number = connection.execute(changed, {"at": NOW + timedelta(hours=1)}).scalar_one()
    assert number == 895  # the others moved, are not kept, or changed only what is not kept


def test_every_type_that_the_police_have_used_is_decided() -> None:
    lines = (EVENTS / "polisen_event_types.csv").read_text().splitlines()[1:]
    types = [line.rsplit(",", 4)[0].strip('"') for line in lines]
    assert len(types) == 97
    undecided = [t for t in types if not decide(t).known]
    assert undecided == []


def test_a_sample_happened_near_its_publishing_and_tells_of_nobody_dead_or_missing() -> None:
    for raw in islice(reading.objects(chunks(ALL)), 0, None, 10):
        event = rules.read(raw).event
        assert timedelta(days=-1) < event.published_at - event.occurred_at < timedelta(days=200)
        words = event.summary.casefold()
        assert "avliden" not in words
        assert "försvunnen" not in words
