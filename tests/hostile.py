"""Texts that would do something if any of them were read as code, and a world made of them.

Each that runs sets `window.pwned`, or opens a dialog, or breaks the Content-Security-Policy.
"""

from datetime import date, datetime, timedelta

from shapely import MultiPolygon, Polygon, box, to_wkb

from lagesbild.access import service as access
from lagesbild.actions import service as actions
from lagesbild.actions.rules import Draft as ActionDraft
from lagesbild.actions.rules import Kind as Sort
from lagesbild.base.clock import STOCKHOLM
from lagesbild.base.db import Session, new_id, reading, transaction
from lagesbild.base.geo import Point
from lagesbild.districts import service as districts
from lagesbild.districts.rules import NewDistrict, Source
from lagesbild.incidents import service as incidents
from lagesbild.incidents.rules import GeoJson
from lagesbild.people.rules import Actor, Group, Kind, Organisation, system
from lagesbild.places import service as places
from lagesbild.places.rules import NewPlace
from lagesbild.problems import service as problems
from lagesbild.problems.rules import Draft as ProblemDraft
from tests.build import draft

TEXTS = (
    # What folium ran (lessons of other systems): a popup, a tooltip, a template literal.
    "x</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=2>",
    "${window.pwned=3}",
    # JavaScript: out of a literal of each kind, and through what a backslash hides.
    "`+(window.pwned=4)+`${alert(4)}",
    "\\`${window.pwned=5}\\",
    "\"+(window.pwned=6)+\"'+(window.pwned=6)+'",
    "\\u003cimg src=x onerror=window.pwned=7\\u003e\\x3csvg\\x3e",
    # HTML and SVG: out of an element, out of an attribute, into another language.
    "</style><style>*{display:none!important}</style>",
    "</svg><svg/onload=window.pwned=9>",
    "</text></title></textarea><iframe srcdoc=x>",
    '" autofocus onfocus=window.pwned=11 onmouseover=alert(11) x="',
    "' onclick='window.pwned=12' x='",
    "<a href=javascript:window.pwned=13>javascript:alert(13)</a>",
    "&lt;img src=x onerror=window.pwned=14&gt;&amp;amp;&#60;",
    "<!--<script>]]><![CDATA[<script>",
    "<base href=//example.com><meta http-equiv=refresh content=0>",
    # Templates: of Jinja, of Leaflet, of folium, of paths.
    "{{7*7}}{% raw %}{{config}}{#",
    "{z}/{x}/{y}?{s}&bbox={bbox-epsg-3857}#../..",
    # Files, queries, and words that no line can hold.
    "=HYPERLINK(1)|+1+1|-1|@SUM(1)",
    "'; DROP TABLE incidents; --%_\\",
    "Å" * 70,
    "noll\u200bbredd\u200d och e\u0301\u0301\u0301\u0301",
)
MARKUP = (
    '<img src=x onerror="alert(1)">',
    "${alert(1)} `${alert(2)}`",
    "</script><script>alert(3)</script>",
    "{{ 7 * 7 }} ' \" <svg/onload=alert(4)>",
)
INJECTIONS = (
    *MARKUP,
    "]]></text><script>alert(5)</script>",
    "&lt;script&gt;alert(6)&lt;/script&gt; &amp;amp;",
    "<!ENTITY x SYSTEM 'file:///etc/passwd'> &x;",
    "<?xml-stylesheet href='javascript:alert(7)'?>",
    "<!--<svg onload=alert(8)>-->",
    "<image href='file:///etc/passwd'/>",
    "<use href='http://localhost/x#y'/>",
    "url(javascript:alert(9))",
    "{% raw %}{{ config }}{% endraw %}",
    "</title><style>*{display:none}</style>",
    "(alert) Tj ET /JS (app.alert\\(10\\))",
    "\x00\x0b\x1f\ufffe\u202eevil\u2066",
    "\ud800 lone half",
    "'; DROP TABLE incidents; --",
    "a" * 500,
)
NAMES = tuple(text for text in TEXTS if text.isprintable())  # what a name may be
LAYER_NAME = "\"${window.pwned=21}`{{7*7}}\\'&lt;b&gt;"
ATTRIBUTION = f"{TEXTS[1]} {TEXTS[0]} {TEXTS[2]} {TEXTS[3]} {TEXTS[10]}"
DIVISION = f"Byar {TEXTS[1]}"
STEP = 0.01  # degrees: a district's width
WEST, SOUTH, NORTH = 17.6, 59.25, 59.27
SOURCE = Source("kommundel", date(2020, 1, 1), f"påhittad {TEXTS[0]}", schematic=True)


def squares() -> list[tuple[str, Polygon]]:
    """Return a row of squares from the west, one for each text."""
    wests = [WEST + STEP * n for n in range(len(TEXTS))]
    return [
        (text, box(west, SOUTH, west + STEP, NORTH))
        for text, west in zip(TEXTS, wests, strict=True)
    ]


def middle(n: int, aside: float = 0.0) -> GeoJson:
    """Return a point in the middle of a square, or aside of it."""
    west = WEST + STEP * (n + 0.5) + aside
    return GeoJson(f'{{"type":"Point","coordinates":[{west:.6f},{(SOUTH + NORTH) / 2}]}}')


def municipality(now: datetime) -> Group:
    """Add a municipality in which districts, what lies around and each place is called so."""
    name = f"Ås {NAMES[1]} {NAMES[2]}"[:100]
    made = access.add_municipality(slug="as", name=name, code="0001", now=now)
    actor = system(made)
    with transaction(actor.gate) as session:
        _put(session, actor, SOURCE, squares(), now=now)
        ground = [(f"{text} by", area) for text, area in squares()]
        for division in ("grannar", "tätort", DIVISION):
            _put(session, actor, Source(division, date(2020, 1, 1), "påhittad"), ground, now=now)
        spots = [Point(WEST + STEP * (n + 0.5), SOUTH + 0.005) for n in range(len(TEXTS))]
        found = [
            NewPlace(str(n), f"Torg {text}", text if n % 2 else "hållplats", spots[n])
            for n, text in enumerate(TEXTS)
        ]
        places.put(session, actor, "prov", found, now=now)
        for n, text in enumerate(NAMES):
            organisation = Organisation(new_id(), f"part-{n}", text, Kind.OTHER)
            access.add_organisation(session, actor, organisation, joined_on=date(2020, 1, 1))
    return made


def _put(
    session: Session,
    actor: Actor,
    source: Source,
    areas: list[tuple[str, Polygon]],
    *,
    now: datetime,
) -> None:
    found = [
        NewDistrict(str(n), f"{text} {n}", to_wkb(MultiPolygon([area])))
        for n, (text, area) in enumerate(areas)
    ]
    districts.put_version(session, actor, source, found, now=now)


def happened(actor: Actor, *, now: datetime) -> None:
    """Report three incidents in each district, with a problem and an action, all called so."""
    with reading(actor.gate) as session:
        parts = {o.name: o.id for o in access.organisations(session, actor)}
        slugs = {d.name: d.slug for d in districts.districts(session, actor)}
    for n, text in enumerate(TEXTS):
        owner = system(actor.group, parts.get(text, actor.organisation_id))
        reference = _reported(owner, n, text, now=now)
        with transaction(actor.gate) as session:
            _goes_on(session, actor, text, slugs[f"{text} {n}"], reference, now=now)


def _reported(owner: Actor, n: int, text: str, *, now: datetime) -> str:
    made = [
        draft(
            summary=text,
            place_text=f"Vid {text}",
            place=middle(n, aside),
            place_precision_m=300 if aside == 0.003 else None,
            organisation_id=owner.organisation_id,
            occurred_from=now - timedelta(minutes=n + 1),
            confirmed=True,
        )
        for aside in (0.0, 0.0005, 0.003)
    ]
    with transaction(owner.gate) as session:
        incidents.report_all(session, owner, made, now=now)
        return incidents.one(session, owner, made[0].id).reference


def _goes_on(
    session: Session, actor: Actor, text: str, district: str, reference: str, *, now: datetime
) -> None:
    today = now.astimezone(STOCKHOLM).date()
    problem = ProblemDraft(
        new_id(), text, since=today, district=district, place_text=text, confirmed=True
    )
    added = problems.add(session, actor, problem, now=now)
    problems.link(session, actor, added.id, reference, now=now)
    action = ActionDraft(
        new_id(),
        text,
        actor.organisation_id,
        Sort.SOCIAL,
        due=today + timedelta(days=7),
        district=district,
        decided_on=today,
        place_text=text,
        owner_role=text[:40],
        confirmed=True,
    )
    actions.decide(session, actor, action, now=now)
