"""What does a status push look like on the wire, to the byte? (OICP 2.3, eRoamingPushEvseStatus v2.1.)"""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from evse_status.core.hub import Action

UNKNOWN = "Unknown"
"""What a `delete` says of the status, for the schema wants one."""


def status_push(
    operator_id: str, operator_name: str, action: Action, records: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    """One push of `records`, (EvseID, EvseStatus) each; OperatorName is left out if it is empty."""
    about: dict[str, Any] = {"OperatorID": operator_id}
    if operator_name:
        about["OperatorName"] = operator_name
    about["EvseStatusRecord"] = [
        {"EvseID": evse_id, "EvseStatus": status} for evse_id, status in records
    ]
    return {"ActionType": action.value, "OperatorEvseStatus": about}


def body(push: dict[str, Any]) -> bytes:
    """A push exactly as it is sent."""
    return json.dumps(push, ensure_ascii=False, separators=(",", ":")).encode()


def path(operator_id: str) -> str:
    """The end of the address that a push goes to, behind the base like https://service.hubject.com/api/oicp."""
    return f"/evsepush/v21/operators/{quote(operator_id, safe='*+')}/status-records"
