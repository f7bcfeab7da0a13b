"""The letter as its page shows it."""

import base64
import hashlib
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lagesbild.base import mail
from lagesbild.base.clock import Period
from lagesbild.base.mail import Post
from lagesbild.digests import service
from lagesbild.people.rules import Group, Role, system
from tests.build import NOW
from tests.web.conftest import SignIn

LETTER = "/g/as/utskick/2026-W47"


@pytest.fixture
def coordinator(sign_in: SignIn, group: Group, tmp_path: Path) -> FlaskClient:
    """A coordinator who has got the letter of a week."""
    client = sign_in(Role.COORDINATOR, "kommun")
    post = Post(mail.mailer(f"file:{tmp_path}"), "lagesbild@as.example", "http://localhost:8000")
    period = Period.named("2026-W47")
    service.send(system(group), period, post, now=NOW + timedelta(days=1, hours=4))
    return client


def test_the_page_shows_the_letter_its_text_and_its_picture(coordinator: FlaskClient) -> None:
    assert "mottaget" in coordinator.get(LETTER).text
    assert "Ingår inte" in coordinator.get(f"{LETTER}/brev.html").text
    assert "INGÅR INTE" in coordinator.get(f"{LETTER}/brev.txt").text
    assert coordinator.get(f"{LETTER}/karta.png").data.startswith(b"\x89PNG")


def test_the_letter_runs_no_script_and_each_of_its_styles_is_allowed_by_hash(
    coordinator: FlaskClient,
) -> None:
    answer = coordinator.get(f"{LETTER}/brev.html")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "script-src" not in policy
    assert "sandbox allow-same-origin" in policy  # else the picture is not asked for as this site
    assert f'src="{LETTER}/karta.png"' in answer.text
    for style in re.findall(r'style="([^"]*)"', answer.text):
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_nobody_but_the_coordinator_reads_it(coordinator: FlaskClient, sign_in: SignIn) -> None:
    assert coordinator.get(LETTER).status_code == 200
    for role in (Role.MEMBER, Role.READER, Role.AUDITOR, Role.ADMIN):
        other = sign_in(role, "polis")
        for page in ("/brev.html", "/brev.txt", "/karta.png"):
            assert other.get(f"{LETTER}{page}").status_code == 403, (role, page)


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.READER, 200), (Role.MEMBER, 200), (Role.AUDITOR, 403), (Role.ADMIN, 403)],
)
def test_readers_get_the_week_as_it_left_the_group(
    coordinator: FlaskClient, sign_in: SignIn, role: Role, status: int
) -> None:
    assert coordinator.get(f"{LETTER}/lasare").status_code == 200
    answer = sign_in(role, "polis").get(LETTER)
    assert answer.status_code == status
    assert ("Lägesbild vecka 47" in answer.text) is (status == 200)


def test_a_reader_finds_the_published_weeks(coordinator: FlaskClient, sign_in: SignIn) -> None:
    assert coordinator.get("/g/as/utskick").status_code == 200
    page = sign_in(Role.READER, "kommun").get("/g/as/utskick").text
    assert 'href="/g/as/utskick/2026-W47/lasare"' in page
    assert "mottaget" not in page


def test_a_week_that_is_not_published_is_not_there(sign_in: SignIn) -> None:
    reader = sign_in(Role.READER, "kommun")
    assert reader.get("/g/as/utskick/2026-W40/lasare").status_code == 404
    assert "Inga veckor är publicerade ännu" in reader.get("/g/as/utskick").text
