"""The OpenAPI document is complete: every answer, error, header and example."""

import json
from typing import Any

import pytest

from evse_status.api import answers, series_answers
from evse_status.api.app import api
from evse_status.api.driver_app import answers as app_answers
from evse_status.api.driver_app import examples as app_examples
from evse_status.api.examples import EXAMPLES as OURS
from evse_status.api.series_examples import EXAMPLES as OF_SERIES

DOCUMENT: dict[str, Any] = json.loads(json.dumps(api().openapi()))
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
EXAMPLES = OURS | OF_SERIES | app_examples.EXAMPLES
SCHEMES = {"/v2": "token", "/driver-app": "appToken"}
IDS = [name for name, _ in OPERATIONS]


def test_every_path_of_the_issue_is_there() -> None:
    assert set(IDS) == {
        "GET /v2/temporary-evse-statuses",
        "POST /v2/temporary-evse-statuses",
        "GET /v2/temporary-evse-statuses/{id}",
        "PATCH /v2/temporary-evse-statuses/{id}",
        "DELETE /v2/temporary-evse-statuses/{id}",
        "GET /v2/temporary-evse-statuses/{id}/history",
        "POST /v2/temporary-evse-statuses/batch",
        "GET /v2/temporary-evse-statuses/batch/{batchId}",
        "DELETE /v2/temporary-evse-statuses/batch/{batchId}",
        "GET /v2/temporary-evse-statuses/series",
        "POST /v2/temporary-evse-statuses/series",
        "GET /v2/temporary-evse-statuses/series/{id}",
        "PATCH /v2/temporary-evse-statuses/series/{id}",
        "DELETE /v2/temporary-evse-statuses/series/{id}",
        "GET /v2/temporary-evse-statuses/series/{id}/occurrences",
        "GET /v2/temporary-evse-statuses/series/{id}/history",
        "GET /v2/evses",
        "GET /v2/evses/{evseId}",
        "GET /v2/evses/{evseId}/display",
        "PUT /v2/evses/{evseId}/actual-status",
        "PUT /v2/actual-statuses",
        "GET /v2/changes",
        "GET /driver-app/evses",
        "GET /driver-app/evses/{evseId}",
        "GET /driver-app/changes",
        "GET /healthz",
        "GET /readyz",
    }


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=IDS)
def test_operation_is_described(name: str, operation: dict[str, Any]) -> None:
    assert operation["operationId"]
    assert operation["description"].startswith(operation["summary"])
    assert 2 <= len(operation["summary"].split()) <= 16
    scheme = next((one for tree, one in SCHEMES.items() if tree in name), None)
    ours = scheme is not None
    assert operation["security"] == ([{scheme: []}] if ours else [])
    expected = {"401", "403", "422", "429", "500", "503"} if ours else {"500"}
    if name.startswith(("POST", "PUT", "PATCH")):
        expected |= {"400", "413", "415"}
    assert expected <= set(operation["responses"])


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=IDS)
def test_every_answer_has_its_form_headers_and_example(name: str, operation: Any) -> None:
    for status, answer in operation["responses"].items():
        assert answer["description"]
        assert "X-Request-ID" in answer["headers"]
        if status == "304":
            assert "ETag" in answer["headers"]
            continue
        [content] = answer["content"].values()
        assert content["schema"], (name, status)
        assert content["example"], (name, status)
        if status.startswith(("4", "5")):
            assert content["schema"] == {"$ref": "#/components/schemas/ErrorAnswer"}
            error = content["example"]["error"]
            assert set(error) == {"type", "code", "message", "param", "request_id"}
        elif "/v2" in name:
            assert {"X-RateLimit-Limit", "X-RateLimit-Remaining"} <= set(answer["headers"])
    assert (
        "Retry-After" in operation["responses"].get("429", {"headers": {"Retry-After"}})["headers"]
    )


def test_framework_forms_of_errors_are_gone() -> None:
    assert "HTTPValidationError" not in json.dumps(DOCUMENT)


def test_every_field_of_a_body_is_named_and_nothing_else_is_taken() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for name in (
        "CreateBody", "ChangeBody", "BatchBody", "ItemBody", "SelectorBody", "LocalTime", "SeriesBody",
        "SeriesChangeBody", "ReportBody",
    ):  # fmt: skip
        assert schemas[name]["additionalProperties"] is False
    assert list(schemas["OverrideAnswer"]["properties"])[:5] == [
        "id", "temporaryStatus", "evseId", "validFrom", "validTo",
    ]  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_is_what_its_form_says(name: str) -> None:
    example = EXAMPLES[name]
    forms = (app_answers, series_answers, answers)
    model = next(getattr(module, name) for module in forms if hasattr(module, name))
    read = model.model_validate(example)
    assert read.model_dump(mode="json", by_alias=True) == example
