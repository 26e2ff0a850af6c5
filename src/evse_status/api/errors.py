"""Which HTTP status is which error, and how does it look? The one table."""

from typing import Any

from evse_status.core.errors import (
    Conflict,
    EvseStatusError,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotSignedIn,
    StaleEdit,
    StoreUnusable,
    TooManyCalls,
)

STATUS: dict[type[EvseStatusError], int] = {
    InvalidInput: 422,
    NotSignedIn: 401,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    StaleEdit: 412,
    TooManyCalls: 429,
    StoreUnusable: 503,
}
"""An error's status is that of the nearest of its classes; anything else is 500."""

TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    409: "conflict_error",
    412: "precondition_error",
    413: "invalid_request_error",
    415: "invalid_request_error",
    422: "validation_error",
    429: "rate_limit_error",
    500: "server_error",
    503: "server_error",
}


class BodyTooLarge(EvseStatusError):
    """A body above the limit of its address."""

    code = "body_too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"The body is larger than {limit // 2**20} MiB. Send less at once.", field="body"
        )


class NotJson(EvseStatusError):
    """A body of another media type."""

    code = "not_json"

    def __init__(self) -> None:
        super().__init__(
            "The body must be JSON. Send the header Content-Type: application/json.",
            field="Content-Type",
        )


class Compressed(EvseStatusError):
    """A body that would have to be unpacked first: nobody knows how large it becomes."""

    code = "compressed_body"

    def __init__(self) -> None:
        super().__init__(
            "The body must not be compressed. Send it without Content-Encoding.",
            field="Content-Encoding",
        )


STATUS |= {BodyTooLarge: 413, NotJson: 415, Compressed: 415}


def status_of(error: EvseStatusError) -> int:
    """The HTTP status of an error."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def error_form(error: EvseStatusError) -> dict[str, Any]:
    """An error as one item of a batch tells it."""
    return {
        "type": TYPES[status_of(error)],
        "code": error.code,
        "message": error.message,
        "param": error.field,
    } | choices_of(error)


def choices_of(error: EvseStatusError) -> dict[str, Any]:
    """The instants of which one may be meant, where an error has any; each can be sent as it is."""
    choices = [at.isoformat() for at in error.choices]
    return {"choices": choices} if choices else {}
