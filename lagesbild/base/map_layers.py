"""The municipality's own layers on the maps, as one setting says them (JSON)."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from lagesbild.base import hosts

MOST = 3
TEMPLATE = ("{z}", "{x}", "{y}")  # as Leaflet writes an address
STANDARD = {"{TileMatrix}": "{z}", "{TileCol}": "{x}", "{TileRow}": "{y}"}  # as WMTS does
# What may stand in a Content-Security-Policy: no sign of it that would begin another rule.
_HOST = re.compile(r"(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
_SIGN = re.compile(r"\{[A-Za-z]+\}")
_EXPECTED = {
    "missing": "saknas",
    "extra_forbidden": "är okänt",
    "string_too_short": "är tomt",
    "string_too_long": "är för långt",
    "literal_error": "har ett värde som inte finns",
    "string_pattern_mismatch": "har ett värde som inte går att använda",
}


class MapLayer(BaseModel):
    """A layer of a WMS or a WMTS in Web Mercator, drawn over the ground when somebody asks."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f<>]*$")
    type: Literal["wms", "wmts"]
    url: str = Field(max_length=1000, pattern=r"^[!-~]*$")
    layers: str = Field(default="", max_length=400)
    style: str = Field(default="", max_length=200)
    format: Literal["image/png", "image/jpeg", "image/webp"] = "image/png"
    version: Literal["1.1.1", "1.3.0"] = "1.3.0"  # of WMS
    matrix_set: str = Field(default="GoogleMapsCompatible", max_length=100)
    matrix_prefix: str = Field(default="", max_length=100)  # before the zoom: EPSG:3857:
    attribution: str = Field(default="", max_length=200)

    @field_validator("url")
    @classmethod
    def _may_be_asked(cls, value: str) -> str:
        parts = urlsplit(value)
        if "@" in parts.netloc:
            raise ValueError("Adressen får inte ha användarnamn eller lösenord.")
        if not hosts.is_safe(value) or not _HOST.fullmatch(parts.netloc):
            raise ValueError("Adressen ska börja med https, eller gå till den egna datorn.")
        if parts.fragment:
            raise ValueError("Adressen får inte ha något efter #.")
        return value

    @model_validator(mode="after")
    def _is_whole(self) -> "MapLayer":
        if self.type == "wms" and "{" in self.url:
            raise ValueError("En WMS har en adress utan klamrar.")
        if "{" not in self.url:
            if not self.layers:
                raise ValueError("Uppgiften layers saknas: vilket lager som ska visas.")
        elif not all(sign in self._template for sign in TEMPLATE):
            raise ValueError("Mallen ska ha {TileMatrix}, {TileRow} och {TileCol}.")
        return self

    @property
    def host(self) -> str:
        """The scheme and host that a page must be let ask for pictures."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def address(self) -> str:
        """The address as Leaflet takes it; of a WMTS a tile's, with {z}, {x} and {y}."""
        if self.type == "wms":
            return self.url
        if "{" in self.url:
            return self._template
        said = {
            "SERVICE": "WMTS",
            "REQUEST": "GetTile",
            "VERSION": "1.0.0",
            "LAYER": self.layers,
            "STYLE": self.style,
            "FORMAT": self.format,
            "TILEMATRIXSET": self.matrix_set,
        }
        matrix = urlencode({"TILEMATRIX": self.matrix_prefix}) + "{z}&TILEROW={y}&TILECOL={x}"
        joint = "&" if urlsplit(self.url).query else "?"
        return f"{self.url.rstrip('?&')}{joint}{urlencode(said)}&{matrix}"

    @property
    def _template(self) -> str:
        own = {"{Style}": self.style, "{TileMatrixSet}": self.matrix_set, "{Layer}": self.layers}
        prefixed = STANDARD | {"{TileMatrix}": self.matrix_prefix + "{z}"}
        said = {sign.casefold(): value for sign, value in (own | prefixed).items()}
        return _SIGN.sub(lambda found: said.get(found[0].casefold(), found[0]), self.url)

    def options(self) -> dict[str, str]:
        """Return what Leaflet's WMS layer asks with; nothing for a WMTS."""
        if self.type == "wmts":
            return {}
        return {
            "layers": self.layers,
            "styles": self.style,
            "format": self.format,
            "version": self.version,
        }


def read(value: object) -> tuple[MapLayer, ...]:
    """Return the layers of a setting, or raise `ValueError` with a Swedish sentence."""
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except json.JSONDecodeError as error:
        raise ValueError(f"Det är inte JSON, från tecken {error.pos + 1}.") from error
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise ValueError("Det ska vara en lista: [{…}, {…}].")  # noqa: TRY004 – pydantic wants it
    if len(found) > MOST:
        raise ValueError(f"Det är {len(found)} lager, men högst {MOST} får plats.")
    layers = tuple(_layer(n, each) for n, each in enumerate(found, start=1))
    if len({layer.name for layer in layers}) < len(layers):
        raise ValueError("Två lager har samma namn.")
    return layers


def _layer(number: int, said: Any) -> MapLayer:  # noqa: ANN401 – what JSON may hold
    if isinstance(said, MapLayer):
        return said
    if not isinstance(said, Mapping):
        raise ValueError(f"Lager {number} ska vara ett objekt, {{…}}.")  # noqa: TRY004 – likewise
    try:
        return MapLayer.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ValueError(f"Lager {number}: {_told(first)}") from error


def _told(error: Mapping[str, Any]) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    field = ".".join(str(part) for part in error["loc"])
    return f"Uppgiften {field} {_EXPECTED.get(error['type'], 'har fel form')}."
