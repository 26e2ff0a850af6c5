"""`/v2/temporary-evse-statuses/series`: overrides that repeat, on the clocks of their sites."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BeforeValidator

from evse_status.api import paging
from evse_status.api.answers import HistoryLineAnswer, OverrideAnswer
from evse_status.api.batches import target_of
from evse_status.api.conditions import IdempotencyKey, IfMatch, etag, once, version_of
from evse_status.api.described import READS, WRITES, answers
from evse_status.api.forms import history_form, standing_form
from evse_status.api.gate import Caller, Gated, GatedBatch
from evse_status.api.overrides import ETAG, PREFIX, OfEvse, lower, replayed
from evse_status.api.product import product
from evse_status.api.series_answers import (
    SeriesAnswer,
    SeriesChangedAnswer,
    SeriesDetailAnswer,
    SeriesMadeAnswer,
)
from evse_status.api.series_bodies import SeriesBody, SeriesChangeBody
from evse_status.api.series_forms import (
    UPCOMING,
    changed_form,
    detail_form,
    local_form,
    made_form,
    previewed_form,
    series_form,
)
from evse_status.api.times import InstantField, LocalField
from evse_status.core.errors import InvalidInput
from evse_status.core.local_time import zone
from evse_status.core.wall_time import read_local
from evse_status.service.at_sites import series_targets
from evse_status.service.idempotency import AnsweredBefore
from evse_status.service.look_up import find_evse
from evse_status.service.override_list import standings_of
from evse_status.service.series import (
    SeriesOutcome,
    SeriesWish,
    place_repeating,
    preview_repeating,
)
from evse_status.service.series_change import (
    Scope,
    SeriesChanged,
    change_series,
    clear_series,
)
from evse_status.service.series_list import list_series, series_detail
from evse_status.service.series_occurrences import series_occurrences
from evse_status.service.series_split import SeriesEdit

_PREFIX = f"{PREFIX}/series"
router = APIRouter(prefix=_PREFIX, route_class=Gated, tags=["Series"])
creation = APIRouter(prefix=_PREFIX, route_class=GatedBatch, tags=["Series"])

SeriesId = Annotated[
    int, Path(alias="id", ge=0, lt=2**63, description="The series' number.", examples=[1])
]
ScopeOf = Annotated[
    Scope,
    Query(
        description="`this`: the occurrence alone; `following`: from it on; `all`: every one that "
        "hasn't begun. What is over or has begun stays."
    ),
]
OccurrenceOf = Annotated[
    Annotated[datetime, LocalField()] | None,
    Query(description="The occurrenceStart of which occurrence, for `this` and `following`."),
]


@creation.post(
    "",
    operation_id="createSeries",
    response_model=None,
    status_code=201,
    responses=answers(
        {
            201: (SeriesMadeAnswer, "What became of every EVSE"),
            200: (SeriesMadeAnswer, "A dry run, or every EVSE was refused: nothing was written"),
        },
        *WRITES, 404, 409,
        headers={"Idempotency-Replayed": "`true`: this is the answer given before."},
    ),
)  # fmt: skip
def create(body: SeriesBody, caller: Caller, key: IdempotencyKey = None) -> JSONResponse:
    """Repeat a temporary status on EVSEs: 22:00 stays 22:00 on the clocks, also when they change.

    `dryRun` shows the next occurrences, those that a clock change touches, and whom they meet.
    """
    app = product()
    wish = SeriesWish(
        rule=body.rule,
        zone="" if body.time_zone is None else zone(body.time_zone, field="timeZone").key,
        first_local_start=body.local_start,
        minutes=body.minutes(),
        temporary_status=body.temporary_status,
        reason=body.reason,
        cause=body.cause,
        ticket=body.ticket,
        exceptions=tuple(body.exceptions),
    )
    targets = series_targets(app.database, caller, target_of(body), wish)
    with _length_called(body.length_field):
        if body.dry_run:
            shown = preview_repeating(app.database, caller, targets, now=app.now(), count=UPCOMING)
            return JSONResponse(previewed_form(shown, by=caller.name))
        try:
            outcome = place_repeating(
                app.database,
                caller,
                targets,
                previewed=body.previewed,
                all_or_nothing=body.all_or_nothing,
                once=once(caller, key, route=f"POST {_PREFIX}", body=body, answer=_created),
            )
        except AnsweredBefore as before:
            return replayed(before)
    status = 200 if outcome.batch_id is None else 201
    return JSONResponse(made_form(outcome), status_code=status)


@router.get(
    "",
    operation_id="listSeries",
    response_model=None,
    responses=answers(
        {200: (list[SeriesAnswer], "The series, the one that holds next first")},
        *READS, 404, 409,
        headers={
            "Link": '`<…>; rel="next"` while there is another page.',
            "X-Total-Count": "How many there are in all.",
        },
    ),
)  # fmt: skip
def list_all(
    request: Request,
    caller: Caller,
    evse_id: OfEvse = None,
    active_only: Annotated[
        Annotated[Literal["true", "false"], BeforeValidator(lower)],
        Query(
            alias="activeOnly",
            description="Those with occurrences ahead; `false`: those that are over, too.",
        ),
    ] = "true",
    q: Annotated[
        str,
        Query(
            max_length=200,
            description="Words in rule, zone, status, cause, place, reason, ticket or author.",
        ),
    ] = "",
    limit: Annotated[int, Query(ge=1, le=1_000, description="Rows of a page.")] = 100,
    cursor: Annotated[
        str | None, Query(max_length=200, description="From the Link header of the page before.")
    ] = None,
) -> JSONResponse:
    """List series as a bare array, page by page, following the `Link` header."""
    app = product()
    offset: int = paging.place(cursor, int)[0] if cursor is not None else 0
    evse = None if evse_id is None else find_evse(app.database, caller, evse_id).id
    page = list_series(
        app.database,
        caller,
        now=app.now(),
        limit=limit,
        offset=offset,
        include_over=active_only == "false",
        evse=evse,
        search=q,
    )
    headers = {"X-Total-Count": str(page.total)}
    following = offset + len(page.rows)
    if page.rows and following < page.total:
        headers["Link"] = paging.next_link(request, paging.cursor(following))
    return JSONResponse([series_form(row) for row in page.rows], headers=headers)


@router.get(
    "/{id:number}",
    operation_id="getSeries",
    response_model=None,
    responses=answers({200: (SeriesDetailAnswer, "The series")}, *READS, 404, headers=ETAG),
)
def get(series_id: SeriesId, caller: Caller) -> JSONResponse:
    """One series, with its EVSEs and next occurrences."""
    app = product()
    detail = series_detail(app.database, caller, series_id, now=app.now(), count=UPCOMING)
    tag = etag(series_id, detail.row.series.version, of_series=True)
    return JSONResponse(detail_form(detail), headers={"ETag": tag})


@router.patch(
    "/{id:number}",
    operation_id="changeSeries",
    response_model=None,
    responses=answers(
        {200: (SeriesChangedAnswer, "What became of it")}, *WRITES, 404, 409, 412, headers=ETAG
    ),
)
def change(
    series_id: SeriesId,
    body: SeriesChangeBody,
    caller: Caller,
    scope: ScopeOf = Scope.ALL,
    occurrence: OccurrenceOf = None,
    if_match: IfMatch = None,
) -> JSONResponse:
    """Change one occurrence, those from one on, or all that haven't begun; fields that aren't named stay.

    `following` and `all` split a series that has begun: the answer names the one that goes on.
    """
    with _length_called("duration"):
        changed = change_series(
            product().database,
            caller,
            series_id,
            SeriesEdit(**body.named()),
            scope=scope,
            occurrence=occurrence,
            version=version_of(if_match, series_id, of_series=True),
        )
    return _changed(changed)


@router.delete(
    "/{id:number}",
    operation_id="clearSeries",
    response_model=None,
    responses=answers(
        {200: (SeriesChangedAnswer, "What became of it")}, *READS, 404, 409, 412, headers=ETAG
    ),
)
def clear(
    series_id: SeriesId,
    caller: Caller,
    scope: ScopeOf = Scope.ALL,
    occurrence: OccurrenceOf = None,
    if_match: IfMatch = None,
) -> JSONResponse:
    """Clear one occurrence, those from one on, or all that haven't begun; one that runs ends with `this`."""
    cleared = clear_series(
        product().database,
        caller,
        series_id,
        scope=scope,
        occurrence=occurrence,
        version=version_of(if_match, series_id, of_series=True),
    )
    return _changed(cleared)


@router.get(
    "/{id:number}/occurrences",
    operation_id="listSeriesOccurrences",
    response_model=None,
    responses=answers(
        {200: (list[OverrideAnswer], "One override per occurrence and EVSE, in order")},
        *READS, 404,
        headers={"Link": '`<…>; rel="next"` while there is another page.'},
    ),
)  # fmt: skip
def occurrences(
    request: Request,
    series_id: SeriesId,
    caller: Caller,
    from_at: Annotated[
        Annotated[datetime, InstantField(in_query=True)] | None,
        Query(alias="from", description="Those that end after it. Unset: from now on."),
    ] = None,
    to_at: Annotated[
        Annotated[datetime, InstantField(in_query=True)] | None,
        Query(alias="to", description="Those that start before it. Unset: without an end."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1_000, description="Rows of a page.")] = 100,
    cursor: Annotated[
        str | None, Query(max_length=200, description="From the Link header of the page before.")
    ] = None,
) -> JSONResponse:
    """The occurrences of a series on each EVSE; `id` is null for those that are too far ahead to be stored."""
    app = product()
    page = series_occurrences(
        app.database,
        caller,
        series_id,
        from_at=from_at,
        to_at=to_at,
        now=app.now(),
        limit=limit,
        after=_after(cursor),
    )
    headers = {}
    if page.following is not None:
        start, evse = page.following
        headers["Link"] = paging.next_link(request, paging.cursor(local_form(start), evse))
    return JSONResponse([standing_form(one) for one in page.rows], headers=headers)


@router.get(
    "/{id:number}/history",
    operation_id="getSeriesHistory",
    response_model=None,
    responses=answers({200: (list[HistoryLineAnswer], "Oldest first")}, *READS, 404),
)
def history(series_id: SeriesId, caller: Caller) -> JSONResponse:
    """Who did what to a series, when, why, and what was before and after."""
    app = product()
    detail = series_detail(app.database, caller, series_id, now=app.now(), count=1)
    return JSONResponse(history_form(detail.history))


def _after(cursor: str | None) -> tuple[datetime, int] | None:
    if cursor is None:
        return None
    start, evse = paging.place(cursor, str, int)
    return read_local(start, field="cursor"), evse


def _changed(changed: SeriesChanged) -> JSONResponse:
    app, series = product(), changed.series.series
    left = standings_of(app.database, [one.override for one in changed.left], now=app.now())
    tag = etag(series.id, series.version, of_series=True)
    return JSONResponse(changed_form(changed, left), headers={"ETag": tag})


def _created(outcome: SeriesOutcome) -> tuple[int, Any] | None:
    if outcome.batch_id is None:
        return None
    return 201, made_form(outcome)


@contextmanager
def _length_called(field: str) -> Iterator[None]:
    """A length that can't be is refused under the name of the field that said it."""
    try:
        yield
    except InvalidInput as error:
        raise error.called(field) if error.field == "minutes" else error from None
