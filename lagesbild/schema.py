"""Every table of the program, and how a database is brought up to it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, make_url, text

from lagesbild.access import store as access
from lagesbild.actions import store as actions
from lagesbild.audit import store as audit
from lagesbild.base import roles
from lagesbild.base.db import Base
from lagesbild.base.errors import SetupError
from lagesbild.base.settings import Settings
from lagesbild.digests import store as digests
from lagesbild.districts.store import inhabitants
from lagesbild.districts.store import tables as districts
from lagesbild.exchange import store as exchange
from lagesbild.incidents.store import inquiries
from lagesbild.incidents.store import tables as incidents
from lagesbild.instance.store import database as instance
from lagesbild.meetings import store as meetings
from lagesbild.notices import store as notices
from lagesbild.people.store import tables as people
from lagesbild.places import store as places
from lagesbild.police import store as police
from lagesbild.problems import store as problems

STORES = (
    access,
    actions,
    audit,
    digests,
    districts,
    exchange,
    incidents,
    inhabitants,
    inquiries,
    instance,
    meetings,
    notices,
    people,
    places,
    police,
    problems,
)
ROOT = Path(__file__).resolve().parent.parent
metadata = Base.metadata


def config(owner_url: str) -> Config:
    """Return Alembic's settings for a database."""
    found = Config(ROOT / "alembic.ini")
    found.set_main_option("script_location", str(ROOT / "migrations"))
    found.attributes["owner_url"] = owner_url
    return found


def revisions(owner_url: str) -> tuple[str | None, str]:
    """Return the database's revision, None when it is empty, and the program's own."""
    engine = create_engine(make_url(owner_url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        stored = None
        if inspect(connection).has_table("alembic_version"):
            query = text("SELECT version_num FROM alembic_version")
            stored = connection.execute(query).scalar_one_or_none()
    engine.dispose()
    head = ScriptDirectory.from_config(config(owner_url)).get_current_head()
    assert head is not None, "there is always a first migration"
    return stored, head


def upgrade(settings: Settings, *, restored: bool = False) -> None:
    """Make the roles and run the migrations; raise `SetupError` for a newer database.

    A restored one is nobody's at any moment: no installation takes it for new.
    """
    stored, head = revisions(settings.owner_url)
    if stored is not None and stored > head:
        raise SetupError(
            f"Databasen är gjord av en nyare version av lagesbild (steg {stored}; det här"
            f" programmet kan till {head}). Uppgradera programmet."
        )
    roles.ensure(
        settings.owner_url, program_url=settings.database_url, reader_url=settings.reader_url
    )
    if stored != head:
        found = config(settings.owner_url)
        found.attributes["restored"] = restored
        command.upgrade(found, "head")


def clear(owner_url: str) -> None:
    """Take every table of the program away. The caller has seen that no row is worth keeping."""
    stored, _ = revisions(owner_url)
    if stored is not None:
        command.downgrade(config(owner_url), "base")
    engine = create_engine(make_url(owner_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    engine.dispose()
