"""`/healthz`, `/readyz`: does it serve, and can it be used?"""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from evse_status.api.answers import HealthAnswer, ReadyAnswer
from evse_status.api.described import answers
from evse_status.api.product import product

router = APIRouter(tags=["Health"])


@router.head("/healthz", include_in_schema=False)
@router.get(
    "/healthz",
    operation_id="isHealthy",
    response_model=None,
    responses=answers({200: (HealthAnswer, "Requests are served")}, 500),
)
async def healthz() -> JSONResponse:
    """200 as soon as requests are served."""
    return JSONResponse({"healthy": True})


@router.head("/readyz", include_in_schema=False)
@router.get(
    "/readyz",
    operation_id="isReady",
    response_model=None,
    responses=answers({200: (ReadyAnswer, "The store is usable")}, 500, 503),
)
def readyz() -> JSONResponse:
    """200 when the store is usable. `clockDriftSeconds`: how far the product's clock is ahead of the server's."""
    app = product()
    app.database.newest_at()
    drift = app.clock.drift().total_seconds()
    return JSONResponse({"ready": True, "clockDriftSeconds": round(drift, 3)})
