"""The first start in a browser, and the page that says what is missing before the first meeting."""

from datetime import time

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, ValidationError

from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.access.web import csrf
from lagesbild.base import clock, privacy
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import reading
from lagesbild.base.errors import (
    ConflictError,
    InvalidError,
    LagesbildError,
    NotFoundError,
    SignInError,
    TooManyError,
)
from lagesbild.base.web import STATUS, invalid
from lagesbild.meetings import service as meetings
from lagesbild.meetings.rules import series
from lagesbild.people.web import current_actor
from lagesbild.start import rules, service
from lagesbild.start.rules import First, Letter, Step

CODE = "start_code"
BESIDE = "BESIDE_START"  # what the letters say of themselves here: see `app`
CLOSED = "Kommunen är redan upplagd. Logga in i stället, eller be samordnaren släppa in dig."

bp = Blueprint("start", __name__)
first = Blueprint("first", __name__)  # before there is a group


class FirstForm(BaseModel):
    """The form of the first start. An empty short name is made from the name."""

    model_config = ConfigDict(str_strip_whitespace=True)

    name: str
    code: str
    slug: str = ""
    weekday: int
    meeting: time
    mail: str
    person: str
    password: str
    again: str

    def first(self) -> First:
        """Return what it says, or raise `InvalidError`."""
        if self.password != self.again:
            raise InvalidError("again", "Det är inte samma som ovanför. Skriv lösenordet igen.")
        newcomer = Newcomer(self.mail, self.person, self.password)
        slug = self.slug or rules.short_name(self.name)
        return First(self.name, self.code, slug, self.weekday, self.meeting, newcomer)


@first.get("/start")
def page() -> ResponseReturnValue:
    """Ask for the code, or show the form to whoever has given it."""
    _refuse_closed()
    if "kod" in request.args:
        return _entered(request.args["kod"])
    if not _has_code():
        return render_template("start/code.html")
    return _form({"weekday": "3", "meeting": "09:00"})


@first.post("/start/kod")
def enter() -> ResponseReturnValue:
    """Take the code."""
    csrf.protect()
    _refuse_closed()
    return _entered(request.form.get("kod", ""))


@first.post("/start")
def begin() -> ResponseReturnValue:
    """Make the municipality and sign its first person in. A double click makes one."""
    csrf.protect()
    if not _has_code():
        _refuse_closed()
        return redirect(url_for(".page"), code=303)
    values = request.form.to_dict()
    try:
        wanted = FirstForm.model_validate(values).first()
        secret = _begun(wanted)
    except ValidationError as error:
        return _form(values, invalid(error))
    except LagesbildError as error:
        return _form(values, error)
    session.clear()
    session["secret"] = secret
    return redirect(url_for("start.steps", group=wanted.slug), code=303)


def _begun(wanted: First) -> str:
    """Return the secret of the first person's session."""
    now, address = clock.now(), request.remote_addr or ""
    who = (wanted.person.mail, wanted.person.password or "")
    try:
        service.begin(wanted, now=now)
    except ConflictError as conflict:
        try:  # the same form twice: it is the one who was faster
            return access.sign_in(*who, address=address, now=now)
        except (SignInError, TooManyError):
            raise conflict from None
    return access.sign_in(*who, address=address, now=now)


def _entered(given: str) -> ResponseReturnValue:
    """Remember a right code in the signed cookie, so that it leaves the address."""
    try:
        service.check_code(
            given,
            key=current_app.config["SECRET_KEY"],
            address=request.remote_addr or "",
            now=clock.now(),
        )
    except (SignInError, TooManyError) as error:
        return render_template("start/code.html", error=error), STATUS[type(error)]
    session.clear()
    session[CODE] = given
    return redirect(url_for(".page"), code=303)


def _has_code() -> bool:
    """Whether the cookie, which nobody else can sign, holds the code of this very database."""
    code = service.setup_code(current_app.config["SECRET_KEY"])
    return CODE in session and rules.is_same(session[CODE], code)


def _refuse_closed() -> None:
    if not service.is_waiting():
        raise NotFoundError(CLOSED)


def _form(values: dict[str, str], error: LagesbildError | None = None) -> ResponseReturnValue:
    safe = {name: privacy.redacted(value) for name, value in values.items()}
    page = render_template(
        "start/first.html", values=safe, error=error, weekdays=[*enumerate(series.WEEKDAYS)]
    )
    return page, STATUS[type(error)] if error else 200


@bp.get("/kom-igang")
def steps() -> ResponseReturnValue:
    """Show what is missing before the first meeting."""
    actor = current_actor()
    now = clock.now()
    mail = rules.mail(current_app.config["MAIL_URL"], current_app.config["MAIL_FROM"])
    with reading(actor.gate) as opened:
        coming = meetings.coming(opened, actor, now=now)
        lacks: dict[str, str] = {}
        for add in current_app.config[BESIDE]:
            lacks |= add(opened, actor, now=now)
        today = now.astimezone(STOCKHOLM).date()
        found = service.steps(opened, actor, mail, Letter(**lacks), today=today)
    return render_template(
        "start/steps.html",
        steps=found,
        done=sum(step.done for step in found),
        following=_next(found),
        next_meeting=coming,
        weekday=series.WEEKDAYS[actor.group.meeting_weekday],
    )


def _next(steps: list[Step]) -> int:
    """Return the place of the first step that is not done, from one; none is zero."""
    return next((at for at, step in enumerate(steps, start=1) if not step.done), 0)
