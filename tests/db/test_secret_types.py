"""What a letter is stopped by, as far as it is known in the database: types that never leave."""

import pytest

from lagesbild.digests.service import composing
from lagesbild.people.rules import Actor
from tests.letters import APPROVED, BASE_URL, edited, fixed


@pytest.mark.parametrize(
    ("said", "is_stopped"),
    [
        ("Fler VAL06 än vanligt i norra Ås.", True),
        ("Fler fall av våld i nära relation än vanligt i norra Ås.", True),
        ("Fler BRA01 än vanligt i norra Ås.", False),
    ],
)
def test_the_name_and_the_code_of_a_type_that_never_leaves_stop_a_letter(
    coordinator: Actor, said: str, *, is_stopped: bool
) -> None:
    made = fixed(coordinator)
    edited(coordinator, made, short=said)
    found = composing.composed(coordinator, made.id, base_url=BASE_URL, now=APPROVED)
    assert found.is_stopped == is_stopped
