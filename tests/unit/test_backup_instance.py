"""Whether an installation is the one that its database belongs to. Doubt means a copy."""

import stat
from pathlib import Path

import pytest

from lagesbild.base.settings import Settings
from lagesbild.instance import rules
from lagesbild.instance.rules import Claim, Local, Standing
from lagesbild.instance.store import file

OURS = Claim("we", "1/2", "1/2")


@pytest.mark.parametrize(
    ("claim", "local", "expected"),
    [
        (OURS, Local("we"), Standing.OURS),
        (Claim(None, None, "1/2"), None, Standing.UNCLAIMED),
        (Claim(None, None, "1/2", restored=True), Local("we"), Standing.RESTORED),
        (Claim("we", "1/2", "1/3"), Local("we"), Standing.ELSEWHERE),
        (OURS, Local("they"), Standing.STRANGER),
        (OURS, None, Standing.STRANGER),
        (OURS, Local("we", moved=True), Standing.MOVED),
    ],
)
def test_what_an_installation_is_to_its_database(
    claim: Claim, local: Local | None, expected: Standing
) -> None:
    assert rules.standing(claim, local) is expected


@pytest.mark.parametrize("found", Standing)
def test_only_an_installation_without_doubt_may_send(found: Standing) -> None:
    assert bool(rules.refusal(found)) is (found not in {Standing.OURS, Standing.UNCLAIMED})


@pytest.mark.parametrize("found", sorted(set(Standing) - rules.MAY_SEND))
def test_every_refusal_says_what_to_run(found: Standing) -> None:
    assert "Kör lagesbild resume" in rules.refusal(found)


def test_a_name_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    name = file.named(settings, anew=False)
    assert file.named(settings, anew=False) == name
    assert file.local(settings) == Local(name)
    assert stat.S_IMODE((tmp_path / "instance").stat().st_mode) == 0o600


def test_a_new_name_is_another_one(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert file.named(settings, anew=False) != file.named(settings, anew=True)


def test_a_copied_file_is_noticed_and_its_name_not_used(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    one, two = (Settings(data_dir=tmp_path / folder) for folder in ("one", "two"))
    name = file.named(one, anew=False)
    (tmp_path / "two" / "instance").write_bytes((tmp_path / "one" / "instance").read_bytes())
    assert file.local(two) == Local(name, moved=True)
    assert file.named(two, anew=False) != name


def test_another_machine_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = file.named(Settings(data_dir=tmp_path), anew=False)
    (tmp_path / "machine-id").write_text("another\n")
    monkeypatch.setattr(file, "MACHINE", tmp_path / "machine-id")
    assert file.local(Settings(data_dir=tmp_path)) == Local(name, moved=True)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"12", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_says_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "instance").write_bytes(content)
    assert file.local(Settings(data_dir=tmp_path)) is None


def test_a_given_name_stands_for_the_file(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, instance="huddinge-drift")
    assert file.named(settings, anew=True) == "huddinge-drift"
    assert file.local(settings) == Local("huddinge-drift")
    assert list(tmp_path.iterdir()) == []
