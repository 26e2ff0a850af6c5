"""Under which EvseID is an EVSE told to Hubject, and if under none, why not? (OICP 2.3, EvseID and OperatorID.)"""

import re
from dataclasses import dataclass

# As OICP's own patterns, in upper case: neither dashes nor spaces, unlike core.evse_id's.
_ISO = re.compile(r"([A-Z]{2})\*?([A-Z0-9]{3})\*?E[A-Z0-9*]{1,30}")
_DIN = re.compile(r"\+?([0-9]{1,3})\*([0-9]{3})\*[0-9*]{1,32}")
_ISO_OPERATOR = re.compile(r"([A-Z]{2})\*?([A-Z0-9]{3})")
_DIN_OPERATOR = re.compile(r"\+?([0-9]{1,3})\*([0-9]{3})")


@dataclass(frozen=True, slots=True)
class RoamingId:
    """The EvseID that is told, exactly as it is sent; empty with one sentence saying why there is none."""

    text: str
    why_not: str = ""


def roaming_id(evse_id: str, own: str | None, operator_id: str) -> RoamingId:
    """The EvseID of an EVSE: `own`, the roaming id that a person gave it, else its `evse_id`.

    Hubject takes ISO and DIN ids in upper case alone, and those alone that begin with the OperatorID
    in whose name is pushed; however its separators are written.
    """
    text = (own or "").strip() or evse_id.strip()
    name = "roaming id" if own and own.strip() else "EVSE id"
    mine = operator_of(text)
    if mine is None and operator_of(text.upper()) is not None:
        return RoamingId("", f"Hubject takes ids in upper case alone, and this {name} isn't.")
    if mine is None:
        return RoamingId(
            "", f"Hubject takes ISO and DIN ids alone, and this {name} is neither. Give it another."
        )
    if mine != _operator(operator_id):
        return RoamingId(
            "",
            f"This {name} doesn't begin with {operator_id.strip()}, the operator in whose name we push.",
        )
    return RoamingId(text)


def operator_of(evse_id: str) -> tuple[str, str] | None:
    """Country and operator of an EvseID as Hubject takes it, `None` where it doesn't."""
    found = _ISO.fullmatch(evse_id) or _DIN.fullmatch(evse_id)
    return None if found is None else (found[1], found[2])


def is_operator_id(text: str) -> bool:
    """Whether Hubject could have given it to an operator, like "DK*DMO", "DKDMO" or "+45*123"."""
    return _operator(text) is not None


def same_operator(one: str, other: str) -> bool:
    """Whether two OperatorIDs mean the same, however they are written."""
    return _operator(one) == _operator(other)


def _operator(text: str) -> tuple[str, str] | None:
    upper = text.strip().upper()
    found = _ISO_OPERATOR.fullmatch(upper) or _DIN_OPERATOR.fullmatch(upper)
    return None if found is None else (found[1], found[2])
