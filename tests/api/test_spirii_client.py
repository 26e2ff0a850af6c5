"""A client that knows only what Spirii documents runs unchanged; `spirii-transcript.txt` is what was said."""

import json
from pathlib import Path
from typing import Any

from api.conftest import Caller

TRANSCRIPT = Path(__file__).with_name("spirii-transcript.txt")
EVSE = "DK*TST*E1"


class SpiriiClient:
    """The four calls of Spirii's public API, with the fields documented there and no others."""

    def __init__(self, ask: Caller) -> None:
        self._ask = ask
        self.transcript: list[str] = []

    def create(self, evse_id: str, temporary_status: str, **period: str) -> dict[str, Any]:
        return self._call(
            "POST", "", {"evseId": evse_id, "temporaryStatus": temporary_status, **period}
        )

    def list(self, query: str = "") -> list[dict[str, Any]]:
        return self._call("GET", query)  # type: ignore[return-value]

    def update(self, number: int, **fields: str) -> dict[str, Any]:
        return self._call("PATCH", f"/{number}", fields)

    def delete(self, number: int) -> None:
        self._call("DELETE", f"/{number}")

    def _call(self, method: str, tail: str, body: object = None) -> dict[str, Any]:
        path = f"/v2/temporary-evse-statuses{tail}"
        answer = self._ask(method, path, **({} if body is None else {"json": body}))
        assert answer.is_success, answer.text
        said = f"{method} {path}\n" + (f"{json.dumps(body)}\n" if body is not None else "")
        pretty = json.dumps(answer.json(), indent=2, ensure_ascii=False)
        self.transcript.append(f"{said}\n{answer.status_code}\n{pretty}\n")
        told: dict[str, Any] = answer.json()
        return told


def test_client_of_spiriis_api_runs_unchanged(ask: Caller) -> None:
    spirii = SpiriiClient(ask)
    timed = spirii.create(
        EVSE, "MAINTENANCE",
        validFrom="2026-10-22T14:00:00.000Z", validTo="2026-10-22T18:00:00.000Z",
    )  # fmt: skip
    assert isinstance(timed["id"], int)
    assert (timed["temporaryStatus"], timed["evseId"]) == ("MAINTENANCE", EVSE)
    lasting = spirii.create("DK*TST*E2", "BLOCKED")
    assert [one["id"] for one in spirii.list()] == [lasting["id"]]
    everything = spirii.list("?activeOnly=false")
    assert [one["id"] for one in everything] == [timed["id"], lasting["id"]]
    assert spirii.list(f"?evseId={EVSE}&activeOnly=false") == [everything[0]]
    changed = spirii.update(timed["id"], validTo="2026-10-22T20:00:00.000Z")
    assert changed["validTo"] == "2026-10-22T20:00:00Z"
    assert spirii.update(timed["id"], temporaryStatus="RESERVED")["temporaryStatus"] == "RESERVED"
    spirii.delete(lasting["id"])
    assert spirii.list() == []
    assert "\n".join(spirii.transcript) == TRANSCRIPT.read_text(encoding="utf-8")
