"""`evse-status token`: make, list and revoke tokens for programs."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from evse_status import cli_output as output
from evse_status.cli_command import OPTIONS, AsJson, DatabaseUrl, store
from evse_status.cli_input import read_moment
from evse_status.core.errors import InvalidInput
from evse_status.core.local_time import zone
from evse_status.core.period import write_instant
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import TemporaryStatus, temporary_status
from evse_status.service.tokens import (
    Token,
    TokenWish,
    create_token,
    list_tokens,
    revoke_token,
)

_NOTHING = "none"

token_app = typer.Typer(help="Let programs use the API, each within its limits.", **OPTIONS)


@token_app.command("create")
def token_create(
    name: Annotated[
        str, typer.Option(help="Who it is: the author of what it sets.", show_default=False)
    ],
    allow: Annotated[
        list[str] | None,
        typer.Option(
            help="Temporary statuses that it may set, like BLOCKED,RESERVED; none for a reader.",
            show_default="all",
        ),
    ] = None,
    locations: Annotated[
        list[str] | None,
        typer.Option(
            help="OCPI ids of the locations at which it works, like L1,L2; where two operators "
            "have the same id, DK/ABC/L1.",
            show_default="all",
        ),
    ] = None,
    expires: Annotated[
        str | None,
        typer.Option(
            help="From when on it isn't valid: 2027-01-01, 2027-01-01T08:00:00+01:00 or +90d.",
            show_default="never",
        ),
    ] = None,
    read: Annotated[bool, typer.Option("--read/--no-read", help="Whether it may read.")] = True,
    clear_others: Annotated[
        bool,
        typer.Option(
            "--clear-others/--no-clear-others",
            help="Whether it may change and clear overrides of others.",
        ),
    ] = True,
    report: Annotated[
        bool, typer.Option("--report/--no-report", help="Whether it may report actual statuses.")
    ] = True,
    administrate: Annotated[
        bool | None,
        typer.Option(
            "--administrate/--no-administrate",
            help="Whether it may do what administrators do.",
            show_default="only without limits",
        ),
    ] = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Make a token and show it, this once. Without options it may do everything."""
    with store(database_url) as opened:
        now = opened.now()
        its_zone = zone(opened.settings.zone)
        wish = TokenWish(
            name=name,
            temporary_statuses=_statuses(allow),
            locations=None if locations is None else _split(locations),
            expires_at=None if expires is None else _read_expiry(expires, its_zone, now),
            may_read=read,
            may_clear_others=clear_others,
            may_report_actual=report,
            may_administrate=administrate,
        )
        made = create_token(opened.database, LOCAL, wish)
        if as_json:
            output.print_json(_form(made.token, now) | {"token": made.secret})
            return
        output.say(made.secret)
        output.complain(
            f"Made token {made.token.id}, {made.token.name}: {may(made.token)}. "
            "It is shown this once; keep it where the program finds it."
        )


@token_app.command("list")
def token_list(
    everything: Annotated[
        bool, typer.Option("--all", help="Revoked and expired ones too.")
    ] = False,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """List tokens and when each was last used."""
    with store(database_url) as opened:
        now = opened.now()
        found = [
            one
            for one in list_tokens(opened.database, LOCAL)
            if everything or one.state(now) == "valid"
        ]
        if as_json:
            output.print_json([_form(one, now) for one in found])
        elif found:
            output.token_table(
                [(one, may(one), one.state(now)) for one in found], zone(opened.settings.zone)
            )
        else:
            output.say("There are no valid tokens. Make one with: evse-status token create")


@token_app.command("revoke")
def token_revoke(
    token_id: Annotated[int, typer.Argument(metavar="ID", show_default=False)],
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """End a token at once."""
    with store(database_url) as opened:
        ended = revoke_token(opened.database, LOCAL, token_id)
        if as_json:
            output.print_json(_form(ended, opened.now()))
        else:
            output.say(f"Token {ended.id}, {ended.name}, is revoked.")


def may(token: Token) -> str:
    """What a token may do, in one line."""
    allowed = token.temporary_statuses
    words = [word.value for word in TemporaryStatus if allowed is None or word in allowed]
    parts = []
    if allowed is None and token.may_administrate:
        parts.append("everything")
    else:
        parts.append(f"set {', '.join(words)}" if words else "set nothing")
    if token.locations is not None:
        parts.append(f"at {', '.join(token.locations)}")
    for names in (token.operators, token.countries):
        if names is not None:
            parts.append(f"in {', '.join(sorted(names))}")
    if not token.may_read:
        parts.append("not read")
    if words and not token.may_clear_others:
        parts.append("change and clear its own only")
    if not token.may_report_actual:
        parts.append("not report actual statuses")
    if allowed is None and not token.may_administrate:
        parts.append("not administrate")
    return "; ".join(parts)


def _form(token: Token, now: datetime) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "hint": token.hint,
        "state": token.state(now),
        "temporaryStatuses": _listed(token.temporary_statuses),
        "locations": _listed(token.locations),
        "operators": _listed(token.operators),
        "countries": _listed(token.countries),
        "mayRead": token.may_read,
        "mayClearOthers": token.may_clear_others,
        "mayReportActual": token.may_report_actual,
        "mayAdministrate": token.may_administrate,
        "createdAt": write_instant(token.created_at),
        "createdBy": token.created_by,
        "expiresAt": _instant(token.expires_at),
        "revokedAt": _instant(token.revoked_at),
        "revokedBy": token.revoked_by,
        "lastUsedAt": _instant(token.last_used_at),
    }


def _listed(words: Any) -> list[str] | None:
    return None if words is None else sorted(str(word) for word in words)


def _instant(at: datetime | None) -> str | None:
    return None if at is None else write_instant(at)


def _split(typed: list[str]) -> list[str]:
    return [word.strip() for one in typed for word in one.split(",") if word.strip()]


def _statuses(typed: list[str] | None) -> frozenset[TemporaryStatus] | None:
    if typed is None:
        return None
    words = _split(typed)
    if [word.lower() for word in words] == [_NOTHING]:
        return frozenset()
    if not words:
        raise InvalidInput(
            "--allow: name at least one temporary status, or none for a reader.", field="--allow"
        )
    return frozenset(temporary_status(word, field="--allow") for word in words)


def _read_expiry(text: str, in_zone: ZoneInfo, now: datetime) -> datetime:
    """A day begins where the setting `zone` has its midnight."""
    try:
        day = date.fromisoformat(text.strip()) if len(text.strip()) == 10 else None
    except ValueError:
        day = None
    if day is None:
        return read_moment(text, field="--expires", now=now)
    return datetime.combine(day, time(), in_zone).astimezone(UTC)
