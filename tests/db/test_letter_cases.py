"""How letters of other systems have gone wrong, and the tests that ours does not.

Each case has tests that carry its number, `test_case_01_…`. They run against a real PostgreSQL and
a real SMTP server that misbehaves on command, with the clock moved, and count what has arrived.
"""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
CASES = {
    1: "two schedulers run",
    2: "a restored copy or a staging server sends again",
    3: "a crash between sending and writing",
    4: "a retry repeats for all",
    5: "resuming starts from the top",
    6: "the server is down at the time",
    7: "a worker dies, and its state is stuck",
    8: "spring and autumn clock",
    9: "zone data that is stale, or a zone that is none",
    10: "the weekday is shifted by conversion to UTC",
    11: "some recipients are refused",
    12: "greylisting, 4yz",
    13: "a rate limit",
    14: "too large",
    15: "the picture fails",
    16: "boxes of errors are sent as content",
    17: "old or wrong content",
    18: "nothing to say",
    19: "nobody notices that it has stopped",
    20: "the scheduler loses its database",
    21: "a link in a mail is used by a scanner",
    22: "a double click",
}


@pytest.mark.parametrize("number", CASES)
def test_each_case_has_a_test_that_carries_its_number(number: int) -> None:
    pattern = re.compile(rf"^def test_case_{number:02d}_\w+\(", re.MULTILINE)
    assert any(pattern.search(file.read_text()) for file in TESTS.rglob("test_*.py"))


@pytest.mark.parametrize("number", [3, 4, 6, 7, 8, 16])
def test_each_scenario_of_the_letter_has_a_test_that_carries_its_number(number: int) -> None:
    source = (TESTS / "web" / "test_scenarios_letter.py").read_text()
    assert re.search(rf"^def test_scenario_{number}_\w+\(", source, re.MULTILINE)
