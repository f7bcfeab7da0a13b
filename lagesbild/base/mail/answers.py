"""What an answer means for a letter: accepted, refused for good, deferred, or nobody knows."""

import re
import smtplib

LONGEST_ANSWER = 200
ACCEPTED, GO_ON, LATER, NEVER = 2, 3, 4, 5  # first digits [RFC 5321 4.2.1]
CLOSING = 421
# Too large for the system, or longer than somebody has decided [RFC 3463 3.3, 3.4].
TOO_LARGE = re.compile(rb"5\.(3\.4|2\.3)\b")
OUT_OF_SPACE = 552  # the same where no such number stands beside it [RFC 1870 6]
NUMBERED = re.compile(rb"[245]\.\d+\.\d+\b")


class MailError(Exception):
    """The letter was not accepted for certain. The text is the server's answer, or ours."""


class RefusedError(MailError):
    """The server refused the letter for good."""


class TooLargeError(RefusedError):
    """The server takes no letter of this size; a smaller one may do."""


class DeferredError(MailError):
    """Nothing was accepted, and it may go better later."""


class LostError(DeferredError):
    """The server went away before the letter began."""


class UnreachableError(DeferredError):
    """There was no conversation with the server: another letter would fare no better."""


class UnknownError(MailError):
    """The connection was lost after the letter began: it may have been accepted or not."""


def judge(
    code: int, answer: bytes, *, wanted: int = ACCEPTED, otherwise: type[MailError] = DeferredError
) -> str:
    """Return the answer of a server that said what was wanted; raise what its code means."""
    text = f"{code} {' '.join(answer.decode(errors='replace').split())}"[:LONGEST_ANSWER]
    if code // 100 == wanted:
        return text
    if code == CLOSING:
        raise LostError(text)
    if code // 100 == LATER:
        raise DeferredError(text)
    if code // 100 == NEVER:
        raise (TooLargeError if _is_about_size(code, answer) else RefusedError)(text)
    raise otherwise(text)


def reason(error: Exception) -> str:
    """Return what happened in a few words."""
    if isinstance(error, smtplib.SMTPResponseException):
        text = f"{error.smtp_code} {_bytes(error.smtp_error).decode(errors='replace')}"
    else:
        text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(text.split())[:LONGEST_ANSWER]


def _is_about_size(code: int, answer: bytes) -> bool:
    if NUMBERED.match(answer):
        return bool(TOO_LARGE.match(answer))
    return code == OUT_OF_SPACE


def _bytes(answer: bytes | str) -> bytes:
    """Return a server's answer as bytes: smtplib gives both."""
    return answer if isinstance(answer, bytes) else answer.encode()
