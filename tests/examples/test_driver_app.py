"""The example driver app shows what the feed says, and nothing that a text could do."""

from pathlib import Path
from typing import Any

import httpx

from api.servers import OVERRIDES, furnish, serving
from apps import add_app, app_settings
from evse_status.bootstrap import open_app
from evse_status.core.principal import LOCAL
from evse_status.service.partners import edit_partner, pause_partner
from evse_status.service.vault import Vault
from examples.processes import driver_app
from examples.test_examples import until
from support import evse_json, location_json, take_in, token


def test_it_shows_what_the_feed_says_whatever_happens(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    furnish(url)
    opened = open_app(url)
    db = opened.database
    made = add_app(db, "Spirii Go", "spirii-2025")
    keep = ("--keep", str(tmp_path / "app.jsonl"))
    bearer = token(db)

    def labels(app: Any) -> dict[str, str]:
        return {one["evseId"]: one["label"] for one in app.get("/state").values()}

    with serving(url, bearer) as server, server.client() as client:
        with driver_app("--name", "A <b>pp", *keep) as app:
            assert app.get("/feed")["state"] == "has no feed yet"
            app.post("/feed", {"url": server.url, "token": made.token})
            until(lambda: app.get("/feed")["state"] == "listens")
            assert len(labels(app)) == 7
            client.post(OVERRIDES, json={"evseId": "DK*TST*E1", "temporaryStatus": "BLOCKED"})
            until(lambda: labels(app)["DK*TST*E1"] == "Blocked")
            here = [evse_json(str(number)) for number in (1, 2, 3)]
            here += [evse_json("4", status="REMOVED"), evse_json("8")]
            take_in(db, location_json("L1", *here, name="<script>x</script>"), complete=False)
            until(lambda: "DK*TST*E8" in labels(app) and "DK*TST*E4" not in labels(app))
            before = made.partner
            edit_partner(
                db, LOCAL, before.id, app_settings(), version=before.version, vault=Vault("")
            )
            until(lambda: labels(app)["DK*TST*E1"] == "Occupied")
            page = httpx.get(app.url)
            assert "A &lt;b&gt;pp" in page.text
            policy = page.headers["Content-Security-Policy"]
            assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
            with httpx.stream("GET", f"{app.url}/news") as news:
                first = next(news.iter_lines())
            assert made.token is not None
            assert made.token not in first + page.text + str(app.get("/feed"))
            pause_partner(db, LOCAL, before.id, paused=True)
            until(lambda: "is paused here" in app.get("/feed")["state"])
            pause_partner(db, LOCAL, before.id, paused=False)
            until(lambda: app.get("/feed")["state"] == "listens")
        # it remembers to what it listens
        with driver_app(*keep) as app:
            until(lambda: app.get("/feed")["state"] == "listens")
            assert labels(app)["DK*TST*E1"] == "Occupied"
    opened.database.close()
