"""What everybody in a group may know: codes, districts and organisations."""

from flask.testing import FlaskClient

from lagesbild.people.rules import Role
from tests.web.conftest import SignIn


def test_programs_get_the_codes_districts_and_organisations(police: FlaskClient) -> None:
    codes = police.get("/api/v1/categories").get_json()["categories"]
    assert len(codes) == 57
    assert [c["sensitivity"] for c in codes if c["code"] == "VAL06"] == ["D"]
    districts = police.get("/api/v1/districts").get_json()["features"]
    assert [d["properties"]["slug"] for d in districts] == ["norra-as", "sodra-as"]
    assert districts[0]["geometry"]["type"] in ("Polygon", "MultiPolygon")
    organisations = police.get("/api/v1/groups/as/organisations").get_json()["organisations"]
    assert [o["slug"] for o in organisations] == ["kommun", "polis", "brand"]


def test_names_are_no_secret_to_a_reader(sign_in: SignIn) -> None:
    assert sign_in(Role.READER, "kommun").get("/api/v1/districts").status_code == 200
