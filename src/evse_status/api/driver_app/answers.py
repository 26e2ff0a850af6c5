"""What is a driver app answered? The forms for the OpenAPI document; `channels.driver_app` fills them."""

from datetime import datetime

from pydantic import Field

from evse_status.api.answers import Answer


class AppConnectorAnswer(Answer):
    """One plug in OCPI's words; null is not told by the feed."""

    id: str
    standard: str | None
    format: str | None
    power_type: str | None
    power_w: int | None = Field(description="Watts.")


class CoordinatesAnswer(Answer):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


class AppLocationAnswer(Answer):
    """A site: draw one pin for each `uid`."""

    uid: int = Field(description="Our number of it; never changes.")
    id: str = Field(description="The operator's id of it; unique per operator.")
    operator: str
    country_code: str
    name: str
    address: str
    city: str
    postal_code: str
    country: str
    coordinates: CoordinatesAnswer | None
    time_zone: str


class AppEvseAnswer(Answer):
    """An EVSE as this app shows it."""

    uid: int = Field(description="Our number of it; never changes. Keep what you know by it.")
    evse_id: str
    label: str = Field(description="What to show, in the words of this app.")
    colour: str = Field(description="Like #3F9169.")
    text_colour: str = Field(description="What can be read on `colour` (WCAG AA).")
    available: bool = Field(description="One can charge there now, whatever the label says.")
    since: datetime = Field(description="Since when it looks so.")
    physical_reference: str
    connectors: list[AppConnectorAnswer]
    location: AppLocationAnswer


class AppEvsePageAnswer(Answer):
    """Some EVSEs, those of a location together; the cursor is null on the last page."""

    data: list[AppEvseAnswer]
    next_page_cursor: str | None
    last_event_id: str = Field(
        description="Listen from here on: what has changed since the first page was read follows."
    )
