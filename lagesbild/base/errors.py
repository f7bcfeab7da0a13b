"""The errors a person can act on.

Their text is shown to the user, in Swedish. Anything else that is raised is a bug.
Which HTTP status each one becomes is decided in one table, `base.web.STATUS`.
"""

UNSTORABLE = frozenset("\x00\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class LagesbildError(Exception):
    """Base of every error that a person can do something about."""


class NotFoundError(LagesbildError):
    """There is no such thing, or this actor may not know that there is."""


class NotAllowedError(LagesbildError):
    """The actor lacks the permission."""


class SignInError(LagesbildError):
    """Nobody is signed in, or the sign-in failed."""


class TooManyError(LagesbildError):
    """The same thing was tried too often in a short time."""


class ConflictError(LagesbildError):
    """Somebody else changed the thing first, or it is already done."""

    def __init__(self, message: str, *, current: object = None) -> None:
        """Keep the stored value, so that both versions can be shown."""
        super().__init__(message)
        self.current = current


class InvalidError(LagesbildError):
    """One field of the input breaks a rule."""

    def __init__(self, field: str, message: str, *, confirmable: bool = False) -> None:
        """Keep the field's name; `confirmable` means that a person may insist."""
        super().__init__(message)
        self.field = field
        self.confirmable = confirmable


class SetupError(LagesbildError):
    """The installation itself lacks something; a person at the machine can mend it."""


def storable(field: str, text: str) -> None:
    """Raise `InvalidError` for what cannot be stored, or reads otherwise than it is written.

    PostgreSQL takes no NUL; signs that turn the direction of writing hide a number from the guard.
    """
    if not UNSTORABLE.isdisjoint(text):
        raise InvalidError(field, "Texten innehåller ett tecken som inte går att spara.")
