"""What is told of the letters without being asked: on each page, and to those who watch."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from hmac import compare_digest
from time import monotonic

from flask import Blueprint, Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from lagesbild import VERSION
from lagesbild.base import clock, signals
from lagesbild.base.db import reading
from lagesbild.base.errors import NotFoundError
from lagesbild.base.settings import Settings
from lagesbild.base.web import API, SENTENCES
from lagesbild.digests.rules.silence import Machine, OfGroup, Standing, banner, has_stopped
from lagesbild.digests.service import silence
from lagesbild.instance import service as instance
from lagesbild.people.rules import Actor, Permission
from lagesbild.people.web import actor_if_known

TRUSTED_SECONDS = 60
WITHOUT = {"static", "access.live", "health.ready", "health.metrics"}  # none of them is a page
WATCH = "WATCH_OF_LETTERS"

bp = Blueprint("health", __name__)


class Watch:
    """What each group's pages say of its letters, asked once a minute in each process."""

    def __init__(self, settings: Settings) -> None:
        """Know nothing yet."""
        self.folder = settings.data_dir
        self.token = settings.metrics_token.get_secret_value()
        self._settings = settings
        self._known: dict[str, tuple[float, str]] = {}

    def look(self) -> None:
        """Ask, before a page of who may know, when the last answer is old."""
        actor = actor_if_known()
        if actor is None or not actor.may(Permission.READ_DIGEST) or not _is_page():
            return
        asked_at, _ = self._known.get(actor.group.slug, (None, ""))
        if asked_at is None or monotonic() - asked_at > TRUSTED_SECONDS:
            self._known[actor.group.slug] = (monotonic(), self._asked(actor))

    def _asked(self, actor: Actor) -> str:
        now = clock.now()
        with reading(actor.gate) as session:
            heard = silence.heard(session, actor, now=now)
        return banner(heard, Machine(ticked_at=signals.last_beat(self.folder)), now)

    def words(self) -> dict[str, object]:
        """Return what templates may know."""
        actor = actor_if_known()
        if actor is None or not actor.may(Permission.READ_DIGEST):
            return {"silence": ""}
        return {"silence": self._known.get(actor.group.slug, (0, ""))[1]}

    def machine(self) -> Machine:
        """Return what is known of the installation."""
        is_copy = bool(instance.refusal(self._settings))
        return Machine(is_copy, signals.last_beat(self.folder))


def _is_page() -> bool:
    return request.endpoint not in WITHOUT and not request.path.startswith(API)


def register(app: Flask, settings: Settings) -> None:
    """Let every page of a group know when its letter stays away. After the wall: it asks who."""
    watch = Watch(settings)
    app.config[WATCH] = watch
    app.before_request(watch.look)
    app.context_processor(watch.words)


def standing(actor: Actor) -> Standing:
    """Return how the group's letters stand, for the macro in `digests/status_parts.html`."""
    watch: Watch = current_app.config[WATCH]
    with reading(actor.gate) as session:
        return silence.standing(session, actor, watch.machine(), now=clock.now())


@bp.get("/health/ready")
def ready() -> ResponseReturnValue:
    """Answer that the database can be asked, and tell how the letters and the clock stand.

    A letter that stays away is no reason to take a web server out of work: the status stays 200.
    """
    watch: Watch = current_app.config[WATCH]
    now = clock.now()
    groups = silence.everywhere(now=now)
    overdue = sum(each.overdue for each in groups)
    ticked_at = signals.last_beat(watch.folder)
    return {
        "status": "ok",
        "letters": {
            "ok": overdue == 0,
            "last_sent": _iso(max(_told(g.sent_at for g in groups), default=None)),
            "oldest_due_unsent": _iso(min(_told(g.oldest_unsent for g in groups), default=None)),
            "overdue": overdue,
        },
        "clock": {
            "ok": None if ticked_at is None else not has_stopped(ticked_at, now),
            "last_tick": _iso(ticked_at),
        },
    }


@bp.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Tell a program the same in figures, if it has the token; without one nothing is here."""
    watch: Watch = current_app.config[WATCH]
    if not watch.token:
        raise NotFoundError(SENTENCES[404])
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    given = secret.strip().encode("latin-1", "replace")  # as WSGI hands over what was sent
    is_right = compare_digest(given, watch.token.encode())
    if scheme.lower() != "bearer" or not is_right:
        return Response("", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
    figures = CollectorRegistry()
    groups = silence.everywhere(now=clock.now())
    figures.register(_Figures(groups, signals.last_beat(watch.folder)))
    return Response(generate_latest(figures), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Figures(Collector):
    """The figures of one moment. What is not known has no line: a 0 would be a time in 1970."""

    def __init__(self, groups: Sequence[OfGroup], ticked_at: datetime | None) -> None:
        self._groups, self._ticked_at = groups, ticked_at

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Return each figure, with a line for each group where it is about groups."""
        for name, text, of_group in _OF_GROUPS:
            found = GaugeMetricFamily(name, text, labels=["group"])
            for group in self._groups:
                if (value := of_group(group)) is not None:
                    found.add_metric([group.slug], value)
            yield found
        tick = GaugeMetricFamily(
            "lagesbild_scheduler_last_tick_timestamp_seconds", "When the clock ticked last."
        )
        if self._ticked_at is not None:
            tick.add_metric([], self._ticked_at.timestamp())
        yield tick
        build = GaugeMetricFamily("lagesbild_build_info", "What runs here.", labels=["version"])
        build.add_metric([VERSION], 1)
        yield build


_OF_GROUPS: Sequence[tuple[str, str, Callable[[OfGroup], float | None]]] = (
    (
        "lagesbild_letters_last_sent_timestamp_seconds",
        "When the last letter left.",
        lambda group: _seconds(group.sent_at),
    ),
    (
        "lagesbild_letters_overdue",
        "Letters and notices that have not left two hours after they were due.",
        lambda group: group.overdue,
    ),
    (
        "lagesbild_letters_oldest_unsent_timestamp_seconds",
        "When the oldest of those was due that were due and have not left.",
        lambda group: _seconds(group.oldest_unsent),
    ),
)


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _told(moments: Iterable[datetime | None]) -> list[datetime]:
    return [each for each in moments if each is not None]


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
