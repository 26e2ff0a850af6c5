"""The page of tokens: made and shown once, listed with their limits, revoked after asking."""

import re
from datetime import timedelta

from streamlit.testing.v1 import AppTest

from evse_status.bootstrap import App
from evse_status.core.principal import LOCAL
from evse_status.service.tokens import Token, list_tokens, recognise
from support import BLOCKED, token
from visits import press, texts, visit


def kept(product: App) -> list[Token]:
    return list_tokens(product.database, LOCAL)


def shown(page: AppTest) -> list[str]:
    return [one.value for one in page.code]


def test_a_token_is_shown_once_and_may_do_what_was_ticked(product: App) -> None:
    page = visit("tokens")
    assert not page.exception
    page.text_input(key="token-name").set_value("Lot *7*").run()
    page.button_group(key="token-statuses").set_value([BLOCKED]).run()
    page.multiselect(key="token-locations").set_value([1]).run()
    page.checkbox(key="token-clear-others").set_value(False).run()
    page.selectbox(key="token-lasts").set_value("30 days").run()
    page = press(page, "Make token")
    [secret] = shown(page)
    principal = recognise(product.database, secret, now=product.now())
    assert principal.name == "Lot *7*"
    assert principal.temporary_statuses == frozenset({BLOCKED})
    assert principal.locations == frozenset({1})
    assert principal.may_read
    assert not principal.may_clear_others
    [made] = kept(product)
    assert made.expires_at is not None
    assert made.expires_at - made.created_at < timedelta(days=30, seconds=5)
    page = press(page, "Done")
    assert shown(page) == []
    assert secret not in str(page)
    assert "sets Blocked, at L1, reads, changes and clears its own, reports" in texts(page)
    assert "Lot \\*7\\*" in texts(page)


def test_a_refused_one_is_a_sentence_and_keeps_what_was_typed(product: App) -> None:
    page = visit("tokens")
    page.text_input(key="token-name").set_value("mette@cpo.dk").run()
    page = press(page, "Make token")
    assert "would look like a person" in texts(page)
    assert page.text_input(key="token-name").value == "mette@cpo.dk"
    assert kept(product) == []


def test_administrating_and_limits_exclude_each_other(product: App) -> None:
    page = visit("tokens")
    page.text_input(key="token-name").set_value("Both").run()
    page.checkbox(key="token-administrate").set_value(True).run()
    page.checkbox(key="token-read").set_value(False).run()
    page = press(page, "Make token")
    assert "a token with limits can't administrate" in texts(page)
    page.checkbox(key="token-read").set_value(True).run()
    assert shown(press(page, "Make token"))
    assert kept(product)[0].may_administrate


def test_revoking_asks_once_more(product: App) -> None:
    secret = token(product.database, "Old program")
    page = press(visit("tokens"), "Revoke")
    page = press(page, "Keep")
    assert kept(product)[0].revoked_at is None
    page = press(press(page, "Revoke"), "Revoke now")
    assert kept(product)[0].revoked_by == "local"
    assert "Old program" not in re.sub(r"token (created|revoked) Old program", "", texts(page))
    page.toggle(key="token-all").set_value(True).run()
    assert ":gray-badge[revoked]" in texts(page)
    assert secret not in str(page)


def test_the_log_says_who_did_what_and_which_settings_differ(product: App) -> None:
    token(product.database, "A program")
    written = texts(visit("tokens"))
    assert "local: token created A program" in written
    assert "the server: settings changed" in written
