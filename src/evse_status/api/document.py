"""What does the OpenAPI document say beyond what the routes say of themselves?"""

import re
from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI

from evse_status.api.examples import EXAMPLES

_EVERYWHERE = {
    "X-Request-ID": ("The request's id: yours, or ours if you sent none.", "string"),
}
_COUNTED = {
    "X-RateLimit-Limit": ("Calls that are agreed in a minute.", "integer"),
    "X-RateLimit-Remaining": ("Calls that are left in this minute.", "integer"),
    "X-RateLimit-Reset": ("When the minute is over, in seconds since 1970.", "integer"),
}
_FIRST_CLAUSE = re.compile(r"[.;:,](?:\s|$)")
_METHODS = ("get", "put", "post", "patch", "delete")


def complete(api: FastAPI) -> None:
    """Add what every answer has, and who may ask, to the document."""
    made = api.openapi

    def document() -> dict[str, Any]:
        if api.openapi_schema is None:
            _complete(made())
        assert api.openapi_schema is not None
        return api.openapi_schema

    api.openapi = document  # type: ignore[method-assign]


def _complete(document: dict[str, Any]) -> None:
    components = document.setdefault("components", {})
    components["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of `evse-status token create`.",
        }
    }
    for path, methods in document["paths"].items():
        needs_token = path.startswith("/v2")
        for operation in (methods[name] for name in _METHODS if name in methods):
            operation["summary"] = _FIRST_CLAUSE.split(operation["description"], maxsplit=1)[0]
            operation["security"] = [{"token": []}] if needs_token else []
            for status, answer in operation["responses"].items():
                _exemplify(answer["content"].values())
                headers = answer.setdefault("headers", {})
                headers |= _headers(_EVERYWHERE)
                if needs_token and status != "401":
                    headers |= _headers(_COUNTED)
    for unused in ("HTTPValidationError", "ValidationError"):
        components.get("schemas", {}).pop(unused, None)


def _exemplify(contents: Iterable[dict[str, Any]]) -> None:
    for content in contents:
        schema = content["schema"]
        name = str(schema.get("items", schema).get("$ref", "")).rpartition("/")[2]
        if name in EXAMPLES:
            example = EXAMPLES[name]
            content["example"] = [example] if "items" in schema else example
        elif name == "ErrorAnswer":
            # FastAPI leaves nulls out of a document.
            content["example"]["error"].setdefault("param", None)


def _headers(named: dict[str, tuple[str, str]]) -> dict[str, Any]:
    return {
        name: {"description": meaning, "schema": {"type": kind}}
        for name, (meaning, kind) in named.items()
    }
