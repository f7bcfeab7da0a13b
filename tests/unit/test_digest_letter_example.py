"""The worked letter of the shared design, word for word where the program writes the words."""

from pathlib import Path

import pytest

from lagesbild.digests.draw import letter
from tests.unit import digest_letters as letters

LOOK = Path(__file__).resolve().parents[3] / "shared" / "look" / "letter.txt"
HEADERS = 4  # from, to, subject and the empty line: the mail's, not the letter's

# The lines that differ, each with its reason.
DIFFERS = {
    # A number stands over its column: in the example the year is one sign to the left.
    "                       vecka   vecka   4 v.     2025": (
        "                       vecka   vecka   4 v.      2025"
    ),
    # Late reports never move a week that readers have (decision 0022), so they are not "nu
    # medräknade"; and the letter says which of the two totals it counts.
    "förra utskicket och är nu medräknade. 6 händelser har osäker plats men": (
        "förra mötet. Tidigare veckor står som de först skrevs. 6 händelser har"
    ),
    "känd kommundel. Små tal (1–4) visas inte per typ och kommundel.": (
        "osäker plats men känd kommundel. Små tal (1–4) visas inte per typ och\n"
        "kommundel. Talen gäller händelser i brevet; gruppens egen bild räknar\n"
        "alla händelser."
    ),
    # Pages belong to a group.
    "Detaljer efter inloggning: https://lagesbild.demo.example/vecka/2026-W47": (
        "Detaljer efter inloggning: https://lagesbild.demo.example/g/demo/vecka/2026-W47"
    ),
    "Ändra mottagare: https://lagesbild.demo.example/utskick/mottagare": (
        "Ändra mottagare: https://lagesbild.demo.example/g/demo/utskick/mottagare"
    ),
}


@pytest.mark.shared
def test_the_worked_letter_comes_out_of_its_figures_and_words() -> None:
    wanted = LOOK.read_text().splitlines()
    made = letter.compose(letters.of())
    expected = [DIFFERS.get(line, line) for line in wanted[HEADERS:]]
    assert made.text.rstrip("\n") == "\n".join(expected).rstrip("\n")
    assert f"Ämne: {made.subject}" == wanted[2]


@pytest.mark.shared
def test_each_line_that_may_differ_stands_in_the_worked_letter() -> None:
    assert set(DIFFERS) <= set(LOOK.read_text().splitlines())
