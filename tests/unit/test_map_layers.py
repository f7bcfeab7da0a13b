"""The municipality's own layers: what a setting may say, and the sentence for what it may not."""

import json
from collections.abc import Mapping

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from lagesbild.base.map_layers import MapLayer
from lagesbild.base.settings import Settings
from lagesbild.cli import main

WMS = {"name": "Ortofoto", "type": "wms", "url": "https://karta.example/wms", "layers": "orto"}
WMTS = WMS | {"name": "Plan", "type": "wmts", "url": "https://karta.example/wmts"}
REST = WMTS | {"layers": "", "url": "https://k.example/plan/{TileMatrix}/{TileRow}/{TileCol}.png"}


def layers(*said: Mapping[str, object]) -> tuple[MapLayer, ...]:
    return Settings.model_validate({"map_layers": json.dumps(said)}).map_layers


def layer(**changes: object) -> MapLayer:
    [found] = layers(WMS | changes)
    return found


def refusal(value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({"map_layers": value})
    return str(caught.value.errors()[0]["ctx"]["error"])


def refused(**changes: object) -> str:
    return refusal(json.dumps([WMS | changes]))


def test_without_the_setting_there_are_no_layers() -> None:
    assert Settings().map_layers == ()


def test_the_setting_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAGESBILD_MAP_LAYERS", json.dumps([WMS]))
    assert [each.name for each in Settings().map_layers] == ["Ortofoto"]


def test_three_layers_fit_and_a_fourth_does_not() -> None:
    said = [WMS | {"name": f"Lager {n}"} for n in range(4)]
    assert len(layers(*said[:3])) == 3
    assert refusal(json.dumps(said)) == "Det är 4 lager, men högst 3 får plats."


def test_a_wms_is_asked_as_it_is_said() -> None:
    found = layer(style="mörk", format="image/jpeg", version="1.1.1")
    assert found.address == "https://karta.example/wms"
    assert found.options() == {
        "layers": "orto",
        "styles": "mörk",
        "format": "image/jpeg",
        "version": "1.1.1",
    }


def test_a_wmts_becomes_the_address_of_a_tile() -> None:
    [found] = layers(WMTS | {"style": "a b", "matrix_prefix": "EPSG:3857:"})
    assert found.address == (
        "https://karta.example/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=orto"
        "&STYLE=a+b&FORMAT=image%2Fpng&TILEMATRIXSET=GoogleMapsCompatible"
        "&TILEMATRIX=EPSG%3A3857%3A{z}&TILEROW={y}&TILECOL={x}"
    )
    assert found.options() == {}


@pytest.mark.parametrize(
    ("url", "begins"),
    [
        ("https://k.example/wmts?", "https://k.example/wmts?SERVICE="),
        ("https://k.example/wmts?key=1", "https://k.example/wmts?key=1&SERVICE="),
        ("https://k.example/wmts?key=1&", "https://k.example/wmts?key=1&SERVICE="),
    ],
)
def test_what_an_address_asks_for_already_is_kept(url: str, begins: str) -> None:
    [found] = layers(WMTS | {"url": url})
    assert found.address.startswith(begins)


def test_a_template_of_wmts_is_filled_in() -> None:
    url = "https://k.example/{Style}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.png"
    [found] = layers(REST | {"url": url, "style": "ljus", "matrix_set": "3857"})
    assert found.address == "https://k.example/ljus/3857/{z}/{y}/{x}.png"


def test_a_template_as_other_tiles_have_it_is_taken() -> None:
    [found] = layers(REST | {"url": "https://k.example/{z}/{x}/{y}.png"})
    assert found.address == "https://k.example/{z}/{x}/{y}.png"


def test_a_template_without_a_row_is_refused() -> None:
    said = json.dumps([REST | {"url": "https://k.example/{TileMatrix}/{TileCol}.png"}])
    assert refusal(said) == "Lager 1: Mallen ska ha {TileMatrix}, {TileRow} och {TileCol}."


@pytest.mark.parametrize(
    "url",
    [
        "http://karta.example/wms",
        "ftp://karta.example/wms",
        "karta.example/wms",
        "https://",
        "https://karta.example;script-src/wms",
        "https://karta.example,x/wms",
        "https://karta.example:65x/wms",
        "https://*.example/wms",
        "https://'self'/wms",
    ],
)
def test_an_address_that_is_not_safe_is_refused(url: str) -> None:
    wanted = "Lager 1: Adressen ska börja med https, eller gå till den egna datorn."
    assert refused(url=url) == wanted


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/wms", "http://localhost/wms"])
def test_the_own_machine_may_be_asked_openly(url: str) -> None:
    assert layer(url=url).url == url


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    said = refused(url="https://namn:hemligt@karta.example/wms")
    assert said == "Lager 1: Adressen får inte ha användarnamn eller lösenord."


def test_a_host_is_what_a_page_must_be_let_ask() -> None:
    assert layer(url="https://karta.example:8443/a?b=c").host == "https://karta.example:8443"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"layers": ""}, "Uppgiften layers saknas: vilket lager som ska visas."),
        ({"name": ""}, "Uppgiften name är tomt."),
        ({"name": "x" * 41}, "Uppgiften name är för långt."),
        ({"type": "wfs"}, "Uppgiften type har ett värde som inte finns."),
        ({"colour": "red"}, "Uppgiften colour är okänt."),
        ({"layers": 3}, "Uppgiften layers har fel form."),
        ({"url": "https://k.example/{z}"}, "En WMS har en adress utan klamrar."),
        ({"url": "https://k.example/#x"}, "Adressen får inte ha något efter #."),
        ({"url": "https://k.example/å"}, "Uppgiften url har ett värde som inte går att använda."),
    ],
)
def test_what_is_wrong_with_a_layer_is_told(changes: Mapping[str, object], sentence: str) -> None:
    assert refused(**changes) == f"Lager 1: {sentence}"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("[{", "Det är inte JSON, från tecken 3."),
        ("{}", "Det ska vara en lista: [{…}, {…}]."),
        ('"x"', "Det ska vara en lista: [{…}, {…}]."),
        ("[1]", "Lager 1 ska vara ett objekt, {…}."),
        (json.dumps([WMS, {"type": "wms"}]), "Lager 2: Uppgiften name saknas."),
        (json.dumps([WMS, WMS]), "Två lager har samma namn."),
    ],
)
def test_what_is_wrong_with_the_setting_is_told(value: str, sentence: str) -> None:
    assert refusal(value) == sentence


def test_the_command_line_says_why_and_never_the_address() -> None:
    said = json.dumps([WMS | {"url": "http://karta.example/?nyckel=hemlig"}])
    found = CliRunner().invoke(main, ["check"], env={"LAGESBILD_MAP_LAYERS": said})
    assert found.exit_code == 1
    assert found.stderr.strip() == (
        "Inställningen LAGESBILD_MAP_LAYERS är fel. Lager 1: Adressen ska börja med https,"
        " eller gå till den egna datorn."
    )
