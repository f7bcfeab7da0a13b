"""Plain text in lines of a certain length."""

from lagesbild.base.lines import wrapped


def test_a_line_ends_between_words() -> None:
    assert wrapped("ett två tre", 8) == "ett två\ntre"


def test_what_a_no_break_space_holds_together_stays_on_a_line() -> None:
    assert wrapped("i går kl.\u00a09.00", 12) == "i går\nkl. 9.00"


def test_a_word_that_fits_in_no_line_is_broken_and_an_address_is_not() -> None:
    assert wrapped("Aaaaaaaaaaaa", 8, "* ", "  ") == "* Aaaaaa\n  aaaaaa"
    assert wrapped("Se https://as.example", 8) == "Se\nhttps://as.example"
