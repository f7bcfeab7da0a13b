"""Which addresses may be asked: the own machine in any way, others only by https."""

from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def is_safe(address: str) -> bool:
    """Whether nobody on the way can read or change what is asked and answered."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if not parts.hostname or "\\" in address:  # after which programs disagree about the host
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
