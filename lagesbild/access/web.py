"""The wall that everything stands behind, and the sign-in pages."""

from flask import (
    Blueprint,
    Flask,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect

from lagesbild.access import rules, service
from lagesbild.base import clock, privacy
from lagesbild.base.db import reading
from lagesbild.base.errors import InvalidError, NotFoundError, SignInError, TooManyError
from lagesbild.base.openapi import JSON, TEXT, Answer, Chapter, Operation, listed, record
from lagesbild.base.web import API, STATUS, inside, show_error
from lagesbild.people.rules import ROLE_TEXT, Kind, Permission, Visitor
from lagesbild.people.web import actor_if_known, current_actor, give_group, take_group

OPEN = {"static", "access.sign_in_page", "access.sign_in", "access.live"}
OPEN |= {"health.ready", "health.metrics"}  # for who watches; the second asks for its own token
OPEN |= {"first.page", "first.enter", "first.begin"}  # they close with the first municipality
GREETING = {"about.accessibility", "about.data"}  # open, with the menu of whoever is signed in
OPEN |= GREETING | {"about.show_as"}
SAFE = {"GET", "HEAD", "OPTIONS"}
# The first part of every page's address below /g/<group>.
PAGES = {"", "vecka", "handelser", "inlasning", "omraden", "karta", "utskick", "uttag", "logg"}
PAGES |= {"atgarder", "aviseringar", "kom-igang", "mote", "personer", "problem"}

bp = Blueprint("access", __name__)
api = Blueprint("access_api", __name__)
csrf = CSRFProtect()


def wall() -> None:
    """Stop every request from a stranger, except to the open endpoints."""
    g.visitor = _visitor() if request.endpoint in GREETING else None
    if request.endpoint in OPEN:
        return
    g.visitor = _visitor()
    if g.visitor is None:
        raise SignInError("Logga in för att fortsätta.")
    if current_app.config["IN_PRODUCTION"]:
        rules.refuse_example_group(g.visitor)
    if g.group_slug is not None and g.visitor.actor_in(g.group_slug) is None:
        raise NotFoundError("Det finns ingen sådan grupp, eller så är du inte med i den.")


def _visitor() -> Visitor | None:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        visitor = service.visitor_by_token(secret.strip())
        if visitor is None:
            raise SignInError("Nyckeln gäller inte. Skapa en ny med lagesbild token add.")
        return visitor
    if "secret" not in session:
        return None
    if request.method not in SAFE:
        csrf.protect()
    return service.visitor_by_session(session["secret"], now=clock.now())


def ask_to_sign_in(error: SignInError) -> ResponseReturnValue:
    """Send a stranger to the sign-in page and back again; programs get the error itself."""
    is_program = request.path.startswith(API) and request.endpoint != "about_api.reference"
    if is_program or request.method not in SAFE:
        return show_error(error)
    wanted = inside(request.full_path.rstrip("?")) if request.path != "/" else None
    return redirect(url_for("access.sign_in_page", next=wanted), code=303)


@bp.get("/logga-in")
def sign_in_page() -> ResponseReturnValue:
    """Show the sign-in form, or where an installation without a municipality begins."""
    if not service.groups():
        return redirect(url_for("first.page"), code=303)
    return render_template("access/sign_in.html", next=inside(request.args.get("next", "/")))


@bp.post("/logga-in")
def sign_in() -> ResponseReturnValue:
    """Sign in with e-mail and password."""
    csrf.protect()
    wanted = inside(request.form.get("next", "/"))
    mail = request.form.get("mail", "").replace("\x00", "")
    try:
        if current_app.config["IN_PRODUCTION"]:
            rules.refuse_example(mail)
        secret = service.sign_in(
            mail,
            request.form.get("password", ""),
            address=request.remote_addr or "",
            now=clock.now(),
        )
    except (SignInError, TooManyError) as error:
        safe = privacy.redacted(mail)
        page = render_template("access/sign_in.html", next=wanted, mail=safe, error=str(error))
        return page, STATUS[type(error)]
    session.clear()  # a new session, so that nobody can hand out a prepared one
    session["secret"] = secret
    return redirect(wanted, code=303)


@bp.post("/logga-ut")
def sign_out() -> ResponseReturnValue:
    """Sign out; the session is forgotten here too."""
    service.sign_out(session.get("secret", ""))
    session.clear()
    return redirect(url_for(".sign_in_page"), code=303)


@bp.get("/health/live")
def live() -> ResponseReturnValue:
    """Answer that the process runs."""
    return {"status": "ok"}


@bp.get("/", defaults={"path": ""})
@bp.get("/<path:path>")
def to_group(path: str) -> ResponseReturnValue:
    """Take a person to the page in their group."""
    if path.split("/", maxsplit=1)[0] not in PAGES:
        raise NotFoundError("Adressen leder inte till någon sida. Kontrollera den.")
    visitor: Visitor = g.visitor
    if len(visitor.actors) > 1:
        return render_template("access/groups.html", actors=visitor.actors, path=path)
    query = f"?{request.query_string.decode()}" if request.query_string else ""
    return redirect(f"/g/{visitor.actors[0].group.slug}/{path}{query}", code=303)


@api.get("/organisations")
def organisations() -> ResponseReturnValue:
    """Return the organisations of the group."""
    actor = current_actor()
    with reading(actor.gate) as session:
        known = service.organisations(session, actor)
    return {"organisations": [{"slug": o.slug, "name": o.name, "kind": o.kind} for o in known]}


_ORGANISATION = {"slug": TEXT, "name": TEXT, "kind": {"type": "string", "enum": list(Kind)}}
CHAPTER = Chapter(
    "Names",
    {
        "organisations": Operation(
            "listOrganisations",
            "List the organisations of the group",
            Answer(
                "The organisations.",
                {JSON: record({"organisations": listed(record(_ORGANISATION))})},
            ),
        )
    },
)


def _csrf_sentence(_error: CSRFError) -> ResponseReturnValue:
    return show_error(
        InvalidError("csrf_token", "Sidan har legat öppen för länge. Ladda om och försök igen.")
    )


def _context() -> dict[str, object]:
    visitor: Visitor | None = g.get("visitor")
    return {
        "actor": actor_if_known(),
        "several_groups": visitor is not None and len(visitor.actors) > 1,
        "Permission": Permission,
        "ROLE_TEXT": ROLE_TEXT,
        "nonce": g.nonce,
    }


def register(app: Flask) -> None:
    """Put the wall in front of an application."""
    csrf.init_app(app)
    app.url_value_preprocessor(take_group)
    app.url_defaults(give_group)
    app.before_request(wall)
    app.register_error_handler(SignInError, ask_to_sign_in)
    app.register_error_handler(CSRFError, _csrf_sentence)
    app.context_processor(_context)
    app.register_blueprint(bp)
