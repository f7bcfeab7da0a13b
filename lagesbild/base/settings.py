"""Settings, read once from the environment; a wrong one stops the program at start."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from lagesbild.base import hosts, map_layers
from lagesbild.base.map_layers import MapLayer


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
    smtp_url: str = Field(default="", repr=False)
    # Another mail server: for letters that the first one puts off, and the first for alarms.
    smtp_fallback_url: str = Field(default="", repr=False)
    # Where hosted mail (Microsoft 365, Google) gives the key that stands for a password, and to
    # whom. The mailbox is the name in `smtp_url`. Without a refresh token the program asks in its
    # own name (client credentials).
    smtp_token_url: str = ""
    smtp_client_id: str = ""
    smtp_client_secret: SecretStr = SecretStr("")
    smtp_scope: str = ""
    smtp_refresh_token: SecretStr = SecretStr("")
    mail_from: str = "lagesbild@localhost"
    # The name of the key that the sender's letters are signed with: `check` looks for it.
    dkim_selector: str = Field(default="", pattern=r"^$|^[A-Za-z0-9._-]+$")
    # Whom `check` asks about the sender's domain, 192.0.2.53:53. Empty asks as the machine does.
    resolver: str = ""
    # A webhook that is told when a letter stays away. Its address is often its password.
    alarm_url: str = Field(default="", repr=False)
    # What is asked for each time that all is well: whoever watches it misses it when it stops.
    deadman_url: str = Field(default="", repr=False)
    # What opens /metrics to a program, as `Authorization: Bearer …`.
    metrics_token: SecretStr = SecretStr("")
    # Who answers for the service: a mail address or a page, shown on the accessibility statement.
    contact: str = Field(default="", pattern=r"^$|^[^@\s]+@[^@\s]+$|^https://\S+$")
    data_dir: Path = Path("var")
    instance: str = Field(default="", max_length=100)
    tiles_url: str = ""
    tiles_attribution: str = ""
    # A PMTiles file on this machine, instead of a tile server.
    pmtiles: str = ""
    # Layers of one's own that people may lay over the ground. An address may hold a key.
    map_layers: Annotated[tuple[MapLayer, ...], NoDecode] = Field(default=(), repr=False)
    # Where the police's public events are asked for, once an hour: https://polisen.se/api/events.
    # Empty asks nobody. With {kommun} in it there is one call for each municipality.
    police_url: str = ""
    # How many proxies of one's own stand before the web server: their word is taken for who asks.
    proxies: int = Field(default=0, ge=0, le=5)
    port: int = Field(default=8000, ge=1, le=65535)
    env: Literal["development", "production"] = "development"
    demo_password: SecretStr = SecretStr("")

    @field_validator("smtp_token_url", "alarm_url", "deadman_url")
    @classmethod
    def _nobody_listens(cls, value: str) -> str:
        if value and not hosts.is_safe(value):
            raise ValueError("https, or this machine")
        return value

    @field_validator("map_layers", mode="before")
    @classmethod
    def _layers(cls, value: object) -> tuple[MapLayer, ...]:
        return map_layers.read(value)

    @field_validator("resolver")
    @classmethod
    def _address_and_port(cls, value: str) -> str:
        if value:
            asked = urlsplit(f"//{value}")
            ip_address(asked.hostname or "")
            if not asked.port or asked.path:
                raise ValueError("an address and a port")
        return value

    @property
    def in_production(self) -> bool:
        """Whether demo people, a made-up clock and sample secrets are refused."""
        return self.env == "production"

    @property
    def mail_url(self) -> str:
        """Where letters go: an SMTP server, or a folder of `.eml` files."""
        return self.smtp_url or f"file:{self.data_dir / 'mail'}"
