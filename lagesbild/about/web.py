"""The accessibility statement, what is stored, and the choice of light, dark and large."""

from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lagesbild.base.settings import Settings
from lagesbild.base.web import inside

YEAR = 365 * 24 * 3600  # seconds
THEMES = {"system": "Som enheten", "light": "Ljust", "dark": "Mörkt"}
VIEWS = {"normal": "Vanlig", "projector": "Projektor"}

bp = Blueprint("about", __name__)


@bp.get("/tillganglighet")
def accessibility() -> ResponseReturnValue:
    """Show the accessibility statement (lag 2018:1937)."""
    return render_template("about/accessibility.html")


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
        "view": view if view in VIEWS else "normal",
        "back": inside(request.full_path.rstrip("?")),
        "themes": THEMES,
        "views": VIEWS,
    }
