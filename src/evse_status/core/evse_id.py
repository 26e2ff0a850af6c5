"""Are two spellings the same EVSE? Kinds of EVSE ids and their look-up keys (ISO 15118, DIN SPEC 91286)."""

import re
from dataclasses import dataclass
from enum import StrEnum

_ISO = re.compile(r"[A-Z]{2}\*?[A-Z0-9]{3}\*?E[A-Z0-9*]{1,30}")
_DIN = re.compile(r"\+?\d{1,3}\*\d{3}\*[\d*]{1,32}")
_SEPARATORS = re.compile(r"[*\-\s]")
_DASHES_AND_SPACES = re.compile(r"[\-\s]")


class EvseIdKind(StrEnum):
    """What an EVSE id is written as."""

    ISO = "ISO"  # ISO 15118 / eMI3, with or without separators
    DIN = "DIN"  # DIN SPEC 91286
    INTERNAL = "internal"  # the operator's own; Hubject rejects it


@dataclass(frozen=True, slots=True)
class EvseId:
    """An EVSE id: the text as it came, its kind, and the key that all its spellings share."""

    text: str
    kind: EvseIdKind
    key: str


def evse_id(text: str) -> EvseId:
    """Classify `text` and make its key.

    ISO and DIN ids fold case, `*`, `-`, spaces and a leading `+`; internal ids fold the case only,
    because dropping separators would merge different EVSEs.
    """
    stripped = text.strip()
    upper = stripped.upper()
    if _ISO.fullmatch(_DASHES_AND_SPACES.sub("", upper)):
        return EvseId(stripped, EvseIdKind.ISO, _SEPARATORS.sub("", upper))
    if _DIN.fullmatch(upper):
        return EvseId(stripped, EvseIdKind.DIN, _SEPARATORS.sub("", upper).removeprefix("+"))
    return EvseId(stripped, EvseIdKind.INTERNAL, upper)


def possible_keys(text: str) -> tuple[str, ...]:
    """Every key that `text`, as somebody typed it, may stand for; a DIN id may come without its stars."""
    own = evse_id(text).key
    bare = _SEPARATORS.sub("", text.strip().upper()).removeprefix("+")
    return (own,) if own == bare or not bare.isdigit() else (own, bare)
