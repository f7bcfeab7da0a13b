"""Which addresses may be asked."""

import pytest

from lagesbild.base.hosts import is_safe


@pytest.mark.parametrize(
    "address",
    [
        "https://polisen.se/api/events",
        "https://karta.example:8443/wfs?map=a",
        "http://127.0.0.1:8080/wfs",
        "http://localhost",
        "http://[::1]:80/",
    ],
)
def test_https_and_the_own_machine_may_be_asked(address: str) -> None:
    assert is_safe(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://polisen.se/api/events",
        "http://127.0.0.1.example/",
        "http://127.0.0.1@polisen.se/",
        "http://polisen.se\\@127.0.0.1/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "https:///x",
        "https://[",
        "polisen.se",
        "",
    ],
)
def test_nothing_else_may(address: str) -> None:
    assert not is_safe(address)
