"""The web application, put together."""

from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from lagesbild.about import web as about
from lagesbild.access import web as access
from lagesbild.actions.web import api as actions_api
from lagesbild.actions.web import pages as actions
from lagesbild.actions.web import writing as action_writing
from lagesbild.audit.web import bp as audit
from lagesbild.base import basemap, db, privacy, web
from lagesbild.base.openapi import Chapter, Route
from lagesbild.base.settings import Settings
from lagesbild.digests.web import AROUND, beside_start, proposals
from lagesbild.digests.web import api as digests_api
from lagesbild.digests.web import bp as digests
from lagesbild.digests.web import status as letters
from lagesbild.districts import web as districts
from lagesbild.exchange.web import exports
from lagesbild.exchange.web.imports import allow_upload
from lagesbild.exchange.web.imports import bp as imports
from lagesbild.incidents.web import api as incidents_api
from lagesbild.incidents.web import described
from lagesbild.incidents.web import pages as incidents
from lagesbild.incidents.web.asking import bp as asking
from lagesbild.incidents.web.intake import bp as intake
from lagesbild.incidents.web.merging import bp as merging
from lagesbild.incidents.web.placing import bp as placing
from lagesbild.incidents.web.reporting import bp as reporting
from lagesbild.incidents.web.sharing import bp as sharing
from lagesbild.instance import web as instance
from lagesbild.maps import web as maps
from lagesbild.meetings import web as meetings
from lagesbild.members.web import bp as members
from lagesbild.members.web import own
from lagesbild.notices.web import bp as notices
from lagesbild.places import web as places
from lagesbild.police import web as police
from lagesbild.problems.web import api as problems_api
from lagesbild.problems.web import pages as problems
from lagesbild.problems.web import writing as problem_writing
from lagesbild.start import web as start

ROOT = Path(__file__).resolve().parent.parent
API = "/api/v1"
ONLY = "_only"  # ends the name of what is registered without a group in the address
UNTOLD = Chapter("Untold", {})
APIS = {
    access.api: access.CHAPTER,
    actions_api.bp: actions_api.CHAPTER,
    digests_api.bp: digests_api.CHAPTER,
    districts.api: districts.CHAPTER,
    exports.api: exports.CHAPTER,
    incidents_api.bp: described.CHAPTER,
    meetings.api: meetings.CHAPTER,
    places.api: places.CHAPTER,
    police.api: police.CHAPTER,
    problems_api.bp: problems_api.CHAPTER,
}
PAGES = (
    actions.bp, action_writing.bp, asking, audit, digests, proposals, exports.bp, imports,
    incidents.bp, intake, *maps.PAGES, *meetings.PAGES, members, merging, notices,
    placing, problems.bp, problem_writing.bp, reporting, sharing, start.bp, *AROUND,
)  # fmt: skip
# What topics that stand on another one add to its pages.
BESIDE = {
    incidents.BESIDE: (problems.beside_incident, actions.beside_incident),
    problems.BESIDE: (actions.beside_problem,),
    start.BESIDE: (beside_start,),
}
MAX_BODY = 1024 * 1024  # a form or a Feature is some kilobytes


def create_app(settings: Settings) -> Flask:
    """Return the application, bound to the databases in the settings."""
    app = Flask(__name__, static_folder=ROOT / "static")
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SESSION_COOKIE_NAME="lagesbild",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https:"),
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        WTF_CSRF_CHECK_DEFAULT=False,  # the wall asks for it where there is a cookie
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        IN_PRODUCTION=settings.in_production,
        BASE_URL=settings.base_url,
        MAIL_URL=settings.mail_url,
        MAIL_FROM=settings.mail_from,
        TILES_URL="" if settings.pmtiles else settings.tiles_url,  # also where it cannot be read
        TILES_ATTRIBUTION=settings.tiles_attribution,
        BASEMAP=basemap.available(settings.pmtiles),
        MAP_LAYERS=settings.map_layers,
        **BESIDE,
    )
    if count := settings.proxies:  # without one, anybody could say who asks
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]  # as Flask's documentation does it
    db.connect(settings.database_url, settings.reader_url)
    privacy.know(settings.contact, settings.mail_from)
    web.register(app)
    app.before_request(allow_upload)  # before the wall reads the form for its token
    access.register(app)
    instance.register(app, settings)
    letters.register(app, settings)
    about.register(app, settings)
    _add_pages(app)
    about.describe(app, list(routes(app)))
    return app


def _add_pages(app: Flask) -> None:
    """Give each page its address: of the installation, of a group, of a program."""
    for page in (start.first, own, letters.bp):
        app.register_blueprint(page)
    for pages in PAGES:
        app.register_blueprint(pages, url_prefix="/g/<group>")
    for api in APIS:
        app.register_blueprint(api, url_prefix=f"{API}/groups/<group>")
        app.register_blueprint(api, url_prefix=API, name=f"{api.name}{ONLY}")
    app.register_blueprint(about.api, url_prefix=API)


def routes(app: Flask) -> Iterator[Route]:
    """Return the routes of the API, each with the chapter that tells of it."""
    chapters = {api.name: chapter for api, chapter in APIS.items()} | {
        about.api.name: about.CHAPTER
    }
    for rule in app.url_map.iter_rules():
        blueprint, _, view = rule.endpoint.partition(".")
        chapter = chapters.get(blueprint.removesuffix(ONLY), UNTOLD)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if rule.rule.startswith(f"{API}/"):
                yield Route(rule.rule, method, chapter, view)
