"""Pages where people are let in and stopped, and where one changes one's own password."""

from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, ValidationError

from lagesbild.access import service as access
from lagesbild.access.rules import Newcomer
from lagesbild.base import clock, privacy
from lagesbild.base.db import reading
from lagesbild.base.errors import InvalidError, LagesbildError, NotAllowedError, TooManyError
from lagesbild.base.web import STATUS, invalid
from lagesbild.members import rules, service
from lagesbild.people.rules import ROLE_TEXT, Actor, Permission, Role, Visitor, require
from lagesbild.people.web import current_actor

DONE = {
    "ny": "är med i gruppen. Ge personen adressen hit och lösenordet som du skrev upp, var för sig."
    " Har du det inte: välj Ändra och ge ett nytt.",
    "kand": "är med i gruppen, och loggar in med det lösenord som personen redan har.",
    "andrad": "är ändrad.",
    "avstangd": "är avstängd, och kommer inte längre in.",
    "inslappt": "kommer in igen, med samma lösenord som förr.",
    "losenord": "har ett nytt lösenord, och är utloggad överallt.",
}

bp = Blueprint("members", __name__)
own = Blueprint("own", __name__)


class NewForm(BaseModel):
    """Somebody to let in."""

    model_config = ConfigDict(str_strip_whitespace=True)

    mail: str
    name: str
    organisation: str
    role: Role
    password: str

    def newcomer(self) -> Newcomer:
        """Return who it is."""
        return Newcomer(self.mail, self.name, self.password)


class PlaceForm(BaseModel):
    """What somebody is to be in the group."""

    organisation: str
    role: Role


@bp.get("/personer")
def page() -> ResponseReturnValue:
    """Show who is in the group, and the form that lets somebody in."""
    asked = request.args.get("organisation", "")
    values = {"organisation": asked, "role": request.args.get("roll", Role.MEMBER.value)}
    return _page(current_actor(), values | {"password": rules.password()})


@bp.post("/personer")
def add() -> ResponseReturnValue:
    """Let somebody in. The password stands in the form, so that a double click loses nothing."""
    actor = current_actor()
    require(actor, Permission.MANAGE_PEOPLE)
    values = request.form.to_dict()
    try:
        form = NewForm.model_validate(values)
        added, is_new = service.add(
            actor,
            form.newcomer(),
            organisation=form.organisation,
            role=form.role,
            now=clock.now(),
        )
    except ValidationError as error:
        return _page(actor, values, invalid(error))
    except LagesbildError as error:
        return _page(actor, values, error)
    return redirect(url_for(".page", klart="ny" if is_new else "kand", vem=added.id), code=303)


def _page(
    actor: Actor, values: dict[str, str], error: LagesbildError | None = None
) -> ResponseReturnValue:
    with reading(actor.gate) as session:
        known = service.members(session, actor)
        organisations = access.organisations(session, actor)
    there = {m.organisation_id for m in known if m.active}
    who = request.args.get("vem", "")
    page = render_template(
        "members/list.html",
        members=known,
        organisations=organisations,
        missing=[o.name for o in organisations if o.id not in there],
        roles=rules.grantable(actor.role, known),
        may_touch=lambda member: _refusal(actor, member) is None,
        values={name: privacy.redacted(value) for name, value in values.items()},
        error=error,
        done=_done([m for m in known if str(m.id) == who]),
        role_text=ROLE_TEXT,
        role_use=rules.ROLE_USE,
    )
    return page, STATUS[type(error)] if error else 200


def _done(who: list[rules.Member]) -> str:
    said = DONE.get(request.args.get("klart", ""))
    return f"{who[0].name} {said}" if who and said else ""


def _refusal(actor: Actor, member: rules.Member) -> LagesbildError | None:
    return rules.refusal(actor.role, actor.person_id, member)


@bp.get("/personer/<uuid:id_>")
def one(id_: UUID) -> ResponseReturnValue:
    """Show one person's place in the group, and what can be done about it."""
    return _one(current_actor(), id_)


def _one(actor: Actor, id_: UUID, error: LagesbildError | None = None) -> ResponseReturnValue:
    with reading(actor.gate) as session:
        found = service.member(session, actor, id_)
        known = service.members(session, actor)
        organisations = access.organisations(session, actor)
    slug = next((o.slug for o in organisations if o.id == found.organisation_id), "")
    roles = rules.grantable(actor.role, known)
    page = render_template(
        "members/one.html",
        member=found,
        organisations=organisations,
        roles=roles if found.role in roles else (*roles, found.role),
        refusal=_refusal(actor, found),
        values={"organisation": slug, "role": found.role.value, "password": rules.password()},
        error=error,
        done=_done([found]),
        role_text=ROLE_TEXT,
    )
    return page, STATUS[type(error)] if error else 200


@bp.post("/personer/<uuid:id_>")
def change(id_: UUID) -> ResponseReturnValue:
    """Do what the pressed button says: change, stop, let in, or give a password."""
    actor = current_actor()
    require(actor, Permission.MANAGE_PEOPLE)
    try:
        done = _changed(actor, id_, request.form.get("gor", ""))
    except ValidationError as error:
        return _one(actor, id_, invalid(error))
    except LagesbildError as error:
        return _one(actor, id_, error)
    return redirect(url_for(".one", id_=id_, klart=done), code=303)


def _changed(actor: Actor, id_: UUID, wanted: str) -> str:
    now = clock.now()
    match wanted:
        case "andra":
            form = PlaceForm.model_validate(request.form.to_dict())
            service.change(actor, id_, organisation=form.organisation, role=form.role, now=now)
            return "andrad"
        case "stang":
            service.stop(actor, id_, now=now)
            return "avstangd"
        case "slapp":
            service.readmit(actor, id_, now=now)
            return "inslappt"
        case "losenord":
            service.give_password(actor, id_, request.form.get("password", "").strip(), now=now)
            return "losenord"
        case _:
            raise InvalidError("gor", "Välj vad som ska göras.")


@own.get("/losenord")
def password_page() -> ResponseReturnValue:
    """Show the form that changes one's own password."""
    return _password_page(done=request.args.get("klart") == "ja")


@own.post("/losenord")
def change_password() -> ResponseReturnValue:
    """Change one's own password; every other sign-in ends."""
    try:
        secret = _with_new_password(g.visitor)
    except (InvalidError, NotAllowedError, TooManyError) as error:
        return _password_page(error=error)
    session.clear()
    session["secret"] = secret
    return redirect(url_for(".password_page", klart="ja"), code=303)


def _with_new_password(visitor: Visitor) -> str:
    if visitor.bound:
        raise NotAllowedError("Ett program byter inte lösenord. Logga in på sidan.")
    given = request.form.get
    if given("password", "") != given("again", ""):
        raise InvalidError("again", "Det är inte samma som ovanför. Skriv det nya igen.")
    return service.change_own_password(
        visitor.actors[0],
        given("old", ""),
        given("password", ""),
        address=request.remote_addr or "",
        now=clock.now(),
    )


def _password_page(
    *, done: bool = False, error: LagesbildError | None = None
) -> ResponseReturnValue:
    page = render_template("members/password.html", done=done, error=error)
    return page, STATUS[type(error)] if error else 200
