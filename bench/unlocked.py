"""The product without some of its locks on incidents, to measure what they cost.

`LOCKS_OFF` names them: `policies` (row-level security), `gate` (the trip that sets what they
read; only together with the policies) and `scope` (the queries' conditions, and what of a place
is shown). The product itself has no such switch: this file puts others in place of its parts.
"""

# ruff: noqa: SLF001 – it reaches into the product on purpose

import os
from typing import Any

from sqlalchemy import ColumnElement, Engine, FromClause, literal, text, true

from lagesbild.base import db
from lagesbild.base.settings import Settings
from lagesbild.incidents.rules import Shown
from lagesbild.incidents.store import seen

OFF = os.environ["LOCKS_OFF"].split()
PROGRAM, BYPASSING = "lagesbild_program", "lagesbild_unlocked"  # `locks.py` makes the second
make_engine = db._engine


def _as_stored(
    incidents: FromClause,
    how: ColumnElement[str],  # noqa: ARG001 – as the function that it replaces
) -> dict[str, ColumnElement[Any]]:
    return {name: incidents.c[name] for name in seen.PLACE}


def _bypassing(url: str, role: str) -> Engine:
    return make_engine(url, BYPASSING if role == PROGRAM else role)


if "policies" in OFF:
    db._engine = _bypassing
    db._SET_GATE = text(str(db._SET_GATE).replace(PROGRAM, BYPASSING))
if "gate" in OFF:
    db._open_gate = lambda *_, **__: None
if "scope" in OFF:
    seen.places = _as_stored
    seen._how = lambda *_: literal(Shown.EXACT.value)

from lagesbild.app import create_app  # noqa: E402 – only now, for queries are made at import
from lagesbild.incidents.store import filtering  # noqa: E402

if "scope" in OFF:
    inside = filtering._meets_box(filtering._incident.place)
    filtering._CONDITIONS |= {"shared": true(), "box": inside}

app = create_app(Settings())
