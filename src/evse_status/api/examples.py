"""How does each answer look? One example per form, for the OpenAPI document."""

from typing import Any

_CHANNELS = {"spiriiGo": "Out of Service", "hubject": "OutOfService", "ocpi": "INOPERATIVE"}
_FREE = {"spiriiGo": "Available", "hubject": "Available", "ocpi": "AVAILABLE"}

OVERRIDE: dict[str, Any] = {
    "id": 42,
    "temporaryStatus": "MAINTENANCE",
    "evseId": "DK*DMO*E1041*1",
    "validFrom": "2026-11-22T12:00:00Z",
    "validTo": "2026-11-22T17:00:00Z",
    "reason": "Cable swap",
    "cause": "planned work",
    "ticket": "T-1041",
    "source": "api",
    "createdBy": "Lot 7 sensors",
    "effectiveFrom": "2026-11-22T12:00:00Z",
    "phase": "active",
    "clearedAt": None,
    "externalRef": "",
    "batchId": 7,
    "seriesId": None,
    "occurrenceStart": None,
    "drainUntil": None,
    "waits": False,
    "version": 1,
    "holds": True,
    "heldBackBy": None,
}
_OVERLAP = {
    "id": 40,
    "seriesId": None,
    "temporaryStatus": "BLOCKED",
    "from": "2026-11-22T12:00:00Z",
    "to": None,
    "newOneShows": True,
    "because": "MAINTENANCE outranks BLOCKED",
}
_REFUSAL = {
    "type": "not_found_error",
    "code": "unknown_evse",
    "message": "evseId: no EVSE is called 'DK*XYZ*E1'. Check the id, or import its location first.",
    "param": "evseId",
}
_EVSE = {
    "uid": 206,
    "evseId": "DK*DMO*E1041*1",
    "chargeboxId": "DMO-1041",
    "status": "INOPERATIVE",
    "connectors": [
        {
            "id": "1",
            "standard": "IEC_62196_T2",
            "format": "SOCKET",
            "powerType": "AC_3_PHASE",
            "maxElectricPower": 22000.0,
            "maxAmperage": 32.0,
            "maxVoltage": 230.0,
        }
    ],
    "ocpiUid": "1041-1",
    "actualStatus": "AVAILABLE",
    "actualSince": "2026-11-22T07:31:00Z",
    "channels": _CHANNELS,
    "overrideId": 42,
    "missingSince": None,
    "removedAt": None,
    "location": {
        "id": "LOC-10",
        "name": "Havnegade",
        "address": "Havnegade 1",
        "city": "Aarhus",
        "postalCode": "8000",
        "countryCode": "DK",
        "partyId": "DMO",
        "timeZone": "Europe/Copenhagen",
    },
}
_REPORTED = {
    "evseId": "DK*DMO*E1041*1",
    "actualStatus": "CHARGING",
    "since": "2026-11-22T12:00:00Z",
    "reportedAt": "2026-11-22T12:00:00Z",
    "changed": True,
}

EXAMPLES: dict[str, Any] = {
    "OverrideAnswer": OVERRIDE,
    "HistoryLineAnswer": {
        "at": "2026-11-22T12:05:00Z",
        "by": "Mette",
        "what": "changed",
        "why": "",
        "version": 2,
        "batchId": None,
        "changes": [{"field": "reason", "before": "Cable", "after": "Cable swap"}],
    },
    "BatchAnswer": {
        "batchId": 7,
        "dryRun": False,
        "created": 1,
        "refused": 1,
        "previewed": "5f0c1a7e2b.98ca46d72e.a54b4d65e2.3f305db20d.18c6",
        "overlapsTo": None,
        "warnings": [],
        "items": [
            {
                "evseId": "DK*DMO*E1041*1",
                "outcome": "created",
                "from": "2026-11-22T12:00:00Z",
                "to": "2026-11-22T17:00:00Z",
                "override": OVERRIDE,
                "error": None,
                "overlaps": [_OVERLAP],
            },
            {
                "evseId": "DK*XYZ*E1",
                "outcome": "refused",
                "from": None,
                "to": None,
                "override": None,
                "error": _REFUSAL,
                "overlaps": [],
            },
        ],
    },
    "BatchDetailAnswer": {
        "batchId": 7,
        "name": "Maintenance on 1 EVSE",
        "madeAt": "2026-11-22T12:00:00Z",
        "madeBy": "Lot 7 sensors",
        "undoneAt": None,
        "undoneBy": None,
        "undoes": None,
        "seriesIds": [],
        "items": [OVERRIDE],
    },
    "UndoAnswer": {
        "batchId": 8,
        "undoes": 7,
        "undone": 1,
        "skipped": 0,
        "items": [
            {
                "id": 42,
                "evseId": "DK*DMO*E1041*1",
                "outcome": "undone",
                "override": OVERRIDE
                | {
                    "phase": "cleared",
                    "clearedAt": "2026-11-22T12:10:00Z",
                    "version": 2,
                    "holds": False,
                },
                "error": None,
            }
        ],
    },
    "EvseAnswer": _EVSE,
    "EvsePageAnswer": {"data": [_EVSE], "nextPageCursor": "WyJhZnRl", "previousPageCursor": None},
    "DisplayAnswer": {
        "evseId": "DK*DMO*E1041*1",
        "at": "2026-11-22T12:00:00Z",
        "actualStatus": "AVAILABLE",
        "channels": _CHANNELS,
        "override": {k: v for k, v in OVERRIDE.items() if k not in ("holds", "heldBackBy")},
        "heldBack": [
            {
                "id": 40,
                "seriesId": None,
                "temporaryStatus": "BLOCKED",
                "because": "MAINTENANCE outranks BLOCKED",
            }
        ],
        "next": {"at": "2026-11-22T17:00:00Z", "channels": _FREE},
    },
    "ReportAnswer": _REPORTED,
    "ReportsAnswer": {"changed": 1, "refused": 0, "items": [_REPORTED | {"error": None}]},
    "HealthAnswer": {"healthy": True},
    "ReadyAnswer": {"ready": True, "clockDriftSeconds": 0.0},
}
