"""A status push to the byte, as OICP 2.3 writes it."""

from evse_status.channels.oicp.payload import body, path, status_push
from evse_status.core.hub import Action

RECORDS = [("DK*SPI*E1", "Available"), ("+45*123*1", "OutOfService")]


def test_a_push_to_the_byte() -> None:
    push = status_push("DK*SPI", "Spirii Øst", Action.UPDATE, RECORDS)
    assert (
        body(push)
        == (
            '{"ActionType":"update","OperatorEvseStatus":{"OperatorID":"DK*SPI","OperatorName":"Spirii Øst",'
            '"EvseStatusRecord":[{"EvseID":"DK*SPI*E1","EvseStatus":"Available"},'
            '{"EvseID":"+45*123*1","EvseStatus":"OutOfService"}]}}'
        ).encode()
    )


def test_an_operator_without_a_name() -> None:
    push = status_push("DK*SPI", "", Action.FULL_LOAD, [])
    assert push == {
        "ActionType": "fullLoad",
        "OperatorEvseStatus": {"OperatorID": "DK*SPI", "EvseStatusRecord": []},
    }


def test_where_it_goes() -> None:
    assert path("DK*SPI") == "/evsepush/v21/operators/DK*SPI/status-records"
    assert path("+45*123") == "/evsepush/v21/operators/+45*123/status-records"
    assert path("a/b") == "/evsepush/v21/operators/a%2Fb/status-records"
