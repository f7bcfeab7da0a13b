"""What those who watch the service from outside get: a mark each minute, a call, an alarm.

Each of them may fail without anything else failing. Addresses are often passwords, and no log
holds more of them than the host.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import requests

from lagesbild.base import hosts

log = logging.getLogger(__name__)
# It writes whole addresses into a warning when the head of an answer is broken.
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)

BEAT = "beat"
TIMEOUT = (5, 10)  # seconds until there is a connection, and of silence
GOOD = range(200, 300)


def beat(folder: Path) -> None:
    """Leave the mark of a tick in the data folder."""
    (folder / BEAT).touch()


def last_beat(folder: Path) -> datetime | None:
    """Return when the clock ticked last, or None where it never has, or has another folder."""
    try:
        return datetime.fromtimestamp((folder / BEAT).stat().st_mtime, UTC)
    except OSError:
        return None


def webhook(url: str, text: str) -> bool:
    """Post a sentence to an address as `{"text": …}`; return whether it was taken."""
    return _call("POST", url, {"text": text})


def alive(url: str) -> bool:
    """Ask for an address to say that all is well; return whether it answered."""
    return _call("GET", url)


def _call(method: str, url: str, body: Mapping[str, str] | None = None) -> bool:
    if not hosts.is_safe(url):
        log.error("%s to a watcher: the address is neither https nor this machine", method)
        return False
    host = urlsplit(url).hostname
    try:
        with requests.request(
            method, url, json=body, timeout=TIMEOUT, allow_redirects=False, stream=True
        ) as answer:
            status = answer.status_code
    except (OSError, ValueError) as error:  # every kind of requests' own; messages hold addresses
        log.warning("%s to %s: %s", method, host, type(error).__name__)
        return False
    if status not in GOOD:
        log.warning("%s to %s: answered %s", method, host, status)
    return status in GOOD
