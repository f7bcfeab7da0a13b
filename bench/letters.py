"""One Thursday of many municipalities: fix, draft, compose, approve, release, deliver.

Prints how long each part takes, and fails unless every recipient has got exactly one letter.
"""

import argparse
import logging
import os
import resource
import smtplib
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from types import ModuleType
from typing import Any

from letters_data import EACH, WEEK, Town, load, met, tell_before, towns, work
from letters_post import Got, server

from lagesbild import jobs, schema
from lagesbild.base import db, postgres
from lagesbild.base.mail import Line, Post
from lagesbild.base.settings import Settings
from lagesbild.digests.draw import letter as drawing
from lagesbild.digests.draw import pdf, picture, templates, view
from lagesbild.digests.draw.words import Basis
from lagesbild.digests.rules import Form, Letter
from lagesbild.digests.service import approving, composing, delivering, drafting, looking
from lagesbild.instance import service as instance
from lagesbild.meetings.service import fixing
from lagesbild.people.rules import system

URL = "https://lagesbild.bench.example"
DOMAIN = "bench.example"
FIXED = met(WEEK)
APPROVED, DUE = FIXED + timedelta(hours=2), FIXED + timedelta(hours=5)  # 15.00
SAMPLE = 20  # letters printed as PDF, and rendered bare
MINUTE = timedelta(minutes=1)


class Clock:
    """How long parts took, by name."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.taken: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        """Note how long the block takes, and how much processor time this process spends in it."""
        began, cpu = time.perf_counter(), time.process_time()
        yield
        self.taken[name].append(time.perf_counter() - began)
        self.taken[f"{name} (CPU)"].append(time.process_time() - cpu)

    def inside(self, module: ModuleType, function: str, name: str) -> None:
        """Note how long a function takes whenever a module calls it."""
        original: Callable[..., Any] = getattr(module, function)

        def timed(*args: object, **kwargs: object) -> object:
            with self.time(name):
                return original(*args, **kwargs)

        setattr(module, function, timed)

    def each(self, name: str) -> float:
        """Return the median of a part in milliseconds."""
        return statistics.median(self.taken[name]) * 1000

    def show(self, names: Iterable[str], count: int) -> None:
        """Print parts as rows of a table, each with what it takes for `count` of them."""
        for name in names:
            whole, cpu = sum(self.taken[name]), sum(self.taken[f"{name} (CPU)"])
            print(f"| {name} | {whole:.1f} | {self.each(name):.1f} | {1000 * cpu / count:.1f} |"
                  f" {count / whole:.0f} |")  # fmt: skip


def fix_all(made: Sequence[Town], clock: Clock) -> None:
    """Fix every picture and draft its letter, in one transaction as the page does."""
    for town in made:
        with db.transaction(town.writer.gate) as session:
            with clock.time("fix the picture, publish"):
                fixing.fix(session, town.writer, WEEK, now=FIXED)
            with clock.time("draft"):
                drafting.draft(session, town.writer, WEEK, now=FIXED)


def approve_all(made: Sequence[Town], clock: Clock) -> list[Basis]:
    """Put every letter together as its approver sees it, and approve it. Return some bases."""
    seen: list[Basis] = []
    compose = drawing.compose

    def noted(basis: Basis, form: Form = Form.FULL) -> Letter:
        if form is Form.FULL and len(seen) < SAMPLE:
            seen.append(basis)
        return compose(basis, form)

    for module, function, name in (
        (picture, "png", "… its picture"),
        (drawing, "set_out", "… its three forms, set out"),
        (composing, "checks", "… its checks"),
    ):
        clock.inside(module, function, name)
    drawing.compose = noted
    for town in made:
        with db.reading(town.approver.gate) as session:
            run = looking.newest(session, town.approver, WEEK.name)
        with clock.time("compose, as it is seen"):
            found = composing.composed(town.approver, run.id, base_url=URL, now=APPROVED)
        with clock.time("approve (composed again, frozen)"):
            approving.approve(town.approver, run.id, found.seen, base_url=URL, now=APPROVED)
    return seen


def draw_bare(bases: Sequence[Basis], clock: Clock) -> None:
    """Draw some letters whole, and by a bare Jinja render of the same values."""
    known = templates._templates  # noqa: SLF001 – the very ones
    pages = [known.get_template(f"digests/letter.{kind}") for kind in ("html", "txt")]
    for basis in bases:
        values = view.values(basis, Form.FULL, alt="En karta.")
        with clock.time("bare Jinja"):
            for page in pages:
                page.render(values)
        with clock.time("draw one"):
            whole = drawing.compose(basis)
        with clock.time("PDF/UA"):
            pdf.pdf(whole)
        with clock.time("PDF/A"):
            pdf.archive_pdf(whole)


def release_all(made: Sequence[Town], clock: Clock) -> None:
    """Put every letter in the outbox."""
    for town in made:
        with clock.time("release"):
            delivering.release(system(town.group), domain=DOMAIN, now=DUE)


def deliver_all(made: Sequence[Town], post: Post, clock: Clock) -> None:
    """Deliver a third of the letters each way, in turns."""
    with post.mailer.opened() as line:
        for n, town in enumerate(made):
            actor = system(town.group)
            name, deliver = WAYS[n % len(WAYS)]
            with clock.time(name):
                deliver(actor, post, line)


def _one_line(actor: Any, post: Post, line: Line) -> None:  # noqa: ANN401 – an actor
    while delivering.send_next(actor, post, now=DUE, line=line):
        pass


def _a_line_each(actor: Any, post: Post, _line: Line) -> None:  # noqa: ANN401 – an actor
    delivering.send_all(actor, post, now=DUE, stop=lambda: False)


def _no_line(actor: Any, post: Post, _line: Line) -> None:  # noqa: ANN401 – an actor
    while delivering.send_next(actor, post, now=DUE, line=post.mailer):
        pass


WAYS = (
    ("deliver, one connection for all", _one_line),
    ("deliver, one for each group (as it is)", _a_line_each),
    ("deliver, one for each letter", _no_line),
)


def send_bare(port: int, size: int, count: int, clock: Clock) -> None:
    """Hand over letters of a size without a database: what the mail server itself costs."""
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = "a@b.example", "bare@b.example", "<0@b>"
    message.set_content("x" * 70 + "\n" * 1)
    content = message.as_bytes().replace(b"\n", b"\r\n")
    content += (b"x" * 70 + b"\r\n") * max(0, (size - len(content)) // 72)
    with smtplib.SMTP("127.0.0.1", port) as plain, clock.time("bare smtplib"):
        for _ in range(count):
            plain.sendmail("a@b.example", ["bare@b.example"], content)


def check(got: Got, made: Sequence[Town]) -> None:
    """Fail unless every recipient has got exactly one letter."""
    names = ("ordforande", "vice", "andre-vice", "radet", "chef", "kommun")
    expected = {f"{name}@{town.group.slug}.example" for town in made for name in names}
    assert len(expected) == EACH * len(made)
    assert got.by_address.keys() == expected, "somebody has got none, or somebody else has got one"
    assert set(got.by_address.values()) == {1}, "somebody has got more than one"
    assert got.different == len(expected), "two letters are the same one"
    print(f"{len(expected)} recipients, each has got exactly one; {got.bytes / 1e6:.0f} MB in all")


def peak_mb() -> float:
    """Return the most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def thursday(settings: Settings, made: Sequence[Town], port: int, got: Callable[[], Got]) -> None:
    """Let the day pass, and print the table."""
    clock, count = Clock(), len(made)
    before, load_before = peak_mb(), os.getloadavg()[0]
    fix_all(made, clock)
    bases = approve_all(made, clock)
    release_all(made, clock)
    deliver_all(made, delivering.post(settings), clock)
    arrived = got()
    check(arrived, made)
    memory = peak_mb()
    sent = count * EACH
    send_bare(port, arrived.bytes // sent, sent // len(WAYS), clock)
    draw_bare(bases, clock)
    for name, at in (("first tick after, with its notices", 5), ("a tick with nothing to do", 6)):
        with clock.time(name):
            jobs.tick(settings, DUE + at * MINUTE)
    report(clock, count, sent)
    print(f"memory: {before:.0f} MB before, {memory:.0f} MB at most, {peak_mb():.0f} with PDF;"
          f" load of the machine {load_before:.1f} before, {os.getloadavg()[0]:.1f} after")  # fmt: skip


def report(clock: Clock, count: int, sent: int) -> None:
    """Print what each part took."""
    print(
        "| part | s in all | ms each, median | CPU ms each | letters/s |\n| --- | --- | --- | --- | --- |"
    )
    clock.show(
        ("fix the picture, publish", "draft", "compose, as it is seen",
         "approve (composed again, frozen)", "release"), count,
    )  # fmt: skip
    for name, _ in WAYS:
        clock.show([name], sent // len(WAYS))
    clock.show(["bare smtplib"], sent // len(WAYS))
    for name in (
        "… its picture",
        "… its three forms, set out",
        "… its checks",
        "bare Jinja",
        "draw one",
        "PDF/UA",
        "PDF/A",
    ):
        print(f"{name}: {clock.each(name):.1f} ms")
    for name in ("first tick after, with its notices", "a tick with nothing to do"):
        print(
            f"{name}: {sum(clock.taken[name]):.1f} s, {1000 * sum(clock.taken[name]) / count:.0f} ms a group"
        )
    ways = [sum(clock.taken[name]) for name, _ in WAYS]
    print(f"a connection for each letter / one for each group: {ways[2] / ways[1]:.2f};"
          f" / one for all: {ways[2] / ways[0]:.2f}; product / bare smtplib:"
          f" {ways[1] / sum(clock.taken['bare smtplib']):.2f}")  # fmt: skip
    drawn, bare = clock.each("draw one"), clock.each("bare Jinja")
    print(f"draw one / bare Jinja: {drawn / bare:.1f}; compose / bare Jinja:"
          f" {clock.each('compose, as it is seen') / bare:.1f}")  # fmt: skip


def main() -> None:
    """Make the municipalities, fill them, and let a Thursday pass."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rows", type=int, default=1_000_000)
    reader.add_argument("--municipalities", type=int, default=290)
    given = reader.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="lagesbild-") as folder, server() as (port, got):
        Path(folder).chmod(0o755)  # the database may run as somebody else
        private = Settings(data_dir=Path(folder), smtp_url=f"smtp://127.0.0.1:{port}",
                           mail_from=f"post@{DOMAIN}", base_url=URL)  # fmt: skip
        with postgres.available(private) as settings:
            schema.upgrade(settings)
            db.connect(settings.database_url, settings.reader_url)
            instance.claim(settings)
            began = time.perf_counter()
            made = towns(given.municipalities)
            load(settings, made, given.rows)
            work(made)
            tell_before(made)
            print(f"{given.municipalities} municipalities with {given.rows} incidents made in"
                  f" {time.perf_counter() - began:.0f} s", flush=True)  # fmt: skip
            thursday(settings, made, port, got)
            db.forget_connections()


if __name__ == "__main__":
    main()
