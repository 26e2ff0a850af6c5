"""`/docs`: how is every call shown and tried, without asking any other server for anything?

The page is Swagger UI; its files come from the package fastapi-offline, so that it works where there
is no internet, and nobody outside learns who reads it.
"""

from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

router = APIRouter(prefix="/docs", include_in_schema=False)

_ASSETS = files("fastapi_offline") / "static"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FOR_A_DAY = {"Cache-Control": "public, max-age=86400"}
# Addresses are seen from /docs, so that a prefix in front of it changes nothing.
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The API of evse-status</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<noscript>This page needs JavaScript. openapi.json says the same for programs.</noscript>
<div id="calls"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#calls",
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
  tryItOutEnabled: true,
});
"""


@router.get("")
async def page() -> HTMLResponse:
    """The page itself."""
    return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _POLICY})


@router.get("/start.js")
async def start() -> Response:
    """What shows the document of this server; a file of its own, so that no script is inline."""
    return Response(_START, media_type="text/javascript", headers=_FOR_A_DAY)


@router.get("/swagger-ui-bundle.js")
def script() -> Response:
    """Swagger UI."""
    return _asset("swagger-ui-bundle.js", "text/javascript")


@router.get("/swagger-ui.css")
def style() -> Response:
    """Its look."""
    return _asset("swagger-ui.css", "text/css")


def _asset(name: str, kind: str) -> Response:
    return Response((_ASSETS / name).read_bytes(), media_type=kind, headers=_FOR_A_DAY)
