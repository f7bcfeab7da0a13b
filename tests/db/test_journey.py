"""One incident, all the way from the report to the week."""

from datetime import datetime

from lagesbild.base.clock import Period
from lagesbild.base.db import reading, transaction
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import Filter
from lagesbild.meetings import service as meetings
from lagesbild.people.rules import Actor
from tests.build import draft


def test_a_report_is_counted_in_its_week_and_district(member: Actor, now: datetime) -> None:
    with transaction(member.gate) as session:
        incidents.report(session, member, draft(organisation_id=member.organisation_id), now=now)
    with reading(member.gate) as session:
        [listed] = incidents.listing(session, member, Filter(), limit=10)
        picture = meetings.picture(session, member, Period.named("2026-W47"), now=now)
    assert listed.reference == "L-2026-000001"
    assert {d.slug: f.this for d, f in picture.districts} == {"norra-as": 0, "sodra-as": 0}
