"""An approved letter stays as it was approved, whoever writes in the database."""

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from lagesbild.people.rules import Actor
from tests.letters import approved


@pytest.mark.parametrize(
    "change",
    [
        "subject = 'annat'",
        "html = 'annat'",
        "text = 'annat'",
        "picture = '\\x00'",
        "pdf = '\\x00'",
        "content = '{\"figures\": []}'",
        "sha256 = '\\x00'",
        "form = 'kort'",
        "week = '2026-W46'",
        "kind = 'extra'",
        "version = 7",
        "released_at = now(), picture = '\\x00'",
    ],
)
def test_nothing_of_an_approved_letter_is_changed(
    change: str, connection: Connection, coordinator: Actor, member: Actor
) -> None:
    approved(coordinator, member)
    connection.execute(text("RESET ROLE"))
    change_all = text(f"UPDATE digest_letters SET {change} WHERE form = 'hela'")  # noqa: S608 – said above
    with pytest.raises(DBAPIError, match="an approved letter is not changed"):
        connection.execute(change_all)


def test_but_that_it_leaves(connection: Connection, coordinator: Actor, member: Actor) -> None:
    approved(coordinator, member)
    connection.execute(text("RESET ROLE"))
    done = connection.execute(text("UPDATE digest_letters SET released_at = now()"))
    assert done.rowcount == 3
