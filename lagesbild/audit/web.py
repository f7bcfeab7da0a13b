"""The log page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from lagesbild.audit import service
from lagesbild.audit.rules import SUBJECT_TEXT, VERB_TEXT
from lagesbild.base.db import reading
from lagesbild.people.web import current_actor

bp = Blueprint("audit", __name__)


@bp.get("/logg")
def page() -> ResponseReturnValue:
    """Show what was done lately."""
    actor = current_actor()
    with reading(actor.gate) as session:
        entries = service.log(session, actor)
    return render_template(
        "audit/log.html", entries=entries, verbs=VERB_TEXT, subjects=SUBJECT_TEXT
    )
