"""How does an example partner behave badly when it is told to?"""

import asyncio
import random
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from evse_status.examples.envelope import INVALID, SERVER_ERROR, Refused


class Mode(StrEnum):
    """What happens to requests of OCPI or OICP; the control addresses always work."""

    NORMAL = "normal"
    SLOW = "slow"  # answers well, after `seconds`
    ERROR = "500"  # HTTP 500
    CODE_3000 = "3000"  # HTTP 200 with status_code 3000; nothing is kept
    HANG_UP = "hang up"  # the connection ends without an answer; nothing is kept
    LOSE_ANSWER = "lose answer"  # kept, then the connection ends without an answer
    HANG = "hang"  # never answers
    BUSY = "429"  # HTTP 429 with Retry-After: `seconds`
    DENY = "401"  # HTTP 401, as if the token were wrong
    REFUSE_SCHEDULE = "refuse schedule"  # whatever has a status_schedule is refused
    RESULT_FALSE = (
        "result false"  # a hub: HTTP 200 with `"Result": false` and `code`; nothing is kept
    )


_UNKNOWN = {"404": (404, INVALID), "2001": (200, 2001), "2003": (200, 2003)}
_WORDS = {
    Mode.ERROR: "Internal server error",
    Mode.CODE_3000: "Generic server error",
    Mode.BUSY: "Too many requests",
    Mode.DENY: "Token unknown",
    Mode.REFUSE_SCHEDULE: "status_schedule: expected an object",
}


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`share` of the requests meets `mode`, the others go well; `words` are said in refusals.

    `unknown` is how an object that isn't held is answered: HTTP 404, or 200 with 2001 or 2003.
    `code` is a hub's, for `result false`.
    """

    mode: Mode = Mode.NORMAL
    share: float = 1.0
    seconds: float = 2.0
    words: str = ""
    unknown: str = "404"
    code: str = "001"

    @classmethod
    def from_json(cls, told: Any) -> "Behaviour":
        """What `POST /behave` says; `"unknown as 2003"` as a mode is normal with `unknown`."""
        names = {field.name for field in fields(cls)}
        if not isinstance(told, dict) or set(told) - names:
            raise Refused(400, INVALID, f"An object with some of {', '.join(sorted(names))}.")
        wanted = dict(told)
        if str(wanted.get("mode", "")).startswith("unknown as "):
            wanted["unknown"] = wanted["mode"].removeprefix("unknown as ")
            wanted["mode"] = Mode.NORMAL
        try:
            made = cls(**{**wanted, "mode": Mode(wanted.get("mode", Mode.NORMAL))})
        except ValueError:
            raise Refused(400, INVALID, f"mode: one of {', '.join(Mode)}.") from None
        if made.unknown not in _UNKNOWN:
            raise Refused(400, INVALID, f"unknown: one of {', '.join(_UNKNOWN)}.")
        return made

    def not_held(self, what: str) -> Refused:
        """How an object that isn't held is answered."""
        http_status, status_code = _UNKNOWN[self.unknown]
        return Refused(http_status, status_code, f"{what} is unknown")

    async def before(self, chance: random.Random) -> Mode:
        """Wait, refuse or hang as told; returns the mode that this request meets."""
        if self.mode is Mode.NORMAL or (self.share < 1 and chance.random() >= self.share):
            return Mode.NORMAL
        if self.mode is Mode.SLOW:
            await asyncio.sleep(self.seconds)
        elif self.mode is Mode.HANG:
            await asyncio.Event().wait()
        elif self.mode in (Mode.ERROR, Mode.BUSY, Mode.DENY, Mode.CODE_3000):
            http_status = 200 if self.mode is Mode.CODE_3000 else int(self.mode.value)
            status_code = INVALID if self.mode is Mode.DENY else SERVER_ERROR
            raise Refused(http_status, status_code, self.said(self.mode))
        return self.mode

    def said(self, mode: Mode) -> str:
        """The words of a refusal."""
        return self.words or _WORDS.get(mode, mode.value)
