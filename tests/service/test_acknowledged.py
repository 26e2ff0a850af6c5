"""Who has acknowledged what an EVSE shows now: partners, hubs and apps, each as far as we know."""

from evse_status.channels.ocpi.push import Answer
from evse_status.core.delivery import Outcome
from evse_status.core.partner import PartnerSettings, Reach
from evse_status.core.principal import LOCAL
from evse_status.core.translation import Channel
from evse_status.service.acknowledged import acknowledgements
from evse_status.service.fleet import FleetFilter, select_evses
from evse_status.service.partners import add_partner
from evse_status.store.database import Database
from support import Hands, a_site, placed
from told import DOWN, VAULT, Receiver, a_partner

NO = Answer(Outcome.REFUSED, 200, 2000, "We don't take this word.")


def test_each_partner_tells_for_itself(db: Database, hands: Hands) -> None:
    site = a_site(db, hands, 2)
    good, down, strict = (Receiver(db, a_partner(db, name)) for name in ("Good", "Down", "Strict"))
    add_partner(
        db,
        LOCAL,
        "App",
        PartnerSettings(channel=Channel.SPIRII_GO, handshake=False),
        vault=VAULT,
        nobody_else_tells=True,
    )
    a_partner(db, "Swedish", reach=Reach(countries=frozenset({"SE"})))
    for one in (good, down, strict):
        one.drain()
    made = placed(site)
    down.react, strict.react = lambda _: DOWN, lambda _: NO
    hands.forward(seconds=1)
    for one in (good, down, strict):
        one.drain()
    [card, _] = select_evses(db, LOCAL, FleetFilter(), now=site.now())
    heard = acknowledgements(db, LOCAL, card)

    by_name = {one.partner.name: one for one in heard[Channel.OCPI]}
    assert list(by_name) == ["Good", "Down", "Strict"]
    assert not by_name["Good"].is_behind
    assert by_name["Good"].acked == "INOPERATIVE"
    assert by_name["Good"].true_since == made.starts_at
    assert (by_name["Good"].at or made.starts_at) > made.starts_at
    assert by_name["Good"].code == 1000
    assert (by_name["Down"].wanted, by_name["Down"].acked) == ("INOPERATIVE", "AVAILABLE")
    assert by_name["Down"].failure == "can't be reached"
    assert by_name["Strict"].refused == "We don't take this word."
    assert [(one.partner.name, one.at) for one in heard[Channel.SPIRII_GO]] == [("App", None)]
    assert heard[Channel.HUBJECT] == ()
