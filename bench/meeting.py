"""What 30 open pages of a meeting cost: each asks every 1.5 seconds whether anything has changed.

Signs in to a running product: address and password are arguments. Asks the pulse of a meeting with
and without news, the health check that does nothing, and the whole page, one after the other and
bounded in number, and says what share of one worker the pages of a meeting take.
"""

import argparse
import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from http import HTTPStatus
from statistics import median
from time import perf_counter

PAGES, EVERY = 30, 1.5  # open pages, seconds between their questions (static/meeting.js)
TIMES, ROUNDS = 100, 5


class Client:
    """A browser without a screen."""

    def __init__(self, address: str) -> None:
        """Begin without cookies."""
        self.address = address
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)

    def get(self, path: str, tag: str = "") -> tuple[int, str, str]:
        """Return status, tag and text."""
        headers = {"If-None-Match": tag} if tag else {}
        request = urllib.request.Request(self.address + path, headers=headers)
        try:
            with self._opener.open(request) as answer:
                return answer.status, answer.headers.get("ETag", ""), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get("ETag", ""), ""

    def sign_in(self, password: str) -> None:
        """Sign in as the coordinator of the demo."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/logga-in")[2])
        assert token is not None
        form = {"mail": "kommun@demo.example", "password": password, "csrf_token": token[1]}
        data = urllib.parse.urlencode(form).encode()
        self._opener.open(self.address + "/logga-in", data).close()


def milliseconds(ask: Callable[[], object]) -> float:
    """Return how long one question takes, the median of some rounds."""
    taken = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        for _ in range(TIMES):
            ask()
        taken.append((perf_counter() - begun) / TIMES * 1000)
    return median(taken)


def main() -> None:
    """Print a line for each kind of question."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("address", help="http://localhost:8000")
    reader.add_argument("password")
    reader.add_argument("week", help="2026-W47")
    given = reader.parse_args()
    client = Client(given.address)
    client.sign_in(given.password)
    meeting = f"/g/demo/mote/{given.week}"
    _, tag, _ = client.get(f"{meeting}/puls")
    assert client.get(f"{meeting}/puls", tag)[0] == HTTPStatus.NOT_MODIFIED, (
        "nobody may change anything meanwhile"
    )
    bare = milliseconds(lambda: client.get("/health/live"))
    found = {
        "health, bare": bare,
        "pulse, 304": milliseconds(lambda: client.get(f"{meeting}/puls", tag)),
        "page, step 7": milliseconds(lambda: client.get(f"{meeting}?steg=7")),
    }
    for name, each in found.items():
        print(f"{name:16}{each:8.1f} ms{each / bare:8.1f} × bare")
    share = PAGES / EVERY * found["pulse, 304"] / 1000
    print(f"{PAGES} pages ask {PAGES / EVERY:.0f} times a second: {share:.0%} of one worker")


if __name__ == "__main__":
    main()
