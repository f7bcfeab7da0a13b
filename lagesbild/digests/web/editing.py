"""The page on which somebody changes the words of a letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lagesbild.base import clock, privacy
from lagesbild.base.db import reading, transaction
from lagesbild.base.errors import ConflictError, InvalidError, NotFoundError
from lagesbild.base.web import STATUS
from lagesbild.digests.rules import Form, Kind, Run, plain
from lagesbild.digests.rules.checks import words_of
from lagesbild.digests.rules.editing import PART, Edit, parts
from lagesbild.digests.rules.wording import LONGEST, MOST_WORDS, Wording
from lagesbild.digests.service import composing, drafting
from lagesbild.digests.service.drafting import NO_LETTER, Draft
from lagesbild.digests.web.choosing import address_of, period_of, run_of, sent_id
from lagesbild.incidents.web.forms import version_of
from lagesbild.people.rules import Actor, Permission, require
from lagesbild.people.web import current_actor

bp = Blueprint("digest_editing", __name__)

HINTS = {
    "changed": "Står överst i brevet, i en ruta.",
    "short": "Högst två rader. Den första räknas fram: hur många händelser, och om det är vanligt.",
    "attention": "Högst tre. Det före den första punkten blir fetstil. Vad ska beslutas?",
    "deviations": "En rad för varje avvikelse, med vad som görs. Inga antal under fem.",
    "problems": "Nummer, namn, område och riktning: P-19 Små bränder, Skogås: ny.",
    "new": "Nummer, åtgärd, vem och när.",
    "late": "Nummer, åtgärd, vem och hur sen.",
    "done": "Nummer, åtgärd och vad den gav.",
    "answers": "Läsarnas frågor med gruppens svar. Ingen läsare pekas ut.",
    "coming": "Det som händer nästa vecka och som läsarna har nytta av att veta.",
}
SHORT_OF_AN_EXTRA = "Det som har hänt, i högst tre rader. Brevet har inga siffror."
Error = InvalidError | ConflictError


@dataclass(frozen=True)
class _Sent:
    """What somebody has sent and could not be stored: none of it is lost."""

    error: Error
    texts: dict[str, str]
    version: str


@bp.get("/utskick/<week>/andra")
def page(week: str) -> ResponseReturnValue:
    """Show the words of a letter, to be changed."""
    return _page(current_actor(), week)


@bp.post("/utskick/<week>/andra")
def change(week: str) -> ResponseReturnValue:
    """Store the words of a letter, over the version that was changed."""
    actor = current_actor()
    week = period_of(actor, week).name
    texts = {name: request.form[name] for name in PART if name in request.form}
    try:
        with transaction(actor.gate) as session:
            require(actor, Permission.EDIT_DIGEST)
            run = drafting.open_letter(session, actor, sent_id())
            before = parts(drafting.drafted(session, actor, run).latest)
            words: dict[str, Any] = {n: texts.get(n, before[n]) for n in _names(run)}
            wanted = Edit(
                Wording(**words),
                version_of(request.form.get("version", "")) or 0,
                confirmed="confirmed" in request.form,
            )
            drafting.edit(session, actor, run.id, wanted, now=clock.now())
    except (InvalidError, ConflictError) as error:
        kept = {name: privacy.redacted(text) for name, text in texts.items()}
        return _page(actor, week, _Sent(error, kept, request.form.get("version", "")))
    which = address_of(run.kind, run.version)
    return redirect(url_for("digests.one", week=week, klart="andrat", **which), code=303)


def _page(actor: Actor, week: str, sent: _Sent | None = None) -> ResponseReturnValue:
    require(actor, Permission.EDIT_DIGEST)
    with reading(actor.gate) as session:
        run = run_of(session, actor, week)
        if run is None or not run.kind.is_letter:
            raise NotFoundError(NO_LETTER)
        draft = drafting.drafted(session, actor, run)
    if not run.is_open and sent is None:
        return redirect(url_for("digests.one", week=week, **address_of(run.kind, run.version)))
    body = render_template("digests/edit.html", **_words(actor, run, draft, sent))
    return make_response(body, STATUS[type(sent.error)] if sent else 200)


def _words(actor: Actor, run: Run, draft: Draft, sent: _Sent | None) -> dict[str, Any]:
    stored, first = parts(draft.latest), parts(draft.first)
    names = _names(run)
    texts = {**stored, **(sent.texts if sent else {})}
    is_stale = sent is not None and isinstance(sent.error, ConflictError)
    return {
        "period": period_of(actor, run.week),
        "run": run,
        "draft": draft,
        "which": address_of(run.kind, run.version),
        "names": names,
        "labels": PART,
        "hints": HINTS if run.kind is Kind.LETTER else {**HINTS, "short": SHORT_OF_AN_EXTRA},
        "texts": texts,
        "stored": stored,
        "first": first,
        "error": sent.error if sent else None,
        "is_stale": is_stale,
        "version": draft.version if sent is None or is_stale else sent.version,
        # A field that somebody else has changed meanwhile is shown with what stands there now.
        "differs": [n for n in names if is_stale and _lines(texts[n]) != _lines(stored[n])],
        "rest": _rest(actor, draft, [stored[name] for name in names]),
        "words": sum(plain.words(texts[name]) for name in names),
        "most": MOST_WORDS,
        "longest": LONGEST,
    }


def _names(run: Run) -> list[str]:
    """Return which parts of a letter people write; only a correction says what is corrected."""
    if run.kind is Kind.EXTRA:
        return ["short"]
    return [name for name in PART if name != "changed" or run.version > 1]


def _lines(text: str) -> list[str]:
    return plain.lines(text)


def _rest(actor: Actor, draft: Draft, changed: Sequence[str]) -> int:
    """Return how many words the letter has beside those that are changed here."""
    base_url = current_app.config["BASE_URL"]
    found = composing.composed(actor, draft.run.id, base_url=base_url, now=clock.now())
    whole = words_of(found.letters[Form.FULL].text)
    return whole - sum(map(plain.words, changed))
