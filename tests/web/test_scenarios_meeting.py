"""Scenarios of the meeting by their numbers in the domain: 1, 9, 10, 13, 18; and its corner cases.

Corner cases that have a test elsewhere, and those that are tested here:

| corner case | test |
| --- | --- |
| meeting moved | unit/test_series `…moves_within_its_bounds_and_its_window_never`, |
| | db/test_series `…late_from_the_moved_meeting_on`, `…letter_follows_a_moved_meeting…` |
| no meeting | db/test_series `…skipped_week_has_its_picture…`, `…letter_of_a_skipped_meeting…` |
| one organisation absent | db/test_fixing `…who_was_there_and_who_was_not`, web/test_meeting |
| two municipalities | `test_incidents_of_two_municipalities_are_never_merged`, |
| | db/test_several_groups `…mixes_nothing` |
| week 53 | `test_scenario_10_…`, unit/test_series `…named_by_the_iso_week…` |
| weeks with a change of clocks | `test_scenario_10_…`, unit/test_clock `…keeps_seven_local_days` |
| on the border of two districts | `test_on_the_border_of_two_districts_the_lower_key_has_it` |
| across midnight to Thursday | `test_across_midnight_it_belongs_to_the_week_in_which_it_began` |
| withdrawn after the letter | `test_what_the_police_withdraw_after_the_letter_is_corrected_twice` |
| map tiles offline | browser/test_tiles_offline |
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from lagesbild import jobs
from lagesbild.access import service as access
from lagesbild.base import clock
from lagesbild.base.clock import Period
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import InvalidError
from lagesbild.base.settings import Settings
from lagesbild.digests.rules import Form
from lagesbild.digests.service import proposing
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import GeoJson, Incident
from lagesbild.incidents.rules.checks import Reason
from lagesbild.incidents.rules.merging import UNKNOWN, Merging
from lagesbild.incidents.service import merging
from lagesbild.meetings import service as meetings
from lagesbild.meetings.rules import as_json
from lagesbild.meetings.rules.snapshot import Fixed, Fixing, broken
from lagesbild.meetings.service import fixing
from lagesbild.people.rules import Actor, Group, Role, system
from tests.build import NORTH, NOW, SOUTH, draft
from tests.conftest import PASSWORD, join
from tests.web import test_actions as work
from tests.web.conftest import BOSS, csrf
from tests.web.test_incidents import NEW

W46, W47, W48, W49 = (Period.named(f"2026-W{number}") for number in (46, 47, 48, 49))
MINUTE, DAY, WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(days=7)
BORDER = GeoJson('{"type":"Point","coordinates":[17.95,59.25]}')


def meeting_of(period: Period) -> datetime:
    return period.end + timedelta(hours=9)


def log(actor: Actor, at: datetime, number: int = 1, **changes: object) -> list[Incident]:
    """Log incidents that happened at a moment; what is not said otherwise was known at once."""
    known = changes.pop("known", at + MINUTE)
    assert isinstance(known, datetime)
    said = {"place": NORTH} | changes
    with transaction(actor.gate) as session:
        return [
            incidents.report(
                session,
                actor,
                draft(organisation_id=actor.organisation_id, occurred_from=at, **said),
                now=known,
            )
            for _ in range(number)
        ]


def fix(actor: Actor, period: Period) -> Fixed:
    with transaction(actor.gate) as session:
        return fixing.fix(session, actor, period, now=meeting_of(period))


def pictures(actor: Actor, period: Period) -> list[Fixed]:
    with reading(actor.gate) as session:
        return fixing.fixed(session, actor, period)


def editions(actor: Actor) -> dict[tuple[str, int], Mapping[str, object]]:
    with reading(actor.gate) as session:
        return {(e.week, e.version): e.content for e in meetings.editions(session, actor)}


def content(fixed: Fixed, part: str) -> Any:  # noqa: ANN401 – JSON
    return fixed.content(part)


def enter(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Let time go on, and sign in once more."""
    monkeypatch.setattr(clock, "now", lambda: now)
    data = {"mail": BOSS, "password": PASSWORD, "csrf_token": csrf(client, "/logga-in")}
    assert client.post("/logga-in", data=data).status_code == 303


def told(actor: Actor, period: Period) -> dict[str, Any]:
    """Return what the picture of a week says on the day of its meeting."""
    with reading(actor.gate) as session:
        found = meetings.picture(session, actor, period, now=meeting_of(period))
    return as_json(found)


@pytest.fixture
def four_fires(coordinator: Actor, member: Actor, firefighter: Actor) -> list[str]:
    """Four small fires of three organisations in six days, after twelve weeks with hardly any."""
    log(firefighter, NOW - 12 * WEEK, category="BRA01")
    found = []
    for actor, days in ((firefighter, 6), (firefighter, 4), (coordinator, 2), (member, 1)):
        found += log(actor, NOW - days * DAY, category="BRA01")
    return [incident.reference for incident in found]


def district(client: FlaskClient, name: str = "2026-W47") -> str:
    return client.get(f"/g/as/mote/{name}?steg=3&omrade=norra-as").text


def test_scenario_1_four_of_a_kind_are_one_pattern_by_a_problem_and_not_by_the_rule(
    four_fires: list[str],
    firefighter: Actor,
    boss: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Four are below the rule's five: it is people who see them, and a fifth that the rule sees."""
    enter(boss, monkeypatch, meeting_of(W47))
    stands_out = "<small>väntat 0,2</small>"
    assert stands_out not in district(boss)
    problem = work.collect(boss, district="norra-as")
    for reference in four_fires:
        work.post(boss, f"{problem}/handelser", incident=reference)
    page = district(boss)
    assert "<small>P-1, pågående problem</small>" in page
    assert "4 händelser som lista" in page
    assert all(reference in page for reference in four_fires)
    assert "4 händelser" in boss.get("/g/as/mote/2026-W47?steg=4").text
    log(firefighter, NOW, category="BRA01")
    assert stands_out in district(boss)


def test_scenario_1_the_action_ends_with_its_effect_and_the_pictures_say_so(
    four_fires: list[str],
    coordinator: Actor,
    boss: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enter(boss, monkeypatch, meeting_of(W47))
    problem = work.collect(boss, district="norra-as")
    for reference in four_fires:
        work.post(boss, f"{problem}/handelser", incident=reference)
    decided = work.DEED | {"id": "0197f5aa-0000-7000-8000-000000000009", "problem": "P-1"}
    assert work.post(boss, "/g/as/mote/2026-W47/beslut", **decided, steg="6")[0] == 303
    first = fix(coordinator, W47)
    enter(boss, monkeypatch, meeting_of(W48))  # a week with none
    fix(coordinator, W48)
    enter(boss, monkeypatch, meeting_of(W49))  # and another one
    done = {"version": "1", "steg": "2"} | work.DONE
    assert work.post(boss, "/g/as/mote/2026-W49/atgarder/2026-001/lage", **done)[0] == 303
    closed = {"version": "1", "reason": "Inga bränder på två veckor.", "steg": "4"}
    assert work.post(boss, "/g/as/mote/2026-W49/problem/P-1/avsluta", **closed)[0] == 303
    last = fix(coordinator, W49)
    assert [p["incidents"] for p in content(first, "problems")] == [4]
    assert content(last, "picture")["districts"][0]["this_week"] == 0
    [action] = content(last, "actions")
    assert (action["state"], action["outcome"]) == ("klar", "Genomförd som planerat. Minskat.")
    ended = {change["key"]: change["change"] for change in content(last, "changes")}
    assert (ended["action:2026-001"], ended["problem:P-1"]) == ("avslutat", "avslutat")


def test_scenario_9_a_late_report_changes_no_picture_and_the_next_says_that_there_is_one(
    coordinator: Actor, member: Actor, boss: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    log(member, NOW - WEEK, 12)
    fix(coordinator, W46)
    before = pictures(coordinator, W46)
    published = editions(coordinator)
    log(member, NOW - WEEK, known=NOW)  # it happened in week 46 and is told in week 47
    log(member, NOW, 15)
    enter(boss, monkeypatch, meeting_of(W47))
    page = boss.get("/g/as/vecka/2026-W47").text
    after = fix(coordinator, W47)
    assert pictures(coordinator, W46) == before
    assert [broken(each) for each in before] == [[]]
    assert editions(coordinator)["2026-W46", 1] == published["2026-W46", 1]
    assert content(after, "picture")["late_from_last_week"] == 1
    assert content(after, "picture")["total"]["last_week"] == 13
    assert "1&nbsp;från förra veckan kom in efter mötet och är nu medräknad." in page
    for form in ("", ".txt"):
        minutes = " ".join(boss.get(f"/g/as/mote/2026-W47/protokoll{form}").text.split())
        assert "1 från förra veckan kom in efter att den bilden var klar." in minutes


@pytest.mark.parametrize(
    ("name", "first", "last", "a_year_before", "hours"),
    [
        ("2026-W53", "2026-12-24", "2026-12-30", "2025-12-25", 168),
        ("2027-W01", "2026-12-31", "2027-01-06", "2026-01-01", 168),
        ("2026-W14", "2026-03-26", "2026-04-01", "2025-03-27", 167),
        ("2026-W44", "2026-10-22", "2026-10-28", "2025-10-23", 169),
    ],
)
def test_scenario_10_each_week_has_seven_local_days_and_is_compared_with_the_same(
    name: str, first: str, last: str, a_year_before: str, hours: int, member: Actor
) -> None:
    period = Period.named(name)
    year = period.a_year_earlier()
    for own, number in ((period, 1), (period.previous(), 2), (year, 3)):
        log(member, own.start, number)
        log(member, own.end - MINUTE, number)
        log(member, own.end, 1, place=SOUTH)
    picture = told(member, period)
    assert (picture["from"], picture["to"]) == (first, last)
    assert picture["compared_with"] == a_year_before
    assert period.end.astimezone(UTC) - period.start.astimezone(UTC) == timedelta(hours=hours)
    north = next(d for d in picture["districts"] if d["slug"] == "norra-as")
    assert (north["this_week"], north["last_week"], north["same_week_last_year"]) == (2, 4, 6)


def test_scenario_18_a_new_organisation_is_told_and_the_weeks_before_it_are_set_off(
    member: Actor, firefighter: Actor, boss: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for back in range(1, 20):
        log(member, NOW - back * WEEK, 3)
    log(member, NOW, 3)
    log(firefighter, NOW, 6, category="BRA01")
    enter(boss, monkeypatch, meeting_of(W47))
    said = "Brandförsvaret rapporterar först sedan v.&nbsp;47."
    page = boss.get("/g/as/vecka/2026-W47").text
    assert f"{said} Där det är fler än vanligt kan det bero på det." in page
    assert "Ny källa: Brandförsvaret" in district(boss)
    enter(boss, monkeypatch, meeting_of(W48))
    page = boss.get("/g/as/vecka/2026-W48").text
    assert said in page
    assert '<path class="brk"' in page


def test_on_the_border_of_two_districts_the_lower_key_has_it(member: Actor) -> None:
    log(member, NOW, place=BORDER)
    counted = {d["name"]: d["this_week"] for d in told(member, W47)["districts"]}
    assert counted == {"Norra Ås": 1, "Södra Ås": 0}


def test_across_midnight_it_belongs_to_the_week_in_which_it_began(member: Actor) -> None:
    log(member, W47.end - 30 * MINUTE, occurred_to=W47.end + 30 * MINUTE, known=W47.end + DAY)
    assert told(member, W48)["total"]["this_week"] == 0
    assert told(member, W48)["total"]["last_week"] == 1


def test_what_the_police_withdraw_after_the_letter_is_corrected_twice(
    coordinator: Actor, member: Actor, cluster: Settings
) -> None:
    """What readers get has a new version, and the picture a correction; what was stays."""
    gone = log(member, NOW, 12)[:6]  # fewer would not show outside: a difference is a count, too
    fix(coordinator, W47)
    now = meeting_of(W47) + DAY
    for each in gone:
        with transaction(member.gate) as session:
            incidents.withdraw(session, member, each.id, version=1, reason=Reason("Fel"), now=now)
    for _ in range(2):  # twice is once
        jobs.tick(cluster.model_copy(update={"smtp_url": "file:/nonexistent"}), now + MINUTE)
    first, second = pictures(coordinator, W47)
    assert (second.head.kind, second.head.corrects) == (Fixing.CORRECTION, first.head.number)
    assert content(first, "picture")["total"]["this_week"] == 12
    assert content(second, "picture")["total"]["this_week"] == 6
    newest: Any = editions(coordinator)["2026-W47", 2]
    assert newest["total"]["this"] == 6


def test_incidents_of_two_municipalities_are_never_merged(group: Group, firefighter: Actor) -> None:
    """One brigade serves both; what it sees in one is not there in the other."""
    with reading(system(group).gate) as session:
        brigade = access.organisation_named(session, system(group), "brand")
    other = access.add_municipality(
        slug="by", name="By kommun", code="0002", shared=[brigade], now=NOW
    )
    there = join(other, brigade, Role.MEMBER)
    [own], [elsewhere] = log(firefighter, NOW), log(there, NOW, place=None)
    with pytest.raises(InvalidError, match=UNKNOWN), transaction(firefighter.gate) as session:
        merging.merge(session, firefighter, Merging(own.id, elsewhere.id, 1, 1), now=NOW)


def test_scenario_13_without_a_council_the_words_are_those_of_whom_the_letter_is_for(
    group: Group, boss: FlaskClient
) -> None:
    assert "Till ordföranden" in boss.get("/g/as/mote/2026-W47/brev").text
    settings = {"version": "1", "weekday": "3", "meeting": "09:00"}
    presidium = settings | {"letter_to": "kommunstyrelsens presidium"}
    assert work.post(boss, "/g/as/mote/installningar", **presidium)[0] == 303
    for page in ("mote/installningar", "mote/2026-W47?steg=1", "mote/2026-W47/brev"):
        text = boss.get(f"/g/as/{page}").text
        assert "kommunstyrelsens presidium" in text, page
        assert "Till ordföranden" not in text, page
    assert "Brevet går till kommunstyrelsens presidium" in boss.get(NEW).text
    [after] = [g for g in access.groups() if g.id == group.id]
    found = proposing.preview(system(after), W47, base_url="http://localhost", now=meeting_of(W47))
    for told in (found.letters[Form.FULL].text, found.letters[Form.FULL].html):
        assert "behöver er uppmärksamhet" in " ".join(told.split()).lower()
    assert work.post(boss, "/g/as/mote/installningar", **settings | {"version": "2"})[0] == 303
    assert "Till ordföranden" in boss.get("/g/as/mote/2026-W47/brev").text
