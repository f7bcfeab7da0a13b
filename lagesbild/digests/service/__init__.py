"""What the group does with letters: permission, rule, store, audit, in that order."""

from lagesbild.digests.service.looking import preview, run, runs
from lagesbild.digests.service.writing import (
    hold_all,
    mend,
    post,
    send,
    send_next,
    write,
)

__all__ = [
    "hold_all",
    "mend",
    "post",
    "preview",
    "run",
    "runs",
    "send",
    "send_next",
    "write",
]
