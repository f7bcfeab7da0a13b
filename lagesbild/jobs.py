"""What runs by the clock, in a process of its own, without Flask."""

import logging
import signal
from datetime import UTC, datetime
from threading import Event
from traceback import extract_tb
from types import FrameType
from typing import NoReturn

from apscheduler.schedulers.blocking import BlockingScheduler

from lagesbild.access import service as access
from lagesbild.base import clock, mail
from lagesbild.base.settings import Settings
from lagesbild.digests import service as digests
from lagesbild.digests.service import Post
from lagesbild.people.rules import Group, system

log = logging.getLogger(__name__)

BEAT_SECONDS = 60


def tick(settings: Settings, now: datetime, *, stop: Event | None = None) -> None:
    """Do what is due at a moment. Harmless to do twice, or in two places at once."""
    post = Post(mail.mailer(settings.mail_url), settings.mail_from, settings.base_url)
    for group in access.groups():
        if stop is not None and stop.is_set():
            return
        try:
            _letters(group, post, now.astimezone(UTC), stop or Event())
        except Exception as error:  # noqa: BLE001 – one group's failure must not stop the others
            place = extract_tb(error.__traceback__)[-1]  # no message: it may hold what is secret
            what = type(error).__name__
            log.error("group %s: %s in %s:%s", group.id, what, place.filename, place.lineno)  # noqa: TRY400 – no message


def _letters(group: Group, post: Post, now: datetime, stop: Event) -> None:
    """Write and deliver the letters of one group."""
    actor = system(group)
    digests.mend(actor, now=now)
    digests.write(actor, post, now=now)
    while not stop.is_set() and digests.send_next(actor, post, now=now):
        pass


def run(settings: Settings) -> None:
    """Tick once a minute until told to stop; what is under way is finished first.

    The schedule is in the database: a tick that is missed or done twice changes nothing.
    """
    mail.mailer(settings.mail_url)  # a wrong address stops the start, not the first letter
    stop = Event()
    scheduler = BlockingScheduler(timezone=clock.STOCKHOLM)
    scheduler.add_job(
        lambda: tick(settings, clock.now(), stop=stop),
        "interval",
        seconds=BEAT_SECONDS,
        next_run_time=clock.now(),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        scheduler.start()
    except KeyboardInterrupt:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        stop.set()
        scheduler.shutdown(wait=True)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
