"""Measure what the locks on incidents cost: the product beside itself without them."""

from contextlib import ExitStack

import psycopg
from run import (
    PRODUCT,
    Target,
    arguments,
    boxes_script,
    compare,
    loaded,
    server,
    writes_script,
)
from sqlalchemy import make_url

from lagesbild.base.settings import Settings

OFF = {
    "without row-level security": "policies",
    "without it and its gate": "policies gate",
    "without the scope": "scope",
    "without both, and no gate": "policies gate scope",
}
WORK = {
    "100 incidents in a box, newest first": (boxes_script, "/api/v1/incidents?"),
    "one incident written": (writes_script, "/api/v1/incidents"),
}


def allow_bypass(settings: Settings) -> None:
    """Give the program's login a role that no policy holds for, in this private server alone."""
    url, login = make_url(settings.owner_url), make_url(settings.database_url).username
    with psycopg.connect(
        host=str(url.query["host"]), user=url.username, dbname=url.database
    ) as owner:
        owner.execute("CREATE ROLE lagesbild_unlocked NOLOGIN BYPASSRLS IN ROLE lagesbild_program")
        owner.execute(f'GRANT lagesbild_unlocked TO "{login}"')


def main() -> None:
    """Load once, serve every way of it, and compare in alternating rounds."""
    given = arguments()
    ways = {"product": ""} | OFF
    with loaded(given.rows, given.generator) as full, ExitStack() as servers:
        allow_bypass(full.settings)
        parents = [full.postmaster]
        for port, off in enumerate(ways.values(), start=PRODUCT):
            environment = full.environment | {"LOCKS_OFF": off}
            app = "unlocked:app" if off else "product:app"
            parents.append(servers.enter_context(server([app], port, environment)))
        for title, (script, path) in WORK.items():
            asked = script(path, full.header)
            targets = [Target(name, port, asked) for port, name in enumerate(ways, start=PRODUCT)]
            compare(title, targets, given, parents=tuple(parents))


if __name__ == "__main__":
    main()
