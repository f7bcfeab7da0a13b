"""Taking in how many live in districts: all of a table or nothing of it."""

from datetime import datetime

from lagesbild.audit import store as audit
from lagesbild.audit.rules import Entry
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import Session
from lagesbild.base.errors import InvalidError
from lagesbild.districts.rules import Inhabitants
from lagesbild.districts.store import inhabitants as store
from lagesbild.districts.store import read as districts
from lagesbild.exchange.rules.outlines.inhabitants import Counted, Wanted, counted
from lagesbild.exchange.rules.outlines.tables import table
from lagesbild.exchange.rules.sources import check_source
from lagesbild.people.rules import Actor, Permission, require


def import_inhabitants(
    session: Session, actor: Actor, content: bytes, wanted: Wanted, *, now: datetime
) -> Counted:
    """Store how many live in districts of the main division, or raise `InvalidError`.

    The same day again replaces what was said of it.
    """
    require(actor, Permission.ADMINISTER)
    check_source(wanted.source)
    if wanted.counted_on > now.astimezone(STOCKHOLM).date():
        raise InvalidError("on", "Dagen ligger i framtiden. Välj när invånarna räknades.")
    municipality_id = actor.group.municipality_id
    found = counted(table(content, field="file"), wanted, districts.main(session, municipality_id))
    known = {
        district.id: Inhabitants(number, wanted.counted_on, wanted.source)
        for district, number in found.numbers
    }
    store.put(session, municipality_id, known)
    told = {"områden": str(len(known)), "räknat": wanted.counted_on.isoformat()}
    entry = Entry(
        now,
        "districts.inhabitants",
        f"municipality:{municipality_id}",
        told,
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
    )
    audit.record(session, municipality_id, [entry])
    return found
