"""What does the OpenAPI document say beyond what the routes say of themselves?"""

import re
from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI

from evse_status.api.driver_app import examples as app_examples
from evse_status.api.examples import EXAMPLES
from evse_status.api.series_examples import EXAMPLES as OF_SERIES

_EVERYWHERE = {
    "X-Request-ID": ("The request's id: yours, or ours if you sent none.", "string"),
}
_COUNTED = {
    "X-RateLimit-Limit": ("Calls that are agreed in a minute.", "integer"),
    "X-RateLimit-Remaining": ("Calls that are left in this minute.", "integer"),
    "X-RateLimit-Reset": ("When the minute is over, in seconds since 1970.", "integer"),
}
_EXAMPLES = EXAMPLES | OF_SERIES | app_examples.EXAMPLES
_SCHEMES = {"/v2": "token", "/driver-app": "appToken"}
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
        },
        "appToken": {
            "type": "http",
            "scheme": "bearer",
            "description": "The token of a driver app: `evse-status partner add NAME --channel driver-app`.",
        },
    }
    for path, methods in document["paths"].items():
        scheme = next((one for tree, one in _SCHEMES.items() if path.startswith(tree)), None)
        for operation in (methods[name] for name in _METHODS if name in methods):
            operation["summary"] = _FIRST_CLAUSE.split(operation["description"], maxsplit=1)[0]
            operation["security"] = [] if scheme is None else [{scheme: []}]
            for status, answer in operation["responses"].items():
                _exemplify(answer.get("content", {}).values())
                headers = answer.setdefault("headers", {})
                headers |= _headers(_EVERYWHERE)
                if scheme is not None and status != "401":
                    headers |= _headers(_COUNTED)
    for unused in ("HTTPValidationError", "ValidationError"):
        components.get("schemas", {}).pop(unused, None)


def _exemplify(contents: Iterable[dict[str, Any]]) -> None:
    for content in contents:
        schema = content["schema"]
        name = str(schema.get("items", schema).get("$ref", "")).rpartition("/")[2]
        if name in _EXAMPLES:
            example = _EXAMPLES[name]
            content["example"] = [example] if "items" in schema else example
        elif name == "ErrorAnswer":
            # FastAPI leaves nulls out of a document.
            content["example"]["error"].setdefault("param", None)


def _headers(named: dict[str, tuple[str, str]]) -> dict[str, Any]:
    return {
        name: {"description": meaning, "schema": {"type": kind}}
        for name, (meaning, kind) in named.items()
    }
