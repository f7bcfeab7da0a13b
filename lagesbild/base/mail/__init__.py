"""Outgoing mail, one letter to one recipient: to a mail server, or as files in a folder.

What went wrong is told apart by what it means for the letter: refused for good, deferred, unknown.
"""

from lagesbild.base.mail.addresses import mailer, mailers, ways
from lagesbild.base.mail.answers import (
    DeferredError,
    MailError,
    RefusedError,
    TooLargeError,
    UnknownError,
    UnreachableError,
)
from lagesbild.base.mail.attempt import hand_over
from lagesbild.base.mail.fallback import Both
from lagesbild.base.mail.folder import FileMailer
from lagesbild.base.mail.kinds import Line, Mailer, Mailers, Post
from lagesbild.base.mail.message import domain
from lagesbild.base.mail.smtp import SmtpMailer

__all__ = [
    "Both",
    "DeferredError",
    "FileMailer",
    "Line",
    "MailError",
    "Mailer",
    "Mailers",
    "Post",
    "RefusedError",
    "SmtpMailer",
    "TooLargeError",
    "UnknownError",
    "UnreachableError",
    "domain",
    "hand_over",
    "mailer",
    "mailers",
    "ways",
]
