"""What the command line says of settings that are wrong."""

import pytest
from click.testing import CliRunner

from lagesbild.cli import main


def said(name: str, value: str) -> str:
    found = CliRunner().invoke(main, ["check"], env={f"LAGESBILD_{name}": value})
    assert found.exit_code == 1
    return found.stderr.strip()


def test_a_wrong_setting_is_told_with_its_value() -> None:
    assert said("PORT", "0") == "Inställningen LAGESBILD_PORT är fel: '0'"


@pytest.mark.parametrize("name", ["ALARM_URL", "DEADMAN_URL"])
def test_an_address_that_is_a_password_is_not_repeated(name: str) -> None:
    secret = "http://hooks.example/T0/B0/zxcvbn"
    wanted = f"Inställningen LAGESBILD_{name} är fel. Värdet är hemligt och skrivs inte ut."
    assert said(name, secret) == wanted
