"""`/driver-app/evses`: what a driver app shows, by area and page by page."""

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query
from fastapi.responses import Response

from evse_status.api import paging
from evse_status.api.bodies import LONGEST_ID
from evse_status.api.described import READS, answers
from evse_status.api.driver_app.answers import AppEvseAnswer, AppEvsePageAnswer
from evse_status.api.driver_app.gate import App, GatedApp
from evse_status.api.product import product
from evse_status.channels.driver_app.payload import body, evse_form
from evse_status.core.area import Area, Box, Circle
from evse_status.core.errors import InvalidInput
from evse_status.service.app_audience import Since, audience, edition, read_place
from evse_status.service.app_list import MOST_ON_A_PAGE, ON_A_PAGE, Asked, app_evse, app_page

router = APIRouter(prefix="/driver-app/evses", route_class=GatedApp, tags=["Driver apps"])

_FARTHEST_METRES = 1_000_000
_NOTHING_NEW: dict[int | str, dict[str, Any]] = {
    304: {
        "description": "Nothing has changed since the answer of that ETag",
        "headers": {"ETag": {"description": "As before.", "schema": {"type": "string"}}},
    }
}
_TAGGED = {"ETag": "Sent back as If-None-Match it saves the answer where it is the same."}
_PLACED = _TAGGED | {"X-Last-Event-ID": "As lastEventId; also where the answer is 304."}

IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        max_length=1_000,
        description="The ETag of the last answer: 304 without a body if nothing has changed.",
    ),
]
_Latitude = Annotated[
    float | None, Query(ge=-90, le=90, allow_inf_nan=False, description="With lon and radius.")
]


@router.get(
    "",
    operation_id="listAppEvses",
    response_model=None,
    responses=answers({200: (AppEvsePageAnswer, "Some EVSEs")}, *READS, headers=_PLACED)
    | _NOTHING_NEW,
)
def list_evses(
    app: App,
    bbox: Annotated[
        str | None,
        Query(
            max_length=200,
            description="west,south,east,north in degrees, like 10.1,56.1,10.3,56.2; west > east crosses "
            "the 180th meridian.",
            examples=["10.1,56.1,10.3,56.2"],
        ),
    ] = None,
    lat: _Latitude = None,
    lon: Annotated[
        float | None,
        Query(ge=-180, le=180, allow_inf_nan=False, description="With lat and radius."),
    ] = None,
    radius: Annotated[
        float | None,
        Query(
            ge=1, le=_FARTHEST_METRES, allow_inf_nan=False, description="Metres around lat, lon."
        ),
    ] = None,
    country: Annotated[
        str | None,
        Query(min_length=2, max_length=3, description="ISO 3166, alpha-2 or alpha-3: DK or DNK."),
    ] = None,
    city: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
    location_id: Annotated[
        str | None,
        Query(
            alias="locationId", min_length=1, max_length=LONGEST_ID, description="OCPI Location id."
        ),
    ] = None,
    operator: Annotated[
        str | None, Query(min_length=3, max_length=3, description="OCPI party id, like DMO.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ON_A_PAGE)] = ON_A_PAGE,
    cursor: Annotated[
        str | None, Query(max_length=1_000, description="nextPageCursor of the page before.")
    ] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """What this app shows, those of a location together; every page names the place to listen from."""
    begun, after = None, None
    if cursor is not None:
        begun, *place = paging.place(cursor, str, int, int)
        read_place(begun)
        after = (place[0], place[1])
    asked = Asked(
        area=_area(bbox, lat, lon, radius),
        country=country,
        city=city,
        location_id=location_id,
        operator=operator,
        after=after,
        limit=limit,
    )
    parts = product()
    page = app_page(parts.database, audience(app.settings), asked, now=parts.now())
    here = begun or Since(page.place, edition(app)).written()
    data = [evse_form(one) for one in page.evses]
    following = None if page.after is None else paging.cursor(here, *page.after)
    answer = {"data": data, "nextPageCursor": following, "lastEventId": here}
    # The place moves with every write: what is the same to an app has the same tag.
    same = body({"data": data, "more": page.after})
    return _tagged(answer, same, if_none_match, {"X-Last-Event-ID": here})


@router.get(
    "/{evseId:path}",
    operation_id="getAppEvse",
    response_model=None,
    responses=answers({200: (AppEvseAnswer, "The EVSE")}, *READS, 404, 409, headers=_TAGGED)
    | _NOTHING_NEW,
)
def get(
    app: App,
    evse_id: Annotated[
        str,
        Path(
            alias="evseId",
            min_length=1,
            max_length=LONGEST_ID,
            description="In any writing: `DK*SPI*E123*1`, `dkspie1231`; or its uid.",
            examples=["DK*DMO*E1041*1"],
        ),
    ],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One EVSE as this app shows it. What it doesn't show isn't there."""
    parts = product()
    form = evse_form(app_evse(parts.database, audience(app.settings), evse_id, now=parts.now()))
    return _tagged(form, body(form), if_none_match, {})


def _tagged(
    answer: dict[str, Any], same: str, seen: str | None, headers: dict[str, str]
) -> Response:
    digest = hashlib.sha256(same.encode("utf-8", "backslashreplace")).hexdigest()[:24]
    tag = f'W/"{digest}"'
    headers |= {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = {one.strip().removeprefix("W/") for one in (seen or "").split(",")}
    if known & {tag.removeprefix("W/"), "*"}:
        return Response(status_code=304, headers=headers)
    text = body(answer).encode("utf-8", "backslashreplace")
    return Response(text, media_type="application/json", headers=headers)


def _area(
    bbox: str | None, lat: float | None, lon: float | None, radius: float | None
) -> Area | None:
    given = {"lat": lat, "lon": lon, "radius": radius}
    if bbox is not None:
        if any(value is not None for value in given.values()):
            raise InvalidInput(
                "bbox: give either a box or lat, lon and radius, not both.", field="bbox"
            )
        return _box(bbox)
    if lat is None and lon is None and radius is None:
        return None
    if lat is None or lon is None or radius is None:
        absent = next(name for name, value in given.items() if value is None)
        raise InvalidInput(f"{absent}: lat, lon and radius belong together. Send it.", field=absent)
    return Circle(lat, lon, radius)


def _box(text: str) -> Box:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise _no_box(text) from None
    across = all(-180 <= one <= 180 for one in (west, east))
    if not across or not -90 <= south <= north <= 90:
        raise _no_box(text)
    return Box(west, south, east, north)


def _no_box(text: str) -> InvalidInput:
    return InvalidInput(
        f"bbox: {text[:60]!r} is no box. Write west,south,east,north in degrees, like 10.1,56.1,10.3,56.2.",
        field="bbox",
    )
