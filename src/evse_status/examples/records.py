"""Is a push as OICP says? A strict hub's look at status records (OICP 2.3, eRoamingPushEvseStatus).

Patterns as in Hubject's own OpenAPI, upper-case only.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

SUCCESS, UNAUTHORIZED, INCONSISTENT, DATA_ERROR = "000", "017", "018", "022"
UNKNOWN_EVSE, NOT_COMPATIBLE = "603", "604"
DESCRIPTIONS = {
    SUCCESS: "Success.",
    "001": "Hubject system error.",
    "002": "Hubject database error.",
    "009": "Data transaction error.",
    UNAUTHORIZED: "Unauthorized Access.",
    INCONSISTENT: "Inconsistent EvseID.",
    "021": "System error.",
    DATA_ERROR: "Data error.",
    "210": "No valid contract.",
    "320": "Service not available.",
    UNKNOWN_EVSE: "Unknown EVSE ID.",
    NOT_COMPATIBLE: "EVSE ID is not Hubject compatible.",
}
ACTIONS = frozenset(["fullLoad", "update", "insert", "delete"])
STATUSES = frozenset(["Available", "Reserved", "Occupied", "OutOfService", "Unknown"])
"""`EvseNotFound` is for answers only."""

_OPERATOR = re.compile(r"([A-Z]{2}\*?[A-Z0-9]{3})|(\+?[0-9]{1,3}\*[0-9]{3})")
_EVSE = re.compile(
    r"(?P<iso>[A-Z]{2}\*?[A-Z0-9]{3})\*?E[A-Z0-9*]{1,30}|(?P<din>\+?[0-9]{1,3}\*[0-9]{3})\*[0-9*]{1,32}"
)
_LONGEST_NAME = 100


class NotTaken(Exception):
    """A push that is answered with `"Result": false`; the words are for the log alone."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


@dataclass(frozen=True, slots=True)
class Push:
    """What a push says: statuses by EVSE id; the operator is written without separators."""

    operator: str
    action: str
    records: dict[str, str]


def read_push(body: Any, operator: str, contracts: Collection[str]) -> Push:
    """The push in a body that was sent to this operator's address. Raises NotTaken.

    `contracts` are the operators who may push, written bare; everybody where there are none.
    """
    told = _part(body, "OperatorEvseStatus")
    action, said, records = (
        body.get("ActionType"),
        told.get("OperatorID"),
        told.get("EvseStatusRecord"),
    )
    if action not in ACTIONS:
        raise NotTaken(DATA_ERROR, f"ActionType: {action!r}")
    if not isinstance(said, str) or not _OPERATOR.fullmatch(said):
        raise NotTaken(DATA_ERROR, f"OperatorID: {said!r}")
    if bare(said) != bare(operator):
        raise NotTaken(UNAUTHORIZED, f"OperatorID: {said} at the address of {operator}")
    if contracts and bare(said) not in contracts:
        raise NotTaken(UNAUTHORIZED, f"OperatorID: {said} has no contract")
    name = told.get("OperatorName", "")
    if not isinstance(name, str) or len(name) > _LONGEST_NAME:
        raise NotTaken(DATA_ERROR, "OperatorName: too long, or no text")
    if not isinstance(records, list) or not records:
        raise NotTaken(DATA_ERROR, "EvseStatusRecord: no records")
    read: dict[str, str] = {}
    for record in records:
        evse_id, status = _record(record, bare(said))
        if evse_id in read:
            raise NotTaken(DATA_ERROR, f"{evse_id}: twice")
        read[evse_id] = status
    return Push(bare(said), action, read)


def bare(operator: str) -> str:
    """An OperatorID without what may be left out of it."""
    return operator.replace("*", "").removeprefix("+")


def is_evse_id(text: str) -> bool:
    """Whether a hub can take it."""
    return _EVSE.fullmatch(text) is not None


def operator_of(evse_id: str) -> str:
    """The operator that an EVSE id names."""
    found = _EVSE.fullmatch(evse_id)
    return "" if found is None else bare(found["iso"] or found["din"])


def _record(record: Any, operator: str) -> tuple[str, str]:
    evse_id, status = _part(record).get("EvseID"), record.get("EvseStatus")
    if not isinstance(evse_id, str) or not is_evse_id(evse_id):
        raise NotTaken(NOT_COMPATIBLE, f"EvseID: {evse_id!r}")
    if operator_of(evse_id) != operator:
        raise NotTaken(INCONSISTENT, f"{evse_id}: of another operator")
    if status not in STATUSES:
        raise NotTaken(DATA_ERROR, f"{evse_id}: EvseStatus {status!r}")
    return evse_id, status


def _part(told: Any, name: str = "") -> dict[str, Any]:
    part = told.get(name) if name and isinstance(told, dict) else told
    if not isinstance(part, dict):
        raise NotTaken(DATA_ERROR, f"{name or 'The record'}: no object")
    return part
