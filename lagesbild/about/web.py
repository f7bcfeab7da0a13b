"""The accessibility statement, what is stored, what the API can, and light, dark or large."""

from collections.abc import Sequence

import orjson
from flask import Blueprint, Flask, Response, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lagesbild.base.openapi import JSON, TEXT, Answer, Chapter, Operation, Route, document
from lagesbild.base.settings import Settings
from lagesbild.base.web import inside

YEAR = 365 * 24 * 3600  # seconds
THEMES = {"system": "Som enheten", "light": "Ljust", "dark": "Mörkt"}
COMPLAINTS = "https://www.digg.se/tdosanmalan"  # Digg, which supervises the law
VIEWS = {"normal": "Vanlig", "projector": "Projektor"}

HTML = "text/html"
ABOUT_API = {
    "title": "Lägesbild",
    "version": "1",
    "description": (
        "Incidents, weeks and names of a group, for programs. What an address answers is what the"
        " one who asks may see: a token acts as the person it was made for.\n\n"
        "Every address stands under /api/v1/groups/{group} too, for who is in several groups."
        " Another method than those described is answered 405.\n\n"
        "Places are GeoJSON in WGS 84, longitude first. Times have a zone. More properties may be"
        " added; those that are described stay. Sentences in errors are Swedish and meant for a"
        " person; a program looks at `status` and `field`."
    ),
}

bp = Blueprint("about", __name__)
api = Blueprint("about_api", __name__)


@bp.get("/tillganglighet")
def accessibility() -> ResponseReturnValue:
    """Show the accessibility statement (lag 2018:1937)."""
    return render_template("about/accessibility.html", complaints=COMPLAINTS)


@bp.get("/om-uppgifterna")
def data() -> ResponseReturnValue:
    """Show what is stored, what never is, and who sees it."""
    return render_template("about/data.html")


@bp.post("/visning")
def show_as() -> ResponseReturnValue:
    """Keep how the visitor wants to see pages, in the browser, and go back."""
    answer = redirect(inside(request.form.get("back", "/")), code=303)
    for name, known in (("tema", THEMES), ("vy", VIEWS)):
        chosen = request.form.get(name, "")
        if chosen in known:
            secure = request.is_secure
            answer.set_cookie(
                name, chosen, max_age=YEAR, httponly=True, secure=secure, samesite="Lax"
            )
    return answer


@api.get("/openapi.json")
def description() -> ResponseReturnValue:
    """Return the description of the API."""
    return Response(orjson.dumps(current_app.config["DESCRIPTION"]), mimetype=JSON)


@api.get("/docs")
def reference() -> ResponseReturnValue:
    """Show the same to a person."""
    return render_template("about/api.html", document=current_app.config["DESCRIPTION"])


CHAPTER = Chapter(
    "This description",
    {
        "description": Operation(
            "readDescription",
            "Read this description",
            Answer("OpenAPI 3.1.", {JSON: {"type": "object"}}),
        ),
        "reference": Operation(
            "showDescription",
            "Read it as a page",
            Answer("The page.", {HTML: TEXT}),
            refusals=(303,),
        ),
    },
)


def describe(app: Flask, routes: Sequence[Route]) -> None:
    """Put the description together, once all routes are there."""
    cookie = app.config["SESSION_COOKIE_NAME"]
    app.config["DESCRIPTION"] = document(routes, about=ABOUT_API, cookie=cookie)


def register(app: Flask, settings: Settings) -> None:
    """Attach the pages; every page is shown as the visitor has chosen."""
    app.register_blueprint(bp)
    app.config["CONTACT"] = settings.contact
    app.context_processor(_shown)


def _shown() -> dict[str, object]:
    """Return what of the cookies is known; anything else is the usual."""
    theme, view = request.cookies.get("tema", ""), request.cookies.get("vy", "")
    return {
        "theme": theme if theme in THEMES else "system",
        "shown_as": view if view in VIEWS else "normal",
        "back": inside(request.full_path.rstrip("?")),
        "themes": THEMES,
        "views": VIEWS,
    }
