"""What every page says where the installation is a copy."""

from time import monotonic

from flask import Flask, request

from lagesbild.base.settings import Settings
from lagesbild.base.web import API
from lagesbild.instance import service
from lagesbild.instance.rules import MAY_SEND

TRUSTED_SECONDS = 60
WITHOUT = {"static", "access.live"}  # neither shows a page, and both answer without a database


class Watch:
    """What is known about the installation, asked once a minute in each process."""

    def __init__(self, settings: Settings) -> None:
        """Know nothing yet."""
        self._settings = settings
        self._asked_at: float | None = None
        self._copy = False

    def look(self) -> None:
        """Ask, before a page, when the last answer is old."""
        if request.endpoint in WITHOUT or request.path.startswith(API):
            return
        if self._asked_at is None or monotonic() - self._asked_at > TRUSTED_SECONDS:
            self._copy = service.standing(self._settings) not in MAY_SEND
            self._asked_at = monotonic()

    def words(self) -> dict[str, object]:
        """Return what templates may know."""
        return {"is_copy": self._copy}


def register(app: Flask, settings: Settings) -> None:
    """Let every page know whether the installation is a copy."""
    watch = Watch(settings)
    app.before_request(watch.look)
    app.context_processor(watch.words)
