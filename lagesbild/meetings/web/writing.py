"""What is written down on the page of a meeting."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)

from lagesbild.base import clock
from lagesbild.base.db import Session, transaction
from lagesbild.base.errors import ConflictError, InvalidError
from lagesbild.base.web import invalid
from lagesbild.districts import service as districts
from lagesbild.districts.rules import District
from lagesbild.incidents.web.shapes import nothing as empty
from lagesbild.meetings.rules.assessing import Assessment, Word
from lagesbild.meetings.rules.sitting import Coming, Note
from lagesbild.meetings.rules.snapshot import Fixed
from lagesbild.meetings.service import fixing, sitting
from lagesbild.meetings.web.meeting import refused
from lagesbild.meetings.web.place import Place, place_of, was
from lagesbild.people.rules import Actor
from lagesbild.people.web import current_actor

bp = Blueprint("meeting_writing", __name__)

Store = Callable[[Session, Actor, Place, datetime], None]
MOST_VERSIONS = 2**31 - 1
AFTER_FIX: list[Callable[[Session, Actor, Fixed, datetime], None]] = []  # other topics, at once
_UUID = TypeAdapter(UUID)


class NoteForm(BaseModel):
    """What is noted at a step."""

    model_config = ConfigDict(extra="ignore")

    text: str = ""
    version: Annotated[int, Field(ge=0, le=MOST_VERSIONS)] = 0


class ComingForm(BaseModel):
    """Something that is going to happen; without a last day it is on one day."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    text: str = ""
    first_day: date
    last_day: Annotated[date | None, BeforeValidator(empty)] = None

    def coming(self) -> Coming:
        """Return the same in the words of the domain."""
        return Coming(self.id, self.first_day, self.last_day or self.first_day, self.text)


@bp.post("/mote/<name>/oppna")
def open_(name: str) -> ResponseReturnValue:
    """Open the meeting."""

    def store(session: Session, actor: Actor, place: Place, now: datetime) -> None:
        why = request.form.get("purpose", "")
        sitting.open_(session, actor, place.period, why, now=now)

    return stored(name, store)


@bp.post("/mote/<name>/narvaro")
def attend(name: str) -> ResponseReturnValue:
    """Note who is there: `har` and `borta` name organisations, `alla` means all of them."""

    def store(session: Session, actor: Actor, place: Place, now: datetime) -> None:
        here = dict.fromkeys(request.form.getlist("har"), True)
        away = dict.fromkeys(request.form.getlist("borta"), False)
        sitting.attend(session, actor, place.period, here | away, now=now)

    return stored(name, store)


@bp.post("/mote/<name>/inget")
def nothing(name: str) -> ResponseReturnValue:
    """Note that an organisation has said aloud that it has nothing to report."""

    def store(session: Session, actor: Actor, place: Place, now: datetime) -> None:
        slug = request.form.get("organisation", "")
        sitting.say_nothing_for(session, actor, place.period, slug, now=now)

    return stored(name, store)


@bp.post("/mote/<name>/anteckning")
def note(name: str) -> ResponseReturnValue:
    """Store what is noted at a step."""

    def store(session: Session, actor: Actor, place: Place, now: datetime) -> None:
        form = NoteForm.model_validate(request.form.to_dict())
        said = Note(place.step, form.text, form.version)
        sitting.note(session, actor, place.period, said, now=now, confirmed=_confirmed())

    return stored(name, store)


@bp.post("/mote/<name>/kommande")
def expect(name: str) -> ResponseReturnValue:
    """Note something that is going to happen."""

    def store(session: Session, actor: Actor, _place: Place, now: datetime) -> None:
        said = ComingForm.model_validate(request.form.to_dict()).coming()
        sitting.expect(session, actor, said, now=now, confirmed=_confirmed())

    return stored(name, store, only_open=True)


@bp.post("/mote/<name>/kommande/<uuid:id_>/ta-bort")
def drop(name: str, id_: UUID) -> ResponseReturnValue:
    """Take back something that is not going to happen."""

    def store(session: Session, actor: Actor, _place: Place, now: datetime) -> None:
        sitting.drop(session, actor, id_, now=now)

    return stored(name, store)


@bp.post("/mote/<name>/bedomning")
def assess(name: str) -> ResponseReturnValue:
    """Store the group's words of all districts, or an organisation's own of one (`whose`)."""

    def store(session: Session, actor: Actor, place: Place, now: datetime) -> None:
        if request.form.get("whose"):
            said = [_own(districts.district(session, actor, request.form.get("district", "")))]
        else:
            known = districts.districts(session, actor)
            said = [found for found in map(_common, known) if found is not None]
        confirmed = _confirmed()
        sitting.assess(session, actor, place.period, said, now=now, confirmed=confirmed)

    return stored(name, store)


@bp.post("/mote/<name>/faststall")
def fix(name: str) -> ResponseReturnValue:
    """Fix the picture. Who presses after somebody else is shown what was fixed."""

    def store(session: Session, actor: Actor, place: Place, now: datetime) -> None:
        _follow(session, actor, fixing.fix(session, actor, place.period, now=now), now)

    return stored(name, store, _fixed)


@bp.post("/mote/<name>/extra")
def fix_extra(name: str) -> ResponseReturnValue:
    """Fix an extra picture of a week that goes on."""

    def store(session: Session, actor: Actor, place: Place, now: datetime) -> None:
        _follow(session, actor, fixing.fix_extra(session, actor, place.period, now=now), now)

    return stored(name, store)


def _follow(session: Session, actor: Actor, fixed: Fixed, now: datetime) -> None:
    """Do what other topics do when a picture is fixed, all of it or nothing."""
    for follow in AFTER_FIX:
        follow(session, actor, fixed, now)


def stored(
    name: str,
    store: Store,
    after: Callable[[Place], str] = lambda place: place.here,
    *,
    only_open: bool = False,
) -> ResponseReturnValue:
    """Store something and go on; what is refused is shown where it was written.

    `only_open` refuses what comes when the picture is fixed.
    """
    actor = current_actor()
    place, now = place_of(actor, name), clock.now()
    try:
        with transaction(actor.gate) as session:
            if only_open:
                sitting.check_open(session, actor, place.period, now=now)
            store(session, actor, place, now)
    except ValidationError as error:
        return refused(place, invalid(error))
    except (InvalidError, ConflictError) as error:
        return refused(place, error)
    return redirect(after(place), code=303)


def _fixed(place: Place) -> str:
    return url_for("minutes.page", name=place.period.name)


def _confirmed() -> bool:
    return request.form.get("confirmed") == "true"


def _common(district: District) -> Assessment | None:
    """Read the group's word of a district; None where none is chosen, or nobody touched it."""
    slug = district.slug
    word, version = request.form.get(f"word-{slug}", ""), request.form.get(f"version-{slug}", "0")
    sentence = request.form.get(f"sentence-{slug}", "")
    if not word or was(slug, request.form) == (word, sentence):
        return None
    if not version.isdecimal() or int(version) > MOST_VERSIONS:
        raise InvalidError(f"version-{slug}", "Ladda om sidan och försök igen.")
    return Assessment(district.id, None, _word(word), sentence, int(version))


def _own(district: District) -> Assessment:
    """Read what an organisation says of a district."""
    whose = _UUID.validate_python(request.form["whose"])
    word = _word(request.form.get("word", ""))
    return Assessment(district.id, whose, word, request.form.get("sentence", ""))


def _word(word: str) -> Word:
    if word not in list(Word):
        raise InvalidError("word", "Välj ett av orden i listan.")
    return Word(word)
