"""What runs by the clock, in a process of its own, without Flask."""

import logging
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from threading import Event
from traceback import extract_tb
from types import FrameType
from typing import NoReturn

from apscheduler.schedulers.blocking import BlockingScheduler

from lagesbild.access import service as access
from lagesbild.base import clock, mail, signals
from lagesbild.base.db import transaction
from lagesbild.base.errors import SetupError
from lagesbild.base.mail import Post
from lagesbild.base.mail.patience import patient
from lagesbild.base.outbox import passing
from lagesbild.base.settings import Settings
from lagesbild.digests.service import delivering, planning, stirring, telling
from lagesbild.exchange.service import imports
from lagesbild.instance import service as instance
from lagesbild.meetings import service as meetings
from lagesbild.meetings.service import fixing
from lagesbild.notices import service as notices
from lagesbild.notices.rules import Kind
from lagesbild.people.rules import Actor, Group, system
from lagesbild.police.service import events as police
from lagesbild.police.service import fetching

log = logging.getLogger(__name__)

BEAT_SECONDS = 60
TIDYING = (police.forget, imports.forget_files)


@dataclass(frozen=True)
class _Told:
    """What a tick is told from outside: when to stop, and where alarms go."""

    stop: Event
    alarm_url: str


def tick(settings: Settings, now: datetime, *, stop: Event | None = None) -> None:
    """Do what is due at a moment. Harmless to do twice, or in two places at once."""
    clock.check_zone()
    post = _post(settings)
    moment, told = passing(now.astimezone(UTC)), _Told(stop or Event(), settings.alarm_url)
    well = True
    for group in access.groups():
        if told.stop.is_set():
            return
        well &= _work(group, post, moment(), told)
        if post is not None:
            _safely(f"notices of {group.id}", partial(_notices, group, post, moment(), told.stop))
    if settings.police_url and not told.stop.is_set():
        _ask_the_police(settings)
    if settings.deadman_url and post is not None and well:
        signals.alive(settings.deadman_url)


def _safely(where: str, do: Callable[[], object]) -> bool:
    """Do one thing, and return whether it went well."""
    try:
        do()
    except Exception as error:  # noqa: BLE001 – one thing's failure must not stop the others
        _note(where, error)
        return False
    return True


def _note(where: str, error: Exception) -> None:
    place = extract_tb(error.__traceback__)[-1]  # no message: it may hold what is secret
    what = type(error).__name__
    log.error("%s: %s in %s:%s", where, what, place.filename, place.lineno)


def _ask_the_police(settings: Settings) -> None:
    """Fetch the police's events if an hour has passed: a real one, whatever the tick pretends."""
    try:
        fetched = fetching.fetch(access.groups(), fetching.way(settings), now=clock.now())
    except SetupError as error:
        _say_once(str(error))
    except Exception as error:  # noqa: BLE001 – the next hour is another try
        _note("police events", error)
    else:
        if fetched is not None and fetched.is_trouble:
            log.warning("police events: %s", fetched.sentence)


def _post(settings: Settings) -> Post | None:
    """Return how letters leave from here, or None where the installation is a restored copy."""
    if sentence := instance.refusal(settings):
        _say_once(sentence)
        return None
    return patient(delivering.post(settings))


@cache
def _say_once(sentence: str) -> None:
    """Say why nothing happens: once in a process, not once a minute."""
    log.warning(sentence)


def _work(group: Group, post: Post | None, now: datetime, told: _Told) -> bool:
    """Do what is due in one group, each thing whatever became of the one before it."""
    actor = system(group)
    well = _do(group, [partial(_plan, group, now), partial(_correct, group, now)])
    if post is not None and not _is_idle(actor, now):
        well &= _do(group, _letters(actor, post, now, told))
    return well & _do(group, [partial(tidy, actor, now=now) for tidy in TIDYING])


def _do(group: Group, steps: Sequence[Callable[[], object]]) -> bool:
    went = [_safely(f"group {group.id}", step) for step in steps]
    return all(went)


def _is_idle(actor: Actor, now: datetime) -> bool:
    """Whether there is nothing to do with a group's letters, as far as one look can tell."""
    try:
        return stirring.is_idle(actor, now=now)
    except Exception as error:  # noqa: BLE001 – each thing then asks for itself
        _note(f"group {actor.group.id}", error)
        return False


def _plan(group: Group, now: datetime) -> None:
    """Make the meetings of the coming weeks."""
    actor = system(group)
    with transaction(actor.gate) as session:
        meetings.make_ahead(session, actor, now=now)


def _letters(actor: Actor, post: Post, now: datetime, told: _Told) -> list[Callable[[], object]]:
    """Return how the letters of one group are drafted, sent and told of, step by step.

    A letter that cannot be drafted stops none that is approved, and silence is told of anyway.
    """
    return [
        partial(delivering.mend, actor, now=now),
        partial(planning.plan, actor, now=now),
        partial(planning.plan_extra, actor, now=now),
        partial(planning.plan_corrections, actor, now=now),
        partial(delivering.release, actor, domain=mail.domain(post.sender), now=now),
        partial(_tell, actor, post, now, told.alarm_url),
        partial(delivering.send_all, actor, post, now=now, stop=told.stop.is_set),
    ]


def _tell(actor: Actor, post: Post, now: datetime, alarm_url: str) -> None:
    """Tell of letters that wait; call whoever watches, until they have taken it."""
    for alarm in telling.tell(actor, post, now=now):
        log.error("group %s: %s", actor.group.id, alarm.text)
        if not alarm_url or signals.webhook(alarm_url, alarm.text):
            telling.called(actor, alarm, now=now)


def _notices(group: Group, post: Post, now: datetime, stop: Event) -> None:
    """Write and deliver the notices of one group; what goes wrong with one kind stops no other."""
    actor = system(group)
    notices.mend(actor, now=now)
    where = f"notices of {group.id}"
    well = [*Kind]
    if not _safely(where, partial(notices.write, actor, well, now=now)):
        well = [k for k in Kind if _safely(where, partial(notices.write, actor, [k], now=now))]
    moment = passing(now)
    while not stop.is_set() and notices.send_next(actor, post, well, now=moment()):
        pass


def _correct(group: Group, now: datetime) -> None:
    """Publish and fix again what counts something that may no longer be counted."""
    actor = system(group)
    with transaction(actor.gate) as session:
        for id_ in meetings.correct(session, actor, now=now):
            log.info("publication %s corrects an earlier one", id_)
        for made in fixing.correct_fixed(session, actor, now=now):
            log.info("picture %s corrects picture %s", made.head.number, made.head.corrects)


def run(settings: Settings) -> None:
    """Tick once a minute until told to stop; what is under way is finished first.

    The schedule is in the database: a tick that is missed or done twice changes nothing.
    """
    clock.check_zone()
    mail.mailers(settings)  # a wrong address stops the start, not the first letter
    stop = Event()
    scheduler = BlockingScheduler(timezone=clock.STOCKHOLM)
    scheduler.add_job(
        lambda: _beat(settings, stop),
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


def _beat(settings: Settings, stop: Event) -> None:
    """Tick, and leave a mark that a watcher of processes can look at."""
    tick(settings, clock.now(), stop=stop)
    signals.beat(settings.data_dir)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
