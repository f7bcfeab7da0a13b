"""What the linters cannot say about the shape of the code."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "lagesbild").rglob("*.py"))
SERVICES = [f for f in FILES if "service" in (f.stem, f.parent.name) and f.stem != "__init__"]
MAX_FILE = 300
MAX_FUNCTION = 40
# Before the door there is no actor: these run as the door role, or make the first actor.
BEFORE_THE_DOOR = {
    "access.add_municipality",
    "access.add_token",
    "access.found",
    "access.group_named",
    "access.groups",
    "access.password_hash",
    "access.sign_in",
    "access.sign_out",
    "access.visitor_by_session",
    "access.visitor_by_token",
    "backup.back_up",
    "backup.restore",
    "backup.resume",
    "demo.fill",
    "demo.is_empty",
    "demo.password",
    "demo.sign_ins",
    "digests.everywhere",
    "digests.post",
    "instance.claim",
    "instance.finding",
    "instance.refusal",
    "instance.refuse_copy",
    "instance.standing",
    "instance.take",
    "start.begin",
    "start.check_code",
    "start.invitation",
    "start.is_waiting",
    "start.setup_code",
}
# What the clock starts: each makes its own system actor, group by group, and asks as that one.
BY_THE_CLOCK = {"police.fetch", "police.take_in", "police.way"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> list[Function]:
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def called(tree: ast.AST) -> set[str]:
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    methods = {f.attr for f in calls if isinstance(f, ast.Attribute)}
    return methods | {f.id for f in calls if isinstance(f, ast.Name)}


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_a_file_is_small_and_keeps_to_its_part(file: Path) -> None:
    source = file.read_text()
    tree = ast.parse(source)
    assert source.count("\n") <= MAX_FILE, "split the file"
    for function in functions(tree):
        assert function.end_lineno is not None
        assert function.end_lineno - function.lineno < MAX_FUNCTION, f"split {function.name}"
    if file.parts[-2:] != ("base", "db.py"):
        assert not {"commit", "rollback"} & called(tree), "only base/db.py ends a transaction"
    if file.name == "rules.py" or "rules" in file.parts:
        assert not {"now", "today", "utcnow"} & called(tree), "pass the moment in"


@pytest.mark.parametrize("file", SERVICES, ids=lambda f: str(f.relative_to(ROOT / "lagesbild")))
def test_a_service_asks_for_permission(file: Path) -> None:
    tree = ast.parse(file.read_text())
    for function in [node for node in tree.body if isinstance(node, Function)]:
        name = f"{file.relative_to(ROOT / 'lagesbild').parts[0]}.{function.name}"
        if function.name.startswith("_") or name in BEFORE_THE_DOOR | BY_THE_CLOCK:
            continue
        assert "actor" in {a.arg for a in function.args.args}, f"{name}: who is asking?"
        assert "require" in called(function), f"{name}: ask people.rules.require first"


def test_every_read_of_incidents_takes_a_scope_without_default() -> None:
    for name in ("listing.py", "read.py"):
        tree = ast.parse((ROOT / "lagesbild/incidents/store" / name).read_text())
        for function in functions(tree):
            arguments = [a.arg for a in function.args.kwonlyargs]
            if function.name in {"page", "count", "one"}:
                assert function.args.kw_defaults[arguments.index("scope")] is None, function.name


def test_every_topic_is_held_to_the_shape() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = {c["id"]: c for c in config["tool"]["importlinter"]["contracts"]}
    topics = {f.parent for f in FILES if f.parent.parent == ROOT / "lagesbild"}
    names = {f"lagesbild.{topic.name}" for topic in topics if topic.name != "base"}
    assert set(contracts["shape"]["containers"]) == names


def test_no_page_asks_another_host_and_none_carries_a_style_or_a_handler() -> None:
    pages = [*(ROOT / "lagesbild/templates").rglob("*.html"), *(ROOT / "static").glob("*.[cj]ss*")]
    for page in pages:
        if page.parent.name == "digests" and page.name == "letter.html":
            continue  # a letter is no page: its styles become attributes
        text = page.read_text().replace("http://www.w3.org/", "")
        assert not re.search(r"https?://", text), page
        assert not re.search(r'\sstyle="|\son(click|load|error|submit|change)=', text), page


def test_the_two_dark_themes_are_the_same() -> None:
    css = (ROOT / "static/tokens.css").read_text()
    system = re.search(r':root:not\(\[data-theme="light"\]\) \{(.*?)\n  \}', css, re.DOTALL)
    chosen = re.search(r':root\[data-theme="dark"\] \{(.*?)\n  \}', css, re.DOTALL)
    assert system is not None
    assert chosen is not None
    assert system[1] == chosen[1]


def test_the_locks_hold_hashes_and_no_addresses() -> None:
    locks = [*(ROOT / "requirements").glob("*.txt"), ROOT / "package-lock.json"]
    for lock in locks:
        text = lock.read_text()
        assert "sha256:" in text or "sha512-" in text, lock
        assert "://" not in text, lock
