"""`/v2/temporary-evse-statuses/batch`: many EVSEs in one call, shown first, undone again."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse

from evse_status.api.answers import BatchAnswer, BatchDetailAnswer, UndoAnswer
from evse_status.api.bodies import BatchBody, SelectorBody, TargetBody
from evse_status.api.conditions import IdempotencyKey, once
from evse_status.api.described import READS, WRITES, answers
from evse_status.api.forms import batch_form, outcome_form, undo_form
from evse_status.api.gate import Caller, GatedBatch
from evse_status.api.overrides import PREFIX, replayed, wish_of
from evse_status.api.product import product
from evse_status.core.errors import EvseStatusError, InvalidInput
from evse_status.service.batches import (
    Asked,
    BatchOutcome,
    Selector,
    batch_detail,
    place_batch,
    preview_batch,
)
from evse_status.service.idempotency import AnsweredBefore
from evse_status.service.override_list import standings_of
from evse_status.service.schedule import undo

router = APIRouter(prefix=f"{PREFIX}/batch", route_class=GatedBatch, tags=["Batches"])

BatchId = Annotated[
    int, Path(alias="batchId", ge=0, lt=2**63, description="The batch's number.", examples=[1])
]


@router.post(
    "",
    operation_id="createBatch",
    response_model=None,
    status_code=201,
    responses=answers(
        {
            201: (BatchAnswer, "What became of every EVSE"),
            200: (BatchAnswer, "A dry run, or every EVSE was refused: nothing was written"),
        },
        *WRITES, 404, 409,
        headers={"Idempotency-Replayed": "`true`: this is the answer given before."},
    ),
)  # fmt: skip
def create(body: BatchBody, caller: Caller, key: IdempotencyKey = None) -> JSONResponse:
    """Put a temporary status on many EVSEs: by their ids, or all that a selector fits.

    Each is accepted or refused by itself, unless `allOrNothing`. `dryRun` shows what would happen.
    """
    app, asked = product(), _asked(body)
    if body.dry_run:
        shown = preview_batch(app.database, caller, asked, now=app.now())
        return JSONResponse(outcome_form(shown, dry_run=True))
    try:
        outcome = place_batch(
            app.database,
            caller,
            asked,
            all_or_nothing=body.all_or_nothing,
            previewed=body.previewed,
            once=once(caller, key, route=f"POST {PREFIX}/batch", body=body, answer=_created),
        )
    except AnsweredBefore as before:
        return replayed(before)
    status = 200 if outcome.batch_id is None else 201
    return JSONResponse(outcome_form(outcome, dry_run=False), status_code=status)


@router.get(
    "/{batchId:number}",
    operation_id="getBatch",
    response_model=None,
    responses=answers({200: (BatchDetailAnswer, "The batch")}, *READS, 404),
)
def get(batch_id: BatchId, caller: Caller) -> JSONResponse:
    """A batch as it is now, with its overrides."""
    app = product()
    return JSONResponse(batch_form(batch_detail(app.database, caller, batch_id, now=app.now())))


@router.delete(
    "/{batchId:number}",
    operation_id="undoBatch",
    response_model=None,
    responses=answers({200: (UndoAnswer, "What became of every override")}, *READS, 404),
)
def delete(batch_id: BatchId, caller: Caller) -> JSONResponse:
    """Take a batch back from now on; overrides that somebody touched since are skipped and named."""
    app = product()
    result = undo(app.database, caller, batch_id)
    changed = [item.override for item in result.items if item.override is not None]
    as_they_are = standings_of(app.database, changed, now=app.now())
    return JSONResponse(undo_form(batch_id, result, as_they_are))


def target_of(body: TargetBody) -> list[str] | Selector:
    """The EVSEs that a body names or describes. Raises InvalidInput unless it does one of both."""
    if body.evse_ids is not None and body.selector is None:
        return body.evse_ids
    if body.evse_ids is None and body.selector is not None:
        return _selector(body.selector)
    raise InvalidInput("evseIds: send either evseIds or selector.", field="evseIds")


def _asked(body: BatchBody) -> list[Asked]:
    if body.items is None:
        return [(target_of(body), wish_of(body))]
    if body.evse_ids is not None or body.selector is not None:
        raise InvalidInput("items: send evseIds, a selector or items.", field="items")
    asked: list[Asked] = []
    for number, item in enumerate(body.items):
        said = {name: getattr(item, name) for name in item.model_fields_set - {"evse_id"}}
        try:
            asked.append(([item.evse_id], wish_of(body.model_copy(update=said))))
        except EvseStatusError as error:
            raise error.within(f"items.{number}") from None
    return asked


def _selector(body: SelectorBody) -> Selector:
    return Selector(
        location_ids=tuple(body.location_ids),
        chargers=tuple(body.chargers),
        cities=tuple(body.cities),
        country_codes=tuple(body.country_codes),
        party_ids=tuple(body.party_ids),
        connector_standards=tuple(body.connector_standards),
        power_types=tuple(body.power_types),
        actual_statuses=tuple(body.actual_statuses),
        search=body.q,
    )


def _created(outcome: BatchOutcome) -> tuple[int, Any] | None:
    return None if outcome.batch_id is None else (201, outcome_form(outcome, dry_run=False))
