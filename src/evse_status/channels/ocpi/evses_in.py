"""What does one EVSE of a feed say? Checked, tidied, and refused by itself where it must be."""

import re
from datetime import datetime
from typing import Any

from evse_status.channels.ocpi import connectors, from_2_1_1, instants, tidy
from evse_status.channels.ocpi.records import EvseRecord, Findings, Place
from evse_status.core.errors import EvseStatusError
from evse_status.core.evse_id import EvseIdKind, evse_id
from evse_status.core.statuses import ActualStatus, actual_status

LONGEST_ID = 64
"""Characters of an id that are kept; OCPI 2.2.1 allows 36 of a `uid` and 48 of an `evse_id`."""

_UID_IN_OCPI = 36
_EVSE_ID_IN_OCPI = 48
_CHARGER_KEYS = ("charger_id", "chargeboxId", "charge_box_id")
_LAST_PART = re.compile(r"(.+)\*[^*]+")
_LAST_PART_OF_ISO = re.compile(r"(.+)[*\-][^*\-]+")


def read_evses(value: object, place: Place, findings: Findings) -> tuple[EvseRecord, ...]:
    """All usable EVSEs of one Location; of two with the same uid the first is taken."""
    if value is None:
        return ()
    if not isinstance(value, list):
        findings.refuse(place, "the EVSEs are not a list; none of them is taken.")
        return ()
    records: dict[str, EvseRecord] = {}
    for number, raw in enumerate(value):
        here = place.index(number)
        record = _read_evse(raw, here, findings)
        if record is None:
            continue
        if record.uid.upper() in records:
            about = Place(here.at("uid").path, here.location_id, record.evse_id)
            findings.refuse(about, f"the uid {record.uid} is used twice; the first one is kept.")
            continue
        records[record.uid.upper()] = record
    return tuple(records.values())


def charger_of(content: dict[str, Any], *, uid: str, evse_id_text: str) -> str:
    """The charger that an EVSE belongs to: as a vendor's key tells, else its id without the last
    `*n`, else its uid."""
    for key in _CHARGER_KEYS:
        if told := tidy.text(content.get(key)):
            return told
    kind = evse_id(evse_id_text).kind
    pattern = _LAST_PART_OF_ISO if kind is EvseIdKind.ISO else _LAST_PART
    cut = pattern.fullmatch(evse_id_text)
    if cut is None:
        return uid
    # BE*BEC*E041503001 has no part to cut: what would be left is no EVSE id any more.
    charger = cut[1].rstrip("*-")
    return charger if evse_id(charger).kind is kind else uid


def _read_evse(raw: object, place: Place, findings: Findings) -> EvseRecord | None:
    if not isinstance(raw, dict):
        findings.refuse(place, "the EVSE is not a JSON object.")
        return None
    uid, evse_id_text = tidy.text(raw.get("uid")), tidy.text(raw.get("evse_id"))
    place = Place(place.path, place.location_id, evse_id_text[:LONGEST_ID] or uid[:LONGEST_ID])
    if not uid and not evse_id_text:
        findings.refuse(place, "the EVSE has neither a uid nor an evse_id.")
        return None
    if not _ids_fit(uid, evse_id_text, place, findings):
        return None
    try:
        content = from_2_1_1.evse(tidy.document(raw))
        status = _status(content.pop("status", None), place, findings)
    except EvseStatusError:
        findings.refuse(
            place.at("status"),
            f"the status {tidy.shown(raw['status'])} is not known; "
            f"expected one of {', '.join(ActualStatus)}.",
        )
        return None
    except tidy.TooDeep:
        findings.refuse(place, f"the EVSE is nested more than {tidy.DEEPEST} levels deep.")
        return None
    uid, evse_id_text = uid or evse_id_text, evse_id_text or uid
    plugs = tidy.sequence(content.get("connectors"))
    return EvseRecord(
        uid=uid,
        evse_id=evse_id_text,
        status=status,
        status_at=_status_at(content.get("last_updated"), place, findings),
        charger=charger_of(content, uid=uid, evse_id_text=evse_id_text),
        physical_reference=tidy.text(content.get("physical_reference")),
        power_w=connectors.strongest_w(plugs),
        connectors=connectors.short_names(plugs),
        content=content,
    )


def _ids_fit(uid: str, evse_id_text: str, place: Place, findings: Findings) -> bool:
    for key, text, in_ocpi in (
        ("uid", uid, _UID_IN_OCPI),
        ("evse_id", evse_id_text, _EVSE_ID_IN_OCPI),
    ):
        if len(text) > LONGEST_ID:
            findings.refuse(
                place.at(key),
                f"the {key} has {len(text):,} characters, at most {LONGEST_ID} are kept.",
            )
            return False
        if len(text) > in_ocpi:
            findings.warn(
                place.at(key),
                f"the {key} has {len(text)} characters, OCPI allows {in_ocpi}; "
                "partners may refuse it.",
            )
    if not evse_id_text:
        findings.warn(place, "the EVSE has no evse_id; its uid stands in for it.")
    if not uid:
        findings.warn(place, "the EVSE has no uid; its evse_id stands in for it.")
    return True


def _status(word: object, place: Place, findings: Findings) -> ActualStatus:
    if word is None or word == "":
        findings.warn(place.at("status"), "the EVSE tells no status; it is taken as UNKNOWN.")
        return ActualStatus.UNKNOWN
    return actual_status(word)


def _status_at(value: object, place: Place, findings: Findings) -> datetime | None:
    if value is None or value == "":
        return None
    told = instants.read(value)
    if told is None:
        findings.warn(
            place.at("last_updated"),
            f"{tidy.shown(value)} is no usable time; the time of the import is used instead.",
        )
    return told
