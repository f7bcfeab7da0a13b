"""The README's table of settings is the program's."""

import re
from pathlib import Path

from lagesbild.base.settings import Settings

README = Path(__file__).resolve().parents[2] / "README.md"
ELSEWHERE = {"LAGESBILD_START", "LAGESBILD_WFS_URL"}  # read by the command line alone


def test_every_setting_has_a_row_in_the_readme_and_no_other_has() -> None:
    rows = re.findall(r"^\| `(LAGESBILD_[A-Z_]+)` \|", README.read_text(), re.MULTILINE)
    known = {f"LAGESBILD_{name.upper()}" for name in Settings.model_fields}
    assert sorted(rows) == sorted(known | ELSEWHERE)
