"""What of a partner can be set on the command line, and how is it read?"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from evse_status.core import translation
from evse_status.core.errors import InvalidInput
from evse_status.core.partner import PartnerSettings
from evse_status.service.partner_checks import SETTINGS_OF

_ALL, _NONE = "all", "none"
_LONGEST_FILE = 1_000_000
_CHANNELS = {
    one: "driver-app" if one is translation.Channel.SPIRII_GO else one.value for one in SETTINGS_OF
}
"""What channels are called here: Spirii Go is one of many driver apps."""

Channel = Annotated[
    str | None,
    typer.Option(
        help=f"How statuses go to it: {', '.join(_CHANNELS.values())}.", show_default="ocpi"
    ),
]
Url = Annotated[
    str | None,
    typer.Option(
        help="Its versions address, to register with it; of a hub where it takes pushes, like "
        "https://service.hubject.com/api/oicp; of a driver app where people see it.",
        show_default="it registers with us",
    ),
]
Certificate = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="A hub: PEM with the client certificate and its private key; kept encrypted.",
        show_default=False,
    ),
]
OperatorId = Annotated[
    str | None,
    typer.Option(
        help="A hub: the operator in whose name is pushed, like DK*ABC.", show_default=False
    ),
]
InsertUnknown = Annotated[
    bool | None,
    typer.Option(
        "--insert-unknown/--no-insert-unknown",
        help="A hub: whether EVSEs that it doesn't know are inserted.",
        show_default="no-insert-unknown",
    ),
]
LocationsUrl = Annotated[
    str | None,
    typer.Option(help="With --static: the address of its module Locations.", show_default=False),
]
Token = Annotated[
    str | None,
    typer.Option(
        envvar="EVSE_STATUS_PARTNER_TOKEN",
        help="The token that it gave you: token A, or with --static the one for good.",
        show_default=False,
    ),
]
Mode = Annotated[
    str | None,
    typer.Option(
        help="Who else speaks to it: locations-only (nobody about these chargers). in-between and "
        "through-csms are not yet available.",
        show_default="locations-only",
    ),
]
Version = Annotated[
    str | None,
    typer.Option(help="With --static: the OCPI version, 2.2.1 or 2.3.0.", show_default="2.2.1"),
]
Operators = Annotated[
    str | None,
    typer.Option(help="Share only these OCPI party ids, like ABC,DEF; or all.", show_default="all"),
]
Countries = Annotated[
    str | None,
    typer.Option(help="Share only these countries, like DK,SE; or all.", show_default="all"),
]
Locations = Annotated[
    str | None,
    typer.Option(
        help="Share only these locations, by OCPI id, like L1,L2; or all.", show_default="all"
    ),
]
Unpublished = Annotated[
    bool | None,
    typer.Option(
        "--unpublished/--published-only",
        help="Whether it gets locations with `publish: false`, flagged so.",
        show_default="unpublished",
    ),
]
Statuses = Annotated[
    str | None,
    typer.Option(
        help="Temporary statuses that it is shown, like BLOCKED,RESERVED; all or none.",
        show_default="all",
    ),
]
Announced = Annotated[
    str | None,
    typer.Option(
        "--announce",
        help="Upcoming temporary statuses that are announced; none for none.",
        show_default="MAINTENANCE,COMMISSIONING",
    ),
]
Schedule = Annotated[
    bool | None,
    typer.Option(
        "--schedule/--no-schedule",
        help="Whether upcoming ones are announced in `status_schedule` at all.",
        show_default="schedule",
    ),
]
Base64Token = Annotated[
    bool | None,
    typer.Option(
        "--base64-token/--plain-token",
        help="Whether tokens are encoded when we call it.",
        show_default="base64-token",
    ),
]
ExplicitNulls = Annotated[
    bool | None,
    typer.Option(
        "--explicit-nulls/--omit-nulls",
        help="Whether absent optional fields are sent as null.",
        show_default="omit-nulls",
    ),
]
ReadBack = Annotated[
    bool | None,
    typer.Option(
        "--read-back/--no-read-back",
        help="Whether it is asked once a day what it has.",
        show_default="read-back",
    ),
]
PrivateNetwork = Annotated[
    bool | None,
    typer.Option(
        "--private-network/--no-private-network",
        help="Whether its addresses may be of a private network.",
        show_default="no-private-network",
    ),
]
Profile = Annotated[
    str | None, typer.Option(help="The presentation profile.", show_default="default")
]
Brand = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="A driver app: JSON with its own labels and colours over the profile; none for none.",
        show_default=False,
    ),
]
RequestsPerMinute = Annotated[
    int | None,
    typer.Option(help="At most so many requests a minute; 0 for no limit.", show_default="0"),
]
Concurrency = Annotated[
    int | None, typer.Option(help="At most so many requests at once.", show_default="8")
]
TimeoutSeconds = Annotated[
    float | None, typer.Option(help="How long one answer may take.", show_default="10")
]

_OPTIONS = {
    "announced": "--announce",
    "base64Token": "--base64-token",
    "explicitNulls": "--explicit-nulls",
    "readBack": "--read-back",
    "privateNetwork": "--private-network",
    "requestsPerMinute": "--requests-per-minute",
    "timeoutSeconds": "--timeout-seconds",
    "operatorId": "--operator-id",
    "insertUnknown": "--insert-unknown",
    "nobodyElseTells": "--nobody-else-tells",
}


_SETTINGS = {
    "mode": "mode",
    "version": "version",
    "operators": "operators",
    "countries": "countries",
    "unpublished": "unpublished",
    "statuses": "statuses",
    "announced": "announced",
    "schedule": "schedule",
    "base64_token": "base64Token",
    "explicit_nulls": "explicitNulls",
    "read_back": "readBack",
    "private_network": "privateNetwork",
    "profile": "profile",
    "brand": "brand",
    "requests_per_minute": "requestsPerMinute",
    "concurrency": "concurrency",
    "timeout_seconds": "timeoutSeconds",
    "operator_id": "operatorId",
    "insert_unknown": "insertUnknown",
}
"""Parameters of the commands, and the settings that they set as they are."""


def settings_among(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What was given of the settings, by name, among all parameters of a command."""
    return {
        setting: parameters[name]
        for name, setting in _SETTINGS.items()
        if parameters[name] is not None
    }


def changed(settings: PartnerSettings, options: Mapping[str, Any]) -> PartnerSettings:
    """The settings with the options that were given; what doesn't fit is named by its option."""
    told = dict(options)
    for name in ("operators", "countries"):
        if name in told:
            told[name] = _words_or_all(told[name])
    for name in ("statuses", "announced"):
        if name in told:
            told[name] = _statuses(told[name])
    if "brand" in told:
        told["brand"] = _brand_in(told["brand"])
    if told.get("requestsPerMinute") == 0:
        told["requestsPerMinute"] = None
    try:
        return PartnerSettings.from_json(settings.as_json() | told)
    except InvalidInput as error:
        raise named_by_option(error) from None


def named_by_option(error: InvalidInput, *, static: bool = False) -> InvalidInput:
    """The same refusal, which names the option that was typed."""
    if error.field in (None, "name") or not error.message.startswith(f"{error.field}: "):
        return error
    address = "--locations-url" if static else "--url"
    option = address if error.field == "url" else _OPTIONS.get(str(error.field), f"--{error.field}")
    return InvalidInput(f"{option}{error.message.removeprefix(str(error.field))}", field=option)


def channel_named(text: str | None) -> translation.Channel:
    """The channel that was typed. Raises InvalidInput."""
    wanted = (text or translation.Channel.OCPI.value).strip().lower()
    for known, called in _CHANNELS.items():
        if wanted in (called, known.value.lower()):
            return known
    raise InvalidInput(
        f"--channel: {wanted[:60]!r} is not known. Use one of {', '.join(_CHANNELS.values())}.",
        field="--channel",
    )


def file_named(path: str, *, option: str = "--certificate") -> str:
    """What is in the file of an option. Raises InvalidInput."""
    try:
        return Path(path).expanduser().read_bytes()[:_LONGEST_FILE].decode("utf-8", "replace")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "this is no name of a file"
        raise InvalidInput(
            f"{option}: {path[:120]!r} can't be read: {why}.", field=option
        ) from None


def _brand_in(path: str) -> Any:
    """What is in the file of --brand; none for an app without looks of its own. Raises InvalidInput."""
    if path.strip().lower() == _NONE:
        return {}
    try:
        return json.loads(file_named(path, option="--brand"))
    except (ValueError, RecursionError):
        raise InvalidInput(
            f"--brand: {path[:120]!r} has no JSON. Write it as docs/driver-apps.md shows.",
            field="--brand",
        ) from None


def words(text: str) -> list[str]:
    """Words that are separated by commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def is_all(text: str) -> bool:
    """Whether no limit is meant."""
    return text.strip().lower() == _ALL


def _words_or_all(text: str) -> list[str] | None:
    return None if is_all(text) else words(text)


def _statuses(text: str) -> list[str] | None:
    if is_all(text):
        return None
    return [] if text.strip().lower() == _NONE else words(text)
