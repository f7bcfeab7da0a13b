"""The file that production is started with."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from lagesbild.base.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yml"
RUNS_ONCE = {"migrate"}
NOT_SETTINGS = {  # what the file itself or the database's own start needs
    "LAGESBILD_IMAGE", "LAGESBILD_SITE", "LAGESBILD_WEB_PASSWORD", "LAGESBILD_READER_PASSWORD",
    "LAGESBILD_OWNER_PASSWORD", "LAGESBILD_WFS_URL",
}  # fmt: skip
SECRETS = ("PASSWORD", "SECRET")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    read: dict[str, Any] = YAML(typ="safe").load(FILE.read_text())
    return read


def wanted() -> list[tuple[str, str]]:
    """Return what the file takes from outside, with what stands where it is missing."""
    return re.findall(r"\$\{(LAGESBILD_[A-Z_]+)(:?[-?][^}]*)?\}", FILE.read_text())


def test_the_file_follows_the_specification() -> None:
    checked = subprocess.run(  # noqa: S603 – our own file
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", FILE],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_service_that_stays_says_whether_it_is_well(compose: dict[str, Any]) -> None:
    silent = [
        name
        for name, service in compose["services"].items()
        if "test" not in service.get("healthcheck", {}) and name not in RUNS_ONCE
    ]
    assert silent == []


def test_only_the_proxy_is_reached_from_outside(compose: dict[str, Any]) -> None:
    reached = {name for name, service in compose["services"].items() if service.get("ports")}
    local = compose["services"]["mail"]["ports"]
    assert reached == {"proxy", "mail"}
    assert all(port.startswith("127.0.0.1:") for port in local)


def test_the_mail_catcher_is_not_started_in_production(compose: dict[str, Any]) -> None:
    assert compose["services"]["mail"]["profiles"] == ["dev"]


def test_there_is_no_usable_secret_in_the_file() -> None:
    given = [(name, default) for name, default in wanted() if name.endswith(SECRETS)]
    assert given
    needed = [default for name, default in given if "KEY" not in name and default != ":-"]
    assert all(default.startswith(":?") for default in needed)
    assert ("LAGESBILD_SECRET_KEY", ":?make one with openssl rand -hex 32") in set(wanted())


def test_every_setting_in_the_file_is_one_of_the_program() -> None:
    known = {f"LAGESBILD_{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(r"LAGESBILD_[A-Z_]+", FILE.read_text()))
    assert named - known - NOT_SETTINGS == set()


def test_every_image_of_others_is_named_with_its_version(compose: dict[str, Any]) -> None:
    images = [service["image"] for service in compose["services"].values()]
    others = {image for image in images if not image.startswith("${LAGESBILD_IMAGE")}
    assert all(re.search(r":v?\d+[.-]\d+", image) for image in others), others


def test_nothing_of_ours_gains_rights(compose: dict[str, Any]) -> None:
    for name in ("web", "scheduler", "migrate"):
        service = compose["services"][name]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_what_is_kept_lies_in_a_named_volume(compose: dict[str, Any]) -> None:
    used = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
    }
    assert used == set(compose["volumes"])
