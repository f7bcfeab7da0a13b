"""The invented municipality, without a database."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import groupby

import orjson
import pytest
import shapely
from pyproj import Geod
from shapely.geometry import Point, Polygon

from lagesbild.analysis.rules.marks import Mark, judge
from lagesbild.base import privacy
from lagesbild.base.clock import Period
from lagesbild.demo.rules import letters, outlines, patterns, weeks
from lagesbild.demo.rules.places import PLACES, SCATTER_M
from lagesbild.demo.rules.stories import STORIES
from lagesbild.demo.rules.weeks import Report
from lagesbild.demo.service.living import FIXED
from lagesbild.digests.rules import plain
from lagesbild.districts.rules import slug_of
from lagesbild.people.rules import Kind

SUNDAY = datetime(2026, 11, 22, 19, 16, tzinfo=UTC)
MOMENTS = (
    SUNDAY,
    datetime(2026, 11, 18, 23, 0, tzinfo=UTC),  # the first moment of a meeting day
    datetime(2027, 1, 7, 8, 0, tzinfo=UTC),  # after a year of 53 weeks, in the school holiday
    datetime(2027, 4, 1, 12, 0, tzinfo=UTC),  # days after the clocks went forward
)
GEOD = Geod(ellps="WGS84")
TOLD = (patterns.FIRES, patterns.DOUBLE, patterns.MOPEDS, patterns.OLD_FIRES)
reports = cache(weeks.reports)


@cache
def areas() -> dict[str, shapely.MultiPolygon]:
    return {d.name: shapely.from_wkb(d.wkb) for d in outlines.districts()}


def square_metres(area: shapely.Geometry) -> float:
    return abs(float(GEOD.geometry_area_perimeter(area)[0])) if not area.is_empty else 0.0


def point(report: Report) -> Point:
    assert report.facts.place is not None
    return Point(orjson.loads(report.facts.place)["coordinates"])


def placed(moment: datetime) -> list[Report]:
    return [r for r in reports(moment) if r.facts.place is not None]


def in_week(moment: datetime, period: Period) -> list[Report]:
    return [r for r in reports(moment) if Period.of(r.facts.occurred_from) == period]


def test_the_districts_meet_without_gaps_or_overlaps() -> None:
    assert shapely.coverage_is_valid([*areas().values()])


def test_the_districts_fill_the_border() -> None:
    border = Polygon(outlines.BORDER)
    rest = shapely.union_all([*areas().values()]).symmetric_difference(border)
    widest = 0.2 * GEOD.geometry_length(border)  # corners are rounded to about 0.1 m
    assert square_metres(rest) < widest


def test_no_two_districts_share_a_square_metre() -> None:
    shared = [
        square_metres(one.intersection(other))
        for name, one in areas().items()
        for other_name, other in areas().items()
        if name < other_name
    ]
    assert max(shared) < 1


def test_each_district_is_in_one_piece_and_holds_its_centre() -> None:
    for _, name, longitude, latitude in outlines.CENTRES:
        [part] = areas()[name].geoms
        assert part.contains(Point(longitude, latitude))


def test_the_outlines_say_that_they_are_a_sketch() -> None:
    assert outlines.SOURCE.schematic


def test_each_public_place_lies_in_its_district_with_all_its_surroundings() -> None:
    for district, places in PLACES.items():
        for place in places:
            here = Point(place.point.longitude, place.point.latitude)
            ring = [
                Point(*GEOD.fwd(here.x, here.y, azimuth, SCATTER_M)[:2])
                for azimuth in range(0, 360, 15)
            ]
            assert all(areas()[district].contains(p) for p in (here, *ring)), place.name


def test_a_public_place_has_a_name_of_its_own() -> None:
    names = [place.name for places in PLACES.values() for place in places]
    assert len(set(names)) == len(names)


def test_each_code_of_the_taxonomy_has_one_story() -> None:
    assert len({story.code for story in STORIES}) == len(STORIES) == 46


def test_each_story_can_happen_somewhere_in_each_district_or_at_home() -> None:
    for story in STORIES:
        for district, places in PLACES.items():
            found = not story.where or any(place.kind in story.where for place in places)
            assert found, (story.code, district)


def test_no_text_points_at_a_person() -> None:
    texts = [text for story in STORIES for text in story.texts]
    texts += [told.summary for story in TOLD for told in story]
    texts += [place.name for places in PLACES.values() for place in places]
    texts += [
        text for said in letters.words(SUNDAY).values() for text in (said.attention, said.coming)
    ]
    texts += [text for asked in letters.ASKED for text in (asked.text, asked.answer)]
    texts += [letters.KNOWN.text, *(listed.title for listed in letters.LISTED)]
    assert [text for text in texts if privacy.scan(text)] == []


def said() -> list[str]:
    """Return what the coordinator adds to the letters."""
    each = letters.words(SUNDAY).values()
    return [text for words in each for text in (words.attention, words.coming)]


def test_no_word_of_a_letter_is_one_that_letters_do_not_use() -> None:
    texts = [
        text for said in letters.words(SUNDAY).values() for text in (said.attention, said.coming)
    ]
    assert [word for text in texts for word in plain.unsaid(text)] == []


def test_every_letter_has_words_of_its_own() -> None:
    added = letters.words(SUNDAY)
    assert [*added] == [*reversed(FIXED)]
    assert all(words.attention or words.coming for words in added.values())


def test_the_letters_say_when_the_light_should_have_been_there() -> None:
    asked = letters.words(SUNDAY)[letters.LAST].attention
    assert "Skulle ha varit klar tors 5 nov." in asked


def test_the_same_moment_gives_the_same_demo() -> None:
    assert weeks.reports(SUNDAY) == weeks.reports(SUNDAY)


def test_later_the_same_day_the_demo_only_grows() -> None:
    later = reports(SUNDAY + timedelta(days=1))
    assert later[: len(reports(SUNDAY))] == reports(SUNDAY)
    assert len(later) > len(reports(SUNDAY))


@pytest.mark.parametrize("moment", MOMENTS)
def test_nothing_is_entered_in_the_future(moment: datetime) -> None:
    assert max(r.registered_at for r in reports(moment)) < moment


@pytest.mark.parametrize("moment", MOMENTS)
def test_nothing_is_entered_before_it_is_over(moment: datetime) -> None:
    early = [
        r
        for r in reports(moment)
        if r.registered_at < (r.facts.occurred_to or r.facts.occurred_from)
    ]
    assert early == []


def test_nobody_says_nothing_to_report_about_the_future() -> None:
    wednesday = datetime(2026, 11, 11, 13, 0, tzinfo=UTC)  # 14.00, in a week without the schools
    assert Period.of(wednesday) not in {n.period for n in weeks.nothings(wednesday)}
    after = wednesday + timedelta(seconds=1)
    assert Period.of(wednesday) in {n.period for n in weeks.nothings(after)}


@pytest.mark.parametrize("moment", MOMENTS)
def test_who_has_nothing_to_report_has_reported_nothing(moment: datetime) -> None:
    said = {(n.organisation, n.period) for n in weeks.nothings(moment)}
    done = {(r.organisation, Period.of(r.facts.occurred_from)) for r in reports(moment)}
    assert said
    assert not said & done


def test_every_point_lies_in_one_district() -> None:
    for report in placed(SUNDAY):
        found = [name for name, area in areas().items() if area.contains(point(report))]
        assert len(found) == 1


def test_every_point_is_near_the_place_it_is_named_after() -> None:
    places = {place.name: place.point for each in PLACES.values() for place in each}
    for report in placed(SUNDAY):
        here, centre = point(report), places[report.facts.place_text]
        away = GEOD.inv(here.x, here.y, centre.longitude, centre.latitude)[2]
        assert away <= SCATTER_M + 1


def test_a_home_is_never_a_point() -> None:
    assert not [r for r in placed(SUNDAY) if r.facts.category in {"STO01", "VAL06"}]


@pytest.mark.parametrize("moment", MOMENTS)
def test_every_closed_week_is_filled(moment: datetime) -> None:
    [*closed, _running] = weeks.periods(moment)
    sizes = {p.name: len(in_week(moment, p)) for p in closed}
    assert len(sizes) == weeks.WEEKS - 1
    assert all(45 <= size <= 140 for size in sizes.values()), sizes


def test_four_organisations_report_each_by_its_own_name() -> None:
    assert {r.organisation for r in reports(SUNDAY)} == {"kommun", "polis", "brand", "skola"}
    assert set(weeks.ENTERED) - set(Kind) == {"skola"}


def test_some_do_not_know_where_or_exactly_when() -> None:
    made = reports(SUNDAY)
    only_district = [r for r in made if r.facts.place is None and r.district]
    nowhere = [r for r in made if r.facts.place is None and r.district is None]
    uncertain = [r for r in made if (r.facts.place_precision_m or 0) >= 100]
    overnight = [r for r in made if r.facts.occurred_to]
    assert min(map(len, (only_district, nowhere, uncertain, overnight))) > 10
    assert len(nowhere) < len(made) / 30


def test_blocked_codes_are_very_rare() -> None:
    blocked = {"VAL05", "VAL06", "VAL07", "VAL08", "SKO02", "SKO03", "TIL02"}
    found = [r for r in reports(SUNDAY) if r.facts.category in blocked]
    assert 0 < len(found) < len(reports(SUNDAY)) / 50


def test_some_come_late() -> None:
    late = [
        r
        for r in reports(SUNDAY)
        if r.registered_at > Period.of(r.facts.occurred_from).end + timedelta(hours=9)
    ]
    assert 10 < len(late) < len(reports(SUNDAY)) / 20


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_districts_of_the_closed_week_are_one_loud_and_one_too_small(moment: datetime) -> None:
    seen = marks(moment)
    assert seen["Skogås"] in (Mark.RAISED, Mark.HIGH)
    assert seen["Segeltorp"] is Mark.FEW
    others = {mark for name, mark in seen.items() if name not in ("Skogås", "Segeltorp")}
    assert Mark.HIGH not in others


def marks(moment: datetime) -> dict[str, Mark]:
    """Return how each district's closed week compares, by the outlines."""
    closed = Period.of(moment).previous()
    recent = [r for r in reports(moment) if r.facts.occurred_from >= closed.previous(26).start]
    number = {name: [0] * 27 for name in areas()}
    for report in recent:
        ago = (closed.first_day - Period.of(report.facts.occurred_from).first_day).days // 7
        name = district_of(report)
        if name and 0 <= ago <= 26:
            number[name][26 - ago] += 1
    return {name: judge(weeks_[-1], weeks_[:-1]).mark for name, weeks_ in number.items()}


def district_of(report: Report) -> str | None:
    if report.facts.place_text:
        known = {place.name: name for name, places in PLACES.items() for place in places}
        return known[report.facts.place_text]
    return next((name for name in areas() if slug_of(name) == report.district), None)


def test_mopeds_come_in_spring_and_not_in_winter() -> None:
    mopeds = [r for r in reports(SUNDAY) if r.facts.category == "TRA01"]
    there = [r for r in mopeds if district_of(r) == patterns.MOPEDS_IN]
    months = [r.facts.occurred_from.month for r in there]
    assert sum(m in (4, 5) for m in months) > 5 * sum(m in (12, 1) for m in months)


def test_the_schools_joined_late() -> None:
    first = min(r.facts.occurred_from for r in reports(SUNDAY) if r.organisation == "skola")
    assert weeks.joined_on(SUNDAY) <= first.date()
    assert Period.of(SUNDAY).previous(12).first_day < weeks.joined_on(SUNDAY)


def test_one_organisation_was_silent_for_a_week() -> None:
    closed = Period.of(SUNDAY).previous()
    silent = in_week(SUNDAY, closed.previous(patterns.SILENT_WEEK))
    assert "brand" not in {r.organisation for r in silent}
    assert "brand" in {r.organisation for r in in_week(SUNDAY, closed.previous())}


def test_a_list_lay_in_a_drawer_for_weeks() -> None:
    month_late = timedelta(days=28)
    opened = {r.registered_at for r in reports(SUNDAY) if is_late(r, month_late)}
    assert len(opened) == 1
    found = [r for r in reports(SUNDAY) if r.registered_at in opened]
    assert len([r for r in found if is_late(r, timedelta(days=14))]) > 10


def is_late(report: Report, after: timedelta) -> bool:
    return report.registered_at - report.facts.occurred_from > after


@pytest.mark.parametrize("moment", MOMENTS)
def test_two_organisations_tell_of_one_burning_car(moment: datetime) -> None:
    closed = in_week(moment, Period.of(moment).previous())
    by_place = groupby(sorted(closed, key=lambda r: r.facts.place or ""), lambda r: r.facts.place)
    pairs = [tuple(each) for place, each in by_place if place]
    [pair] = [pair for pair in pairs if len(pair) == 2]
    assert {r.organisation for r in pair} == {"polis", "brand"}
    assert {r.facts.category for r in pair} == {"BRA02"}


def test_nights_out_are_louder_and_school_breaks_are_not_at_school() -> None:
    april = Period.of(datetime(2026, 4, 30, 12, tzinfo=UTC))
    assert len(in_week(SUNDAY, april)) > 1.1 * len(in_week(SUNDAY, april.previous(2)))
    autumn = Period.of(datetime(2026, 10, 28, 12, tzinfo=UTC))
    in_break = [
        r for r in in_week(SUNDAY, autumn) if r.facts.occurred_from.date().day in range(26, 32)
    ]
    assert not [r for r in in_break if r.facts.category.startswith("SKO")]


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_closed_week_has_six_fires_in_one_district_from_three_organisations(
    moment: datetime,
) -> None:
    closed = in_week(moment, Period.of(moment).previous())
    names = {place.name for place in PLACES[patterns.FIRES_IN]}
    fires = [r for r in closed if r.facts.category == "BRA01" and r.facts.place_text in names]
    assert len(fires) >= 6
    assert {r.organisation for r in fires} == {"brand", "kommun", "skola"}


def test_the_ids_are_uuids_in_the_order_of_entering() -> None:
    ids = [r.id for r in reports(SUNDAY)]
    assert {id_.version for id_ in ids} == {7}
    assert ids == sorted(set(ids))


def test_the_police_enter_on_sundays_and_the_schools_do_not() -> None:
    days = {
        organisation: {r.registered_at.weekday() for r in entered}
        for organisation, entered in groupby(
            sorted(reports(SUNDAY), key=lambda r: r.organisation), key=lambda r: r.organisation
        )
    }
    assert 6 in days["polis"]
    assert 6 not in days["skola"]


def test_a_district_chosen_by_hand_is_one_of_the_seven() -> None:
    slugs = {slug_of(name) for _, name, _, _ in outlines.CENTRES}
    assert {r.district for r in reports(SUNDAY)} == {None, *slugs}
