"""Only a driver app gets in, by its own token; what it did is noted."""

from api.driver_app.conftest import CHANGES, EVSES, AppCaller
from evse_status.core.partner import PartnerSettings
from evse_status.core.principal import LOCAL
from evse_status.service.audit_log import newest_lines
from evse_status.service.driver_apps import app_lines
from evse_status.service.partners import add_partner, pause_partner, remove_partner
from evse_status.service.registration import invite
from evse_status.service.vault import Vault


def test_who_gets_in(spirii_go: AppCaller) -> None:
    db, paths = spirii_go.site.db, (EVSES, f"{EVSES}/DK*TST*E1", CHANGES)
    ocpi = add_partner(
        db, LOCAL, "An eMSP", PartnerSettings(), vault=Vault("k" * 40), nobody_else_tells=True
    )
    refused = {
        "": (401, "not_signed_in", None),
        "Basic x": (401, "not_signed_in", None),
        "Bearer x": (401, "not_signed_in", None),
        f"Bearer {ocpi.token}": (403, "not_allowed", None),
    }
    for shown, expected in refused.items():
        for path in paths:
            assert spirii_go.refused(path, headers={"Authorization": shown}) == expected, shown
    # nor is its token good for anything else
    assert spirii_go.refused("/v2/evses")[0] == 401
    assert spirii_go("/ocpi/versions", headers={"Authorization": f"Token {spirii_go.token}"}).status_code == 401  # fmt: skip
    assert spirii_go(params={"limit": 1}).headers["X-RateLimit-Limit"]


def test_paused_renewed_and_removed(spirii_go: AppCaller) -> None:
    db, app = spirii_go.site.db, spirii_go.app
    assert spirii_go.token.startswith("app_")
    pause_partner(db, LOCAL, app.id, paused=True)
    assert spirii_go.refused() == (403, "not_allowed", None)
    assert "paused" in spirii_go().json()["error"]["message"]
    pause_partner(db, LOCAL, app.id, paused=False)
    renewed = invite(db, LOCAL, app.id)
    assert spirii_go.refused() == (401, "not_signed_in", None)
    spirii_go.token = renewed.token or ""
    assert spirii_go().status_code == 200
    remove_partner(db, LOCAL, app.id)
    assert spirii_go.refused() == (401, "not_signed_in", None)
    assert spirii_go.token not in str(newest_lines(db, LOCAL))


def test_that_it_fetched_is_noted_and_that_it_listens_is_not_yet(spirii_go: AppCaller) -> None:
    db, now = spirii_go.site.db, spirii_go.site.now

    def line() -> tuple[bool, bool, bool]:
        [one] = app_lines(db, now=now())
        return one.fetched_at is not None, one.streamed_until is not None, one.listens

    assert line() == (False, False, False)
    spirii_go()
    assert line() == (True, False, False)
