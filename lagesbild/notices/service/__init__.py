"""Telling people that there is something: permission, rule, store, in that order."""

from lagesbild.notices.service.choosing import choose, switched_off
from lagesbild.notices.service.sending import drop_all, mend, send_next, sent, write

__all__ = ["choose", "drop_all", "mend", "send_next", "sent", "switched_off", "write"]
