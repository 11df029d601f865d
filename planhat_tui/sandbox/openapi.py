"""The OpenAPI 3.1 description, made from the table that the routes are made from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from planhat_tui.sandbox.fields import INTEGER, LIST, STRING, Schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planhat_tui.sandbox.operations import Operation

_HEADERS: Final = {
    name: {"required": True, "schema": INTEGER}
    for name in ("X-Rate-Limit-Limit", "X-Rate-Limit-Remaining")
}
_QUERY: Final = {
    "limit": "How many at most; what is no number counts as not given",
    "offset": "How many are left out before",
    "sort": "A field, custom.NAME too; -field for descending",
    "select": "Fields, by commas; ALL for whole objects",
    "companyId": "Ids of companies, by commas",
    "c": "Id of a company",
}
_TOKEN: Final[tuple[Schema, ...]] = ({"bearer": []}, {"basic": []})
_MEANS: Final = {
    200: "Done",
    206: "Some rows failed",
    400: "Refused: the body says why",
    401: "No good token",
    404: "There is none, or the id is malformed",
    413: "The body is too large",
    429: "429 Too many requests",
}


def describe(operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the description."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Planhat, as the sandbox speaks it", "version": "1"},
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
            }
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "summary": operation.does,
        "operationId": _name(operation),
        "parameters": [*_path_parameters(operation), *_query_parameters(operation)],
        "responses": dict(_responses(operation)),
        "security": [] if operation.is_open else [*_TOKEN],
    }
    if operation.takes is not None:
        content = {"application/json": {"schema": operation.takes}}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _name(operation: Operation) -> str:
    return "-".join([operation.method.lower(), *re.findall(r"\w+", operation.path)])


def _path_parameters(operation: Operation) -> Iterable[Schema]:
    for name in re.findall(r"\{(\w+)\}", operation.path):
        yield {"name": name, "in": "path", "required": True, "schema": STRING}


def _query_parameters(operation: Operation) -> Iterable[Schema]:
    for name in operation.query:
        told = {"name": name, "in": "query", "schema": STRING}
        yield told | ({"description": _QUERY[name]} if name in _QUERY else {})


def _responses(operation: Operation) -> Iterable[tuple[str, Schema]]:
    statuses = {200, 401, 429, *operation.says}
    if operation.takes is not None:
        statuses |= {400, 413}
    for status in sorted(statuses):
        told = {"description": _MEANS[status], "headers": _HEADERS}
        yield str(status), told | {"content": _content(operation, status)}


def _content(operation: Operation, status: int) -> Schema:
    """Describe a body: JSON, or a refusal: in plain text from what was there in 2016."""
    if status in {200, 206}:
        return {"application/json": {"schema": operation.gives}}
    if status in {401, 429} or not operation.modern:
        return {"text/plain": {"schema": STRING}}
    refusal = {"type": "object", "properties": {"error": STRING}, "required": ["error"]}
    bulk = status == 400 and operation.takes is not None and operation.takes["type"] == LIST["type"]
    return {
        "application/json": {"schema": {"anyOf": [refusal, operation.gives]} if bulk else refusal}
    }
