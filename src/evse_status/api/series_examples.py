"""How does each answer about a series look? One example per form, for the OpenAPI document."""

from typing import Any

from evse_status.api.examples import OVERRIDE

_NIGHT = {
    "occurrenceStart": "2026-12-08T22:00",
    "startsAt": "2026-12-08T21:00:00Z",
    "endsAt": "2026-12-09T04:00:00Z",
    "clockChange": None,
}
_SERIES: dict[str, Any] = {
    "id": 5,
    "temporaryStatus": "MAINTENANCE",
    "rule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
    "description": "Every second Tuesday, 22:00–05:00",
    "timeZone": "Europe/Copenhagen",
    "localStart": "2026-11-24T22:00",
    "duration": "PT7H",
    "evses": 1,
    "reason": "Cable check",
    "cause": "planned work",
    "ticket": "",
    "createdBy": "Lot 7 planner",
    "madeAt": "2026-11-22T12:00:00Z",
    "endsBefore": None,
    "continues": None,
    "continuedBy": None,
    "isOver": False,
    "running": None,
    "next": _NIGHT,
    "version": 1,
    "batchId": 9,
}
_OCCURRENCE = OVERRIDE | {
    "id": 44,
    "validFrom": "2026-12-08T21:00:00Z",
    "validTo": "2026-12-09T04:00:00Z",
    "source": "series",
    "effectiveFrom": "2026-12-08T21:00:00Z",
    "phase": "upcoming",
    "batchId": 9,
    "seriesId": 5,
    "occurrenceStart": "2026-12-08T22:00",
    "version": 2,
    "holds": False,
}

EXAMPLES: dict[str, Any] = {
    "SeriesAnswer": _SERIES,
    "SeriesDetailAnswer": _SERIES
    | {
        "evseIds": ["DK*DMO*E1041*1"],
        "exceptions": ["2026-12-22T22:00"],
        "upcoming": [_NIGHT],
        "parts": [5],
    },
    "SeriesMadeAnswer": {
        "batchId": None,
        "dryRun": True,
        "created": 0,
        "refused": 0,
        "previewed": "98ca46d72ea54b4d65e23f305db20d18",
        "overlapsTo": "2027-12-27T12:00:00Z",
        "series": [
            _SERIES
            | {
                "id": None,
                "batchId": None,
                "evseIds": ["DK*DMO*E1041*1"],
                "upcoming": [_NIGHT],
                "touched": [
                    {
                        "occurrenceStart": "2027-03-27T22:00",
                        "startsAt": "2027-03-27T21:00:00Z",
                        "endsAt": "2027-03-28T03:00:00Z",
                        "clockChange": "Clocks go forward in between: it lasts 6 h instead of 7 h.",
                    }
                ],
                "overlaps": [
                    {
                        "evseId": "DK*DMO*E1041*1",
                        "id": 40,
                        "seriesId": None,
                        "temporaryStatus": "BLOCKED",
                        "from": "2026-12-08T21:00:00Z",
                        "to": "2026-12-09T04:00:00Z",
                        "count": 3,
                        "newOneShows": True,
                        "because": "MAINTENANCE outranks BLOCKED",
                    }
                ],
            }
        ],
        "items": [{"evseId": "DK*DMO*E1041*1", "outcome": "would be created", "error": None}],
    },
    "SeriesChangedAnswer": {
        "batchId": 10,
        "series": _SERIES | {"id": 6, "continues": 5, "batchId": 10},
        "changed": 4,
        "refused": [],
        "left": [{"override": _OCCURRENCE, "because": "somebody changed it by hand"}],
    },
}
