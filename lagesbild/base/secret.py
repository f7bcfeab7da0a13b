"""The key that signs sessions: given, or made once for an installation of its own."""

import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from lagesbild.base.errors import SetupError
from lagesbild.base.settings import Settings

SHORTEST = 32  # characters; RFC 7518 section 3.2 asks for 256 bits
FEWEST_KINDS = 10  # "change-me-change-me-change-me-…" is long, too
ADVICE = "Gör en med: python3 -c 'import secrets; print(secrets.token_hex(32))'"


def ready(settings: Settings) -> Settings:
    """Return settings with a key: as given, else the data folder's own, made when missing.

    Raises `SetupError` in production when the key is missing or looks like a sample.
    """
    given = settings.secret_key.get_secret_value()
    if settings.in_production:
        if problem := weakness(given):
            raise SetupError(problem)
        return settings
    if given:
        return settings
    key = _own(settings.data_dir / "secret")
    return settings.model_copy(update={"secret_key": SecretStr(key)})


def weakness(key: str) -> str:
    """Return what is wrong with a key in production, or nothing."""
    if not key:
        return f"LAGESBILD_SECRET_KEY saknas. {ADVICE}"
    if len(key) < SHORTEST or len(set(key)) < FEWEST_KINDS:
        return f"LAGESBILD_SECRET_KEY är för lätt att gissa. {ADVICE}"
    return ""


def _own(file: Path) -> str:
    """Return the key in a file that only its owner may read; two first readers get the same."""
    if not file.exists():
        complete = file.with_name(f"{file.name}.{os.getpid()}")
        complete.touch(mode=0o600)
        complete.write_text(secrets.token_hex(32))
        if not os.geteuid():  # root at work in another's data folder
            owner = file.parent.stat()
            os.chown(complete, owner.st_uid, owner.st_gid)
        try:
            os.link(complete, file)
        except FileExistsError:
            pass
        finally:
            complete.unlink()
    return file.read_text()
