"""Letters as files, for an installation without a mail server."""

import os
import re
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from lagesbild.base.mail.answers import DeferredError, reason
from lagesbild.base.mail.message import letter


@dataclass(frozen=True)
class FileMailer:
    """Writes letters into a folder."""

    folder: Path

    @property
    def name(self) -> str:
        """What it is called in an answer."""
        return str(self.folder)

    def opened(self) -> "AbstractContextManager[FileMailer]":
        """Return itself: a folder is always open."""
        return nullcontext(self)

    def send(self, message: EmailMessage) -> str:
        """Write the letter as `<Message-ID>.eml`, whole or not at all; twice is once."""
        content = letter(message).content
        name = re.sub(r"[^A-Za-z0-9@._-]", "_", str(message["Message-ID"]).strip("<>")) + ".eml"
        complete, growing = self.folder / name, self.folder / f".{name}.{os.getpid()}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with growing.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            growing.replace(complete)
        except OSError as error:
            growing.unlink(missing_ok=True)
            raise DeferredError(reason(error)) from error
        return f"sparat som {name}"
