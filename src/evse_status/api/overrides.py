"""`/v2/temporary-evse-statuses`: compatible with Spirii's public API, plus what it leaves out."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BeforeValidator

from evse_status.api import paging
from evse_status.api.answers import HistoryLineAnswer, OverrideAnswer
from evse_status.api.bodies import LONGEST_ID, ChangeBody, CreateBody, WishBody
from evse_status.api.conditions import IdempotencyKey, IfMatch, etag, once, version_of
from evse_status.api.described import READS, WRITES, answers
from evse_status.api.forms import history_form, standing_form
from evse_status.api.gate import Caller, Gated
from evse_status.api.product import product
from evse_status.api.times import InstantField, moment
from evse_status.core.duration import read_duration
from evse_status.core.errors import InvalidInput
from evse_status.core.override import Edit, Wish
from evse_status.core.statuses import Phase, Source, TemporaryStatus
from evse_status.core.wall_time import WallTime, WishOnClocks
from evse_status.service.at_sites import site_zone
from evse_status.service.audit import override_detail
from evse_status.service.idempotency import AnsweredBefore
from evse_status.service.override_list import (
    MOST_AT_ONCE,
    Wanted,
    list_all,
    list_page,
    place_one,
    standing,
    standing_of,
)
from evse_status.service.schedule import change_override, clear_overrides
from evse_status.service.standing import Standing

PREFIX = "/v2/temporary-evse-statuses"
router = APIRouter(prefix=PREFIX, route_class=Gated, tags=["Temporary EVSE statuses"])

OverrideId = Annotated[
    int, Path(alias="id", ge=0, lt=2**63, description="The override's number.", examples=[1])
]


OfEvse = Annotated[
    str | None,
    Query(alias="evseId", min_length=1, max_length=LONGEST_ID, examples=["DK*DMO*E1041*1"]),
]
"""Which EVSE a list is asked about, in any writing; `None`: all."""


def lower(word: object) -> object:
    """Clients write a Python True as `True`."""
    return word.lower() if isinstance(word, str) else word


ETAG = {"ETag": "The version, for If-Match."}


@router.post(
    "",
    operation_id="createTemporaryEvseStatus",
    response_model=None,
    status_code=201,
    responses=answers(
        {201: (OverrideAnswer, "The override that was made")},
        *WRITES, 404, 409,
        headers=ETAG | {"Idempotency-Replayed": "`true`: this is the answer given before."},
    ),
)  # fmt: skip
def create(body: CreateBody, caller: Caller, key: IdempotencyKey = None) -> JSONResponse:
    """Put a temporary status on an EVSE for a period; every channel shows it while it holds."""
    try:
        made = place_one(
            product().database,
            caller,
            body.evse_id,
            wish_of(body),
            once=once(caller, key, route=f"POST {PREFIX}", body=body, answer=_created),
        )
    except AnsweredBefore as before:
        return replayed(before, ETag=etag(before.answer["id"], before.answer["version"]))
    return _one(made, status=201)


@router.get(
    "",
    operation_id="listTemporaryEvseStatuses",
    response_model=None,
    responses=answers(
        {200: (list[OverrideAnswer], "The overrides, in the order in which they were made")},
        *READS, 404, 409,
        headers={
            "Link": 'With limit: `<…>; rel="next"` while there is another page.',
            "X-Total-Count": "With limit: how many there are in all.",
        },
    ),
)  # fmt: skip
def list_overrides(
    request: Request,
    caller: Caller,
    evse_id: OfEvse = None,
    active_only: Annotated[
        Annotated[Literal["true", "false"], BeforeValidator(lower)] | None,
        Query(
            alias="activeOnly",
            description="Those in force now. Default `true`, unless phase, from or to is given.",
        ),
    ] = None,
    phase: Annotated[Phase | None, Query()] = None,
    temporary_status: Annotated[TemporaryStatus | None, Query(alias="temporaryStatus")] = None,
    source: Annotated[Source | None, Query()] = None,
    location_id: Annotated[
        str | None,
        Query(alias="locationId", max_length=LONGEST_ID, description="OCPI Location id."),
    ] = None,
    from_at: Annotated[
        Annotated[datetime, InstantField(in_query=True)] | None,
        Query(alias="from", description="Those that hold at or after it."),
    ] = None,
    to_at: Annotated[
        Annotated[datetime, InstantField(in_query=True)] | None,
        Query(alias="to", description="Those that hold before it."),
    ] = None,
    q: Annotated[
        str,
        Query(max_length=200, description="Words in EVSE id, place, reason, ticket or author."),
    ] = "",
    limit: Annotated[
        int | None,
        Query(ge=1, le=1_000, description=f"Rows of a page. Unset: all, at most {MOST_AT_ONCE:,}."),
    ] = None,
    cursor: Annotated[
        str | None, Query(max_length=200, description="From the Link header of the page before.")
    ] = None,
) -> JSONResponse:
    """List overrides as a bare array; with `limit` page by page, following the `Link` header."""
    app = product()
    if active_only is None:
        active_only = "true" if phase is None and from_at is None and to_at is None else "false"
    if active_only == "true" and phase not in (None, Phase.ACTIVE):
        raise InvalidInput(
            f"activeOnly: true leaves nothing of phase {phase}. Leave one of both out.",
            field="activeOnly",
        )
    if from_at is not None and to_at is not None and to_at <= from_at:
        raise InvalidInput("to: must be later than from.", field="to")
    wanted = Wanted(
        evse=evse_id,
        phase=Phase.ACTIVE if active_only == "true" else phase,
        status=temporary_status,
        source=source,
        location=location_id,
        from_at=from_at,
        to_at=to_at,
        search=q,
    )
    now = app.now()
    if limit is None and cursor is None:
        return _bare(list_all(app.database, caller, wanted, now=now).rows)
    page = list_page(
        app.database,
        caller,
        wanted,
        now=now,
        limit=limit or 100,
        after=paging.place(cursor, int)[0] if cursor is not None else 0,
    )
    headers = {"X-Total-Count": str(page.total)}
    if page.last is not None:
        headers["Link"] = paging.next_link(request, paging.cursor(page.last))
    return _bare(page.rows, headers)


@router.get(
    "/{id:number}",
    operation_id="getTemporaryEvseStatus",
    response_model=None,
    responses=answers({200: (OverrideAnswer, "The override")}, *READS, 404, headers=ETAG),
)
def get(override_id: OverrideId, caller: Caller) -> JSONResponse:
    """One override."""
    app = product()
    return _one(standing(app.database, caller, override_id, now=app.now()))


@router.patch(
    "/{id:number}",
    operation_id="changeTemporaryEvseStatus",
    response_model=None,
    responses=answers(
        {200: (OverrideAnswer, "The override as it is now")}, *WRITES, 404, 409, 412, headers=ETAG
    ),
)
def change(
    override_id: OverrideId,
    body: ChangeBody,
    caller: Caller,
    if_match: IfMatch = None,
) -> JSONResponse:
    """Change an override from now on; fields that aren't named stay. Of one that is over only reason and cause may change."""
    app = product()
    named = body.model_fields_set
    if {"extend_by", "valid_to"} <= named:
        raise InvalidInput("extendBy: send either extendBy or validTo, not both.", field="extendBy")
    said = {name: getattr(body, name) for name in named - {"extend_by"}}
    for name, field in (("valid_from", "validFrom"), ("valid_to", "validTo")):
        if isinstance(on_clocks := moment(said.get(name), field), WallTime):
            said[name] = on_clocks.at_site(site_zone(app.database, caller, override_id))
    changed = change_override(
        app.database,
        caller,
        override_id,
        Edit(**said),
        version=version_of(if_match, override_id),
        extend_by=read_duration(body.extend_by, field="extendBy") if "extend_by" in named else None,
    )
    return _one(standing_of(app.database, changed, now=app.now()))


@router.delete(
    "/{id:number}",
    operation_id="clearTemporaryEvseStatus",
    response_model=None,
    responses=answers(
        {200: (OverrideAnswer, "The override as it is now")}, *READS, 404, 409, 412, headers=ETAG
    ),
)
def clear(
    override_id: OverrideId,
    caller: Caller,
    if_match: IfMatch = None,
) -> JSONResponse:
    """End an override now; the actual status shows again. One that is over is answered as it is."""
    app = product()
    version = version_of(if_match, override_id)
    versions = {} if version is None else {override_id: version}
    [item] = clear_overrides(app.database, caller, [override_id], versions=versions).items
    if item.error is not None:
        raise item.error
    assert item.override is not None
    return _one(standing_of(app.database, item.override, now=app.now()))


@router.get(
    "/{id:number}/history",
    operation_id="getTemporaryEvseStatusHistory",
    response_model=None,
    responses=answers({200: (list[HistoryLineAnswer], "Oldest first")}, *READS, 404),
)
def history(override_id: OverrideId, caller: Caller) -> JSONResponse:
    """Who did what to an override, when, why, and what was before and after."""
    app = product()
    detail = override_detail(app.database, caller, override_id, now=app.now())
    return JSONResponse(history_form(detail.history))


def wish_of(body: WishBody) -> Wish | WishOnClocks:
    """What a body asks for."""
    wish = Wish(
        body.temporary_status,
        reason=body.reason,
        cause=body.cause,
        ticket=body.ticket,
        source=Source(body.source),
        external_ref=body.external_ref,
    )
    return WishOnClocks.of(
        wish,
        valid_from=moment(body.valid_from, "validFrom"),
        valid_to=moment(body.valid_to, "validTo"),
        drain_until=moment(body.drain_until, "drainUntil"),
    )


def replayed(before: AnsweredBefore, **headers: str) -> JSONResponse:
    """The stored answer again."""
    headers["Idempotency-Replayed"] = "true"
    return JSONResponse(before.answer, status_code=before.status, headers=headers)


def _created(made: Standing) -> tuple[int, Any]:
    return 201, standing_form(made)


def _one(one: Standing, *, status: int = 200) -> JSONResponse:
    tag = etag(one.override.id, one.override.version)
    return JSONResponse(standing_form(one), status_code=status, headers={"ETag": tag})


def _bare(rows: tuple[Standing, ...], headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse([standing_form(one) for one in rows], headers=headers)
