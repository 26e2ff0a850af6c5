"""How does each answer to a driver app look? For the OpenAPI document."""

from typing import Any

CHANGE: dict[str, Any] = {
    "uid": 206,
    "evseId": "DK*DMO*E1041*1",
    "locationUid": 12,
    "locationId": "LOC-10",
    "label": "Unavailable",
    "colour": "#D27204",
    "textColour": "#16191D",
    "available": False,
    "since": "2026-11-22T12:00:00Z",
}
_LOOK = {name: CHANGE[name] for name in ("label", "colour", "textColour", "available", "since")}
_EVSE: dict[str, Any] = {
    "uid": 206,
    "evseId": "DK*DMO*E1041*1",
    **_LOOK,
    "physicalReference": "Bay 3",
    "connectors": [
        {
            "id": "1",
            "standard": "IEC_62196_T2",
            "format": "SOCKET",
            "powerType": "AC_3_PHASE",
            "powerW": 22000,
        }
    ],
    "location": {
        "uid": 12,
        "id": "LOC-10",
        "operator": "DMO",
        "countryCode": "DK",
        "name": "Harbour car park",
        "address": "Havnegade 1",
        "city": "Aarhus",
        "postalCode": "8000",
        "country": "DNK",
        "coordinates": {"latitude": 56.1534, "longitude": 10.2145},
        "timeZone": "Europe/Copenhagen",
    },
}

EXAMPLES: dict[str, Any] = {
    "AppEvseAnswer": _EVSE,
    "AppEvsePageAnswer": {
        "data": [_EVSE],
        "nextPageCursor": "WyIxNzk1MzQ4ODAwMDAwMDAwLjNmYTljMjFiIiwxMiwyMDZd",
        "lastEventId": "1795348800000000.3fa9c21b",
    },
}
