"""Settings, read once from the environment; a wrong one stops the program at start."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting of the program. Names in the environment start with `LAGESBILD_`.

    Where the three database URLs are missing, `base.postgres.available` fills them in.
    """

    model_config = SettingsConfigDict(env_prefix="LAGESBILD_", env_ignore_empty=True)

    database_url: str = ""
    owner_url: str = ""
    reader_url: str = ""
    secret_key: SecretStr = SecretStr("")
    base_url: str = "http://localhost:8000"
    smtp_url: str = ""
    mail_from: str = "lagesbild@localhost"
    # Who answers for the service: a mail address or a page, shown on the accessibility statement.
    contact: str = Field(default="", pattern=r"^$|^[^@\s]+@[^@\s]+$|^https://\S+$")
    data_dir: Path = Path("var")
    instance: str = Field(default="", max_length=100)
    tiles_url: str = ""
    tiles_attribution: str = ""
    # Where the police's public events are asked for, once an hour: https://polisen.se/api/events.
    # Empty asks nobody. With {kommun} in it there is one call for each municipality.
    police_url: str = ""
    # How many proxies of one's own stand before the web server: their word is taken for who asks.
    proxies: int = Field(default=0, ge=0, le=5)
    port: int = Field(default=8000, ge=1, le=65535)
    env: Literal["development", "production"] = "development"
    demo_password: SecretStr = SecretStr("")

    @property
    def in_production(self) -> bool:
        """Whether demo people, a made-up clock and sample secrets are refused."""
        return self.env == "production"

    @property
    def mail_url(self) -> str:
        """Where letters go: an SMTP server, or a folder of `.eml` files."""
        return self.smtp_url or f"file:{self.data_dir / 'mail'}"
