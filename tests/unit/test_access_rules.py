import pytest

from lagesbild.access import rules
from lagesbild.base.errors import InvalidError, TooManyError


@pytest.mark.parametrize(
    "mail", ["", "a", "@as.se", "a@as", "a b@as.se", "a@as.se\r\nBcc: b@as.se", "811228-9874@as.se"]
)
def test_what_cannot_be_an_address_is_refused(mail: str) -> None:
    with pytest.raises(InvalidError):
        rules.check_mail(mail)


def test_an_ordinary_address_is_taken() -> None:
    rules.check_mail("anna.bo+prov@kommun.as.example")


@pytest.mark.parametrize("name", ["", "  ", "Ås\r\nkommun", "811228-9874"])
def test_a_name_that_breaks_a_line_or_points_at_somebody_is_refused(name: str) -> None:
    with pytest.raises(InvalidError):
        rules.check_name("name", name)


@pytest.mark.parametrize(
    ("mail", "address", "stopped"), [(7, 39, False), (8, 0, True), (0, 40, True)]
)
def test_guesses_are_counted_per_mail_and_per_address(
    mail: int, address: int, *, stopped: bool
) -> None:
    if not stopped:
        rules.check_guesses(by_mail=mail, by_address=address)
        return
    with pytest.raises(TooManyError):
        rules.check_guesses(by_mail=mail, by_address=address)


def test_a_password_of_twelve_signs_is_long_enough_and_eleven_are_not() -> None:
    rules.check_password("x" * 12)
    with pytest.raises(InvalidError):
        rules.check_password("x" * 11)
