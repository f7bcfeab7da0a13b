"""What the API's description is put together from (OpenAPI 3.1): each topic's own chapter."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import TypeAdapter

Json = dict[str, Any]  # a JSON Schema, or another part of the description

JSON = "application/json"
PROBLEM = "application/problem+json"
REFUSALS = {
    303: "Nobody is signed in: it leads to the page for that.",
    401: "Nobody is signed in, or the token is not good.",
    403: "The role may not do this.",
    404: "There is no such thing, or you may not know that there is.",
    405: "What stands in the address is no id.",
    409: "Somebody else was first: read what is stored now, and decide again.",
    413: "The body is larger than 1 MiB.",
    422: "One field is wrong. `field` names it, `detail` says in Swedish what to do.",
}
SAFE = {"GET"}
BAD = 400  # and above: a problem
VARIABLE = re.compile(r"<(?:(?P<kind>\w+)(?:\((?P<values>[^)]*)\))?:)?(?P<name>\w+)>")
GROUP = "/groups/<group>"

UUID: Json = {"type": "string", "format": "uuid"}
TEXT: Json = {"type": "string"}
WHOLE: Json = {"type": "integer"}
NUMBER: Json = {"type": "number"}
YES_OR_NO: Json = {"type": "boolean"}
DAY: Json = {"type": "string", "format": "date"}
MOMENT: Json = {"type": "string", "format": "date-time"}
WEEK: Json = {"type": "string", "pattern": "^(19|20|21)[0-9]{2}-W[0-9]{2}$"}


@dataclass(frozen=True)
class Parameter:
    """Something an operation is told beside its body; `place` is query, path or header."""

    name: str
    text: str
    schema: Json = field(default_factory=lambda: TEXT)
    place: str = "query"
    required: bool = False


@dataclass(frozen=True)
class Answer:
    """What an operation that does its work answers. A schema for each media type."""

    text: str
    content: Mapping[str, Json]
    headers: Mapping[str, str] = field(default_factory=dict)  # always there; what they hold
    status: int = 200


@dataclass(frozen=True)
class Operation:
    """What one method of one address does. `refusals` are those that not every operation has."""

    id: str
    summary: str
    answer: Answer
    text: str = ""
    parameters: Sequence[Parameter] = ()
    body: Mapping[str, Json] = field(default_factory=dict)
    refusals: Sequence[int] = ()


@dataclass(frozen=True)
class Chapter:
    """What one topic tells: its operations by the name of the view, and their named schemas."""

    name: str
    operations: Mapping[str, Operation]
    schemas: Mapping[str, Json] = field(default_factory=dict)


class Route(NamedTuple):
    """An address as the router has it, such as `/api/v1/incidents/<uuid:id_>`."""

    rule: str
    method: str
    chapter: Chapter
    view: str


def record(properties: Mapping[str, Json]) -> Json:
    """Return the schema of an object that always has all these properties."""
    return {"type": "object", "properties": dict(properties), "required": list(properties)}


def listed(item: Json) -> Json:
    """Return the schema of a list."""
    return {"type": "array", "items": item}


def maybe(schema: Json) -> Json:
    """Return the schema of something that may be null."""
    return {"anyOf": [schema, {"type": "null"}]}


def named(name: str) -> Json:
    """Return a reference to a named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def schemas_of(*types: type) -> dict[str, Json]:
    """Return the schemas of pydantic models and dataclasses, and of what they hold, by name."""
    _, made = TypeAdapter.json_schemas(
        [(each, "validation", TypeAdapter(each)) for each in types],
        ref_template=named("{model}")["$ref"],
    )
    return dict(made["$defs"])


def document(routes: Iterable[Route], *, about: Json, cookie: str) -> Json:
    """Return the whole description. A route that its chapter does not tell of is left out."""
    told = [route for route in routes if route.view in route.chapter.operations]
    paths: dict[str, Json] = {}
    schemas = {"Problem": _PROBLEM}
    for route in sorted(told, key=lambda r: (r.rule, r.method)):
        path = VARIABLE.sub(lambda match: f"{{{_plain(match)}}}", route.rule)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route)
        schemas |= route.chapter.schemas
    return {
        "openapi": "3.1.0",
        "info": about,
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in dict.fromkeys(r.chapter.name for r in told)],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _doors(cookie)},
    }


def _operation(route: Route) -> Json:
    told = route.chapter.operations[route.view]
    made = {
        "operationId": f"{told.id}InGroup" if GROUP in route.rule else told.id,
        "summary": told.summary,
        "tags": [route.chapter.name],
        "security": [{"token": []}, {"session": []} | ({} if _is_safe(route) else {"csrf": []})],
        "parameters": [_parameter(each) for each in _parameters(route.rule, told)],
        "responses": {str(status): answer for status, answer in _answers(route, told)},
    }
    if told.text:
        made["description"] = told.text
    if told.body:
        made["requestBody"] = {"required": True, "content": _content(told.body)}
    return made


def _is_safe(route: Route) -> bool:
    return route.method in SAFE


def _plain(match: re.Match[str]) -> str:
    """Return a variable's name without the mark that keeps it apart from Python's own words."""
    return match["name"].rstrip("_")


def _parameters(rule: str, told: Operation) -> Iterator[Parameter]:
    """Return those of the address, as the topic or else the router knows them, then the others."""
    known = {each.name: each for each in told.parameters if each.place == "path"}
    for match in VARIABLE.finditer(rule):
        name = _plain(match)
        usual = Parameter(name, _VARIABLES.get(name, ""), _schema(match), "path")
        yield known.get(name, usual)
    yield from (each for each in told.parameters if each.place != "path")


_VARIABLES = {"group": "The short name of a group that you are in.", "id": "The incident's id."}


def _schema(match: re.Match[str]) -> Json:
    if match["values"]:
        return {"type": "string", "enum": [v.strip() for v in match["values"].split(",")]}
    return UUID if match["kind"] == "uuid" else {"type": "string", "minLength": 1}


def _parameter(told: Parameter) -> Json:
    made: Json = {"name": told.name, "in": told.place, "schema": told.schema}
    made["required"] = told.required or told.place == "path"
    if told.text:
        made["description"] = told.text
    if told.schema.get("type") == "array":
        made |= {"style": "form", "explode": False}
    return made


def _answers(route: Route, told: Operation) -> Iterator[tuple[int, Json]]:
    """Return the good answer, then the refusals in order."""
    good: Json = {"description": told.answer.text, "content": _content(told.answer.content)}
    if told.answer.headers:
        good["headers"] = {
            name: {"description": text, "required": True, "schema": TEXT}
            for name, text in told.answer.headers.items()
        }
    yield told.answer.status, good
    for status in sorted({*_usual(route), *told.refusals}):
        problem = {"content": {PROBLEM: {"schema": named("Problem")}}}
        yield status, {"description": REFUSALS[status]} | (problem if status >= BAD else {})


def _usual(route: Route) -> Iterator[int]:
    """Return what any operation at such an address may be refused with."""
    yield 401
    yield 422  # of several groups none is named, or the query holds what nothing can store
    kinds = {match["kind"] for match in VARIABLE.finditer(route.rule)}
    if kinds:
        yield 404
    if "uuid" in kinds and not _is_safe(route):
        yield 405  # there are pages at every address


def _content(schemas: Mapping[str, Json]) -> Json:
    return {mimetype: {"schema": schema} for mimetype, schema in schemas.items()}


_PROBLEM: Json = record(
    {"type": {"const": "about:blank"}, "title": TEXT, "status": WHOLE, "detail": TEXT}
)
_PROBLEM["description"] = "What went wrong (RFC 9457), in a Swedish sentence for a person."
_PROBLEM["properties"] |= {
    "field": TEXT | {"description": "Of a 422: the field, parameter or header that is wrong."},
    "current": {"type": "object", "description": "Of a 409: what is stored now."},
}


def _doors(cookie: str) -> Json:
    return {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "For programs; made by `lagesbild token add`, and of one group.",
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": cookie,
            "description": "Of somebody who has signed in on the page.",
        },
        "csrf": {
            "type": "apiKey",
            "in": "header",
            "name": "X-CSRFToken",
            "description": "The token of a page's form, beside the cookie, for what changes.",
        },
    }
