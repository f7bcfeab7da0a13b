"""What `lagesbild check` says of a group whose letter nobody could approve."""

import pytest
from click.testing import CliRunner, Result

from lagesbild import cli
from lagesbild.access import service as access
from lagesbild.base import db
from lagesbild.base.settings import Settings
from lagesbild.instance import service as instance
from lagesbild.people.rules import Group, Organisation, Role, system
from tests.build import NOW
from tests.conftest import join


@pytest.fixture
def installed(own_database: Settings, monkeypatch: pytest.MonkeyPatch) -> Group:
    """A municipality that nobody has come into, in an installation without any other fault."""
    for name in ("database_url", "owner_url", "reader_url"):
        monkeypatch.setenv(f"LAGESBILD_{name.upper()}", getattr(own_database, name))
    monkeypatch.setenv("LAGESBILD_SECRET_KEY", "prov-prov-prov-prov-prov-prov-prov")
    monkeypatch.setenv("LAGESBILD_DATA_DIR", str(own_database.data_dir))
    db.connect(own_database.database_url, own_database.reader_url)
    instance.claim(own_database)
    return access.add_municipality(slug="as", name="Ås kommun", code="0001", now=NOW)


def organisations(group: Group) -> dict[str, Organisation]:
    with db.reading(system(group).gate) as session:
        return {o.slug: o for o in access.organisations(session, system(group))}


def checked() -> Result:
    """Run the command as a process would, with no connection but its own."""
    db.forget_connections()
    told = CliRunner().invoke(cli.main, ["check"])
    db.forget_connections()
    return told


def test_check_fails_until_two_can_approve_and_says_of_which_group(installed: Group) -> None:
    known = organisations(installed)
    for sentence, slug in (
        ("✗ Ingen i Ås kommun kan godkänna brevet.", "kommun"),
        ("✗ Bara en person i Ås kommun kan godkänna brevet.", "kommun"),
        ("✗ Alla som kan godkänna brevet i Ås kommun hör till samma organisation.", "polis"),
    ):
        told = checked()
        assert sentence in told.output
        assert told.exit_code == 1
        join(installed, known[slug], Role.MEMBER)
    told = checked()
    assert "✓ Minst två kan godkänna brevet i varje grupp." in told.output
    assert told.exit_code == 0
