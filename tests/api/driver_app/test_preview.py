"""What Preview says that an app is told is to the byte what its stream tells it."""

from api.driver_app.conftest import CHANGES, AppCaller
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus
from evse_status.service.preview import Preview, preview
from support import BLOCKED, COMMISSIONING, hours, placed, report

E1 = "DK*TST*E1"
BRAND = {"temporary": {"BLOCKED": {"label": 'Taken <"by"> é', "colour": "#AA0011"}}, "actual": {}}


def test_an_app_is_streamed_what_was_said(spirii_go: AppCaller) -> None:
    site, number = spirii_go.site, spirii_go.site.numbers[E1]
    branded = spirii_go.another("Branded", brand=BRAND)
    places = {one.app.id: one.fetch() and one.place for one in (spirii_go, branded)}

    def said(app: AppCaller, at: object = None) -> Preview:
        now = site.now()
        key = f"app-{app.app.id}"
        return preview(site.db, LOCAL, number, at=at or now, now=now, profile=key)  # type: ignore[arg-type]

    def streamed(app: AppCaller) -> str:
        headers = {"Last-Event-ID": places[app.app.id]}
        return app(CHANGES, params={"follow": "false"}, headers=headers).text

    starts = site.now() + hours(1)
    placed(site, E1, BLOCKED, valid_from=starts, valid_to=starts + hours(2))
    placed(site, E1, COMMISSIONING, valid_from=starts + hours(1), valid_to=starts + hours(2))
    instants = [starts, starts + hours(1), starts + hours(2)]
    ahead = {
        app.app.id: [said(app, at).wires.channels[0][0] for at in instants]
        for app in (spirii_go, branded)
    }
    for index, at in enumerate(instants):
        site.hands.shows = at
        for app in (spirii_go, branded):
            [now] = said(app).wires.channels[0]
            assert now == ahead[app.app.id][index]
            assert now.request == "event: change · /driver-app/changes"
            assert f"event: change\ndata: {now.body}\n\n" in streamed(app)
            assert now.to == app.app.name
    assert 'Taken <\\"by\\"> é' in ahead[branded.app.id][0].body

    site.hands.forward(hours=1)
    report(site.db, number, ActualStatus.REMOVED)
    [gone] = said(spirii_go).wires.channels[0]
    assert f"event: gone\ndata: {gone.body}\n\n" in streamed(spirii_go)
    assert gone.request.startswith("event: gone")
