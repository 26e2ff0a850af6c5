"""`/v2/evses`: the fleet, one EVSE, what it shows and why, and what its charger reports."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from evse_status.api import paging
from evse_status.api.answers import (
    DisplayAnswer,
    EvseAnswer,
    EvsePageAnswer,
    ReportAnswer,
    ReportsAnswer,
)
from evse_status.api.bodies import LONGEST_ID, ReportBody, ReportsBody
from evse_status.api.described import READS, WRITES, answers
from evse_status.api.errors import error_form
from evse_status.api.forms import display_form, evse_form, report_form
from evse_status.api.gate import Caller, Gated, GatedBatch
from evse_status.api.product import product
from evse_status.api.times import InstantField
from evse_status.service.evse_list import evse_entries, evse_entry
from evse_status.service.look_up import display, find_evse
from evse_status.service.report import Report, report_actual

router = APIRouter(prefix="/v2/evses", route_class=Gated, tags=["EVSEs"])
bulk = APIRouter(prefix="/v2/actual-statuses", route_class=GatedBatch, tags=["EVSEs"])

EvseId = Annotated[
    str,
    Path(
        alias="evseId",
        min_length=1,
        max_length=LONGEST_ID,
        description="In any writing: `DK*SPI*E123*1`, `dkspie1231`, or an internal id.",
        examples=["DK*DMO*E1041*1"],
    ),
]


@router.get(
    "",
    operation_id="listEvses",
    response_model=None,
    responses=answers({200: (EvsePageAnswer, "Some EVSEs")}, *READS),
)
def list_evses(
    caller: Caller,
    limit: Annotated[int, Query(ge=1, le=100)] = 25,
    cursor: Annotated[
        str | None,
        Query(max_length=4_000, description="nextPageCursor or previousPageCursor."),
    ] = None,
    location_id: Annotated[
        str | None,
        Query(alias="locationId", max_length=LONGEST_ID, description="OCPI Location id."),
    ] = None,
    q: Annotated[str, Query(max_length=200, description="As the dashboard's search box.")] = "",
) -> JSONResponse:
    """The fleet, page by page: by location, charger and EVSE."""
    app = product()
    way, *at = paging.place(cursor, str, str, int) if cursor is not None else ("after",)
    place = (at[0], at[1]) if at else None
    page = evse_entries(
        app.database,
        caller,
        now=app.now(),
        limit=limit,
        after=place if way != "before" else None,
        before=place if way == "before" else None,
        search=q,
        location=location_id,
    )
    entries = page.entries
    following = entries and page.more_behind
    preceding = entries and page.more_before
    return JSONResponse(
        {
            "data": [evse_form(entry) for entry in entries],
            "nextPageCursor": paging.cursor("after", *entries[-1].place) if following else None,
            "previousPageCursor": paging.cursor("before", *entries[0].place) if preceding else None,
        }
    )


@router.get(
    "/{evseId:path}/display",
    operation_id="getDisplay",
    response_model=None,
    responses=answers({200: (DisplayAnswer, "What it shows at that instant")}, *READS, 404, 409),
)
def get_display(
    evse_id: EvseId,
    caller: Caller,
    at: Annotated[
        Annotated[datetime, InstantField(in_query=True)] | None,
        Query(description="Any instant, past or future. Unset: now."),
    ] = None,
) -> JSONResponse:
    """What an EVSE shows at an instant on every channel, why, and what shows next."""
    app = product()
    card = find_evse(app.database, caller, evse_id)
    return JSONResponse(display_form(display(app.database, caller, card.id, at=at or app.now())))


@router.put(
    "/{evseId:path}/actual-status",
    operation_id="reportActualStatus",
    response_model=None,
    responses=answers({200: (ReportAnswer, "What is known now")}, *WRITES, 404, 409),
)
def report(evse_id: EvseId, body: ReportBody, caller: Caller) -> JSONResponse:
    """Tell what a charger reports. One older than the newest known changes nothing; overrides stay as they are."""
    [told] = report_actual(product().database, caller, [Report(evse_id, body.status, body.at)])
    if told.error is not None:
        raise told.error
    return JSONResponse(report_form(told))


@router.get(
    "/{evseId:evse}",
    operation_id="getEvse",
    response_model=None,
    responses=answers({200: (EvseAnswer, "The EVSE")}, *READS, 404, 409),
)
def get(evse_id: EvseId, caller: Caller) -> JSONResponse:
    """One EVSE with what each channel displays now."""
    app = product()
    return JSONResponse(evse_form(evse_entry(app.database, caller, evse_id, now=app.now())))


@bulk.put(
    "",
    operation_id="reportActualStatuses",
    response_model=None,
    responses=answers({200: (ReportsAnswer, "What became of every report")}, *WRITES),
)
def report_many(body: ReportsBody, caller: Caller) -> JSONResponse:
    """Tell what many chargers report; each report is taken or refused by itself."""
    told = report_actual(
        product().database,
        caller,
        [Report(one.evse_id, one.status, one.at) for one in body.reports],
    )
    return JSONResponse(
        {
            "changed": sum(one.changed for one in told),
            "refused": sum(one.error is not None for one in told),
            "items": [
                report_form(one) | {"error": error_form(one.error) if one.error else None}
                for one in told
            ],
        }
    )
