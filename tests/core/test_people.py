"""Roles come from the list or from claims, and nobody enters without one."""

from datetime import timedelta
from typing import Any

import pytest

from evse_status.core.people import Admission, Listed, name_of, visit
from evse_status.core.principal import Principal, Role
from support import NOON

PLANNER = Listed(Role.PLANNER)


def claims(**more: Any) -> dict[str, Any]:
    return {"is_logged_in": True, "sub": "1", "email": "mette@cpo.dk"} | more


def role(admission: Admission, **more: Any) -> Role | None:
    found = visit(claims(**more), admission, now=NOON).principal
    return found.role if found else None


@pytest.mark.parametrize(
    "user",
    [
        {},
        {"is_logged_in": False},
        {"is_logged_in": False, "email": "a@b.dk"},
        {"is_logged_in": True},
    ],
)
def test_nobody_enters_unnamed(user: dict[str, Any]) -> None:
    found = visit(user, Admission(default_role=Role.VIEWER), now=NOON)
    assert (found.name, found.principal) == ("", None)


def test_without_a_role_one_is_known_but_not_let_in() -> None:
    found = visit(claims(), Admission(), now=NOON)
    assert (found.name, found.principal) == ("mette@cpo.dk", None)
    assert "no role here" in found.because


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["viewer"], Role.VIEWER),
        ("viewer planner", Role.PLANNER),
        ("viewer,administrator", Role.ADMINISTRATOR),
        (["cpo-field"], Role.PLANNER),
        (["cpo-field", "viewer"], Role.PLANNER),
        (["Administrator"], None),
        ([], None),
        (None, None),
        (7, None),
        ({"administrator": True}, None),
    ],
)
def test_the_highest_role_of_the_claim_counts(words: object, expected: Role | None) -> None:
    admission = Admission(roles={"cpo-field": Role.PLANNER})
    assert role(admission, roles=words) is expected


def test_a_claim_may_lie_inside_another_or_have_dots_in_its_name() -> None:
    nested = Admission(role_claim="realm_access.roles")
    assert role(nested, realm_access={"roles": ["planner"]}) is Role.PLANNER
    assert role(nested, realm_access="planner") is None
    dotted = Admission(role_claim="https://cpo.dk/roles")
    assert role(dotted, **{"https://cpo.dk/roles": ["viewer"]}) is Role.VIEWER


def test_the_list_comes_before_every_claim() -> None:
    admission = Admission(people={"mette@cpo.dk": Listed(Role.VIEWER)})
    assert role(admission, roles=["administrator"]) is Role.VIEWER
    assert role(admission, email="jonas@cpo.dk", roles=["administrator"]) is Role.ADMINISTRATOR


def test_people_are_listed_by_address_in_any_case_or_by_subject() -> None:
    assert role(Admission(people={"mette@cpo.dk": PLANNER}), email="Mette@CPO.dk") is Role.PLANNER
    assert role(Admission(people={"1": PLANNER})) is Role.PLANNER


def test_an_unverified_address_is_nobodys() -> None:
    admission = Admission(people={"mette@cpo.dk": PLANNER})
    assert role(admission, email_verified=False) is None
    assert name_of(claims(email_verified=False)) == "1"


def test_others_get_the_default_role() -> None:
    assert role(Admission(default_role=Role.VIEWER)) is Role.VIEWER


def test_nobody_is_called_local() -> None:
    found = visit(
        {"is_logged_in": True, "sub": "local"}, Admission(default_role=Role.VIEWER), now=NOON
    )
    assert found.principal is None


def test_limits_come_from_claims_and_a_missing_claim_reaches_nothing() -> None:
    admission = Admission(
        default_role=Role.PLANNER, operators_claim="parties", countries_claim="lands"
    )
    limited = visit(claims(parties=["spi"], lands="*"), admission, now=NOON).principal
    assert limited == Principal("mette@cpo.dk", Role.PLANNER, frozenset({"SPI"}), None)
    lost = visit(claims(), admission, now=NOON).principal
    assert lost is not None
    assert not lost.reaches(party_id="SPI", country_code="DK")


def test_a_session_ends_after_its_time() -> None:
    admission = Admission(default_role=Role.VIEWER, session=timedelta(hours=12))
    begun = NOON - timedelta(hours=12)
    assert role(admission, iat=begun.timestamp()) is Role.VIEWER
    ended = visit(claims(iat=begun.timestamp() - 1), admission, now=NOON)
    assert (ended.principal, ended.because) == (None, "Your session has ended. Sign in again.")
