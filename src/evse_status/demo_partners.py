"""Who tells the demo of its chargers, and whom does it tell? Example partners, registered for real.

They are children of this process on ports of their own, which are kept beside an SQLite database with
what each remembers; so a second start finds them as they were. On PostgreSQL every start begins anew.
"""

import json
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from evse_status.bootstrap import App
from evse_status.core.errors import EvseStatusError
from evse_status.core.partner import PartnerRole, PartnerSettings, Reach
from evse_status.core.principal import Principal, Role
from evse_status.core.translation import Channel
from evse_status.kept_ports import any_port, kept_port
from evse_status.service import known_partners, partners, registration
from evse_status.service.driver_apps import NEW_APP
from evse_status.service.known_partners import Partner
from evse_status.service.ourselves import Ourselves
from evse_status.service.partners import NewPartner
from evse_status.store.database import Database

SUFFIX = ".partners"
"""Beside an SQLite database a folder may lie with what the example partners remember."""
KEEPER = Principal("Demo simulator", Role.ADMINISTRATOR)
_PATIENCE_SECONDS = 20.0
_STARTS = 3


@dataclass(frozen=True, slots=True)
class _Example:
    """One example partner: which program, and the words that it is started with.

    `operator_id` is that of the contract with a hub, `profile` that of a driver app.
    """

    name: str
    program: str
    role: PartnerRole
    words: tuple[str, ...] = ()
    operator_id: str = ""
    profile: str = ""

    @property
    def is_hub(self) -> bool:
        """Whether it speaks OICP, and so has a contract where others register."""
        return bool(self.operator_id)


_RECEIVES = PartnerRole.RECEIVER
EXAMPLES = (
    _Example("Demo CSMS", "csms", PartnerRole.UPSTREAM),
    _Example("Plugalong", "emsp", _RECEIVES, ("--party", "NL-PLG")),
    _Example(
        "Tern Drive", "emsp", _RECEIVES, ("--party", "SE-TRN", "--versions", "2.2.1", "--moody")
    ),
    _Example("Hubject (example)", "hub", _RECEIVES, operator_id="DK*DMO"),
    _Example("Spirii Go (example)", "driver_app", _RECEIVES, profile="spirii-2025"),
)
"""Tern Drive is slow now and then, and now and then it fails: so there is something to see.

The hub takes the Danish operator's EVSEs alone, and some of their ids it can't take.
"""


@dataclass(frozen=True, slots=True)
class Running:
    """An example partner that serves; `control` is where it is watched, `address` what it gives us.

    That is OCPI's versions address, where a hub takes pushes, or where people see a driver app.
    """

    name: str
    control: str
    address: str


class NotStarted(EvseStatusError):
    """An example partner doesn't come up."""

    code = "example_not_started"


@contextmanager
def started(database: Database, network: Path) -> Iterator[list[Running]]:
    """Run all example partners while the block runs; they end with this process, however it ends."""
    folder = database.file_beside(SUFFIX)
    if folder is not None:
        folder.mkdir(mode=0o700, exist_ok=True)
    with ExitStack() as children:
        starting = [
            (one, children.enter_context(_child(_words(one, folder, network)))) for one in EXAMPLES
        ]
        serving = []
        for one, child in starting:
            told = _told_by(child)
            for _ in range(1, _STARTS):
                if told is not None:
                    break
                # Somebody else took its port meanwhile.
                again = _words(one, folder, network, port=any_port())
                told = _told_by(children.enter_context(_child(again)))
            serving.append(_serving(one, told, folder))
        yield serving


def forget(database: Database) -> None:
    """Have all of them start over, knowing nothing."""
    folder = database.file_beside(SUFFIX)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def introduce(app: App, running: list[Running], *, address: str) -> None:
    """Register them where they aren't, and tell them where we are now. `address` is ours.

    Raises EvseStatusError where one can't be reached, or doesn't answer well.
    """
    known = {
        line.partner.name: line.partner for line in partners.list_partners(app.database, KEEPER)
    }
    us = app.ourselves.reached_at(address)
    for example, one in zip(EXAMPLES, running, strict=True):
        before = known.get(example.name)
        if example.is_hub:
            _contract(app, example, one, before)
            continue
        if example.profile:
            _feed(app, example, one, before, us)
            continue
        if before is not None and _still_know_each_other(app, before, one):
            _control(one, "/reconnect", {"url": us.versions_url})
            continue
        if before is not None:
            partners.remove_partner(app.database, KEEPER, before.id)
        token = secrets.token_urlsafe(24)
        _control(one, "/invite", {"token": token})
        registration.add_and_register(
            app.database,
            KEEPER,
            example.name,
            PartnerSettings(role=example.role, url=one.address),
            token=token,
            nobody_else_tells=True,
            vault=app.vault,
            us=us,
        )


def _contract(app: App, example: _Example, one: Running, before: Partner | None) -> None:
    """Have a hub take our statuses, unless it and we remember that it does."""
    told = _asked(one, "/contracts")
    remembers = isinstance(told, dict) and bool(told["operators"])
    if before is not None and before.settings.url == one.address and remembers:
        return
    if before is not None:
        partners.remove_partner(app.database, KEEPER, before.id)
    _control(one, "/contracts", {"operators": [example.operator_id]})
    partners.add_partner(
        app.database,
        KEEPER,
        example.name,
        PartnerSettings(
            channel=Channel.HUBJECT,
            handshake=False,
            url=one.address,
            operator_id=example.operator_id,
            reach=Reach(countries=frozenset({example.operator_id[:2]}), unpublished=False),
        ),
        vault=app.vault,
        nobody_else_tells=True,
    )


def _feed(app: App, example: _Example, one: Running, before: Partner | None, us: Ourselves) -> None:
    """Have a driver app listen here, with the token that it has or a new one."""
    told = _asked(one, "/feed")
    hint = str(told["hint"]) if isinstance(told, dict) else ""
    made = None if before is None else NewPartner(before)
    if before is not None and hint != before.hint:
        partners.remove_partner(app.database, KEEPER, before.id)
        made = None
    if made is None:
        settings = replace(NEW_APP, profile=example.profile, url=one.address)
        made = partners.add_partner(app.database, KEEPER, example.name, settings, vault=app.vault)
    if made.partner.settings.url != one.address:
        partners.edit_partner(
            app.database,
            KEEPER,
            made.partner.id,
            replace(made.partner.settings, url=one.address),
            version=made.partner.version,
            vault=app.vault,
        )
    if made.token is not None or not isinstance(told, dict) or told["url"] != us.base_url:
        _control(one, "/feed", {"url": us.base_url, "token": made.token})


def _words(
    example: _Example, folder: Path | None, network: Path, *, port: int | None = None
) -> list[str]:
    """How it is started; by default on the port of the last time."""
    words = [sys.executable, "-m", f"evse_status.examples.{example.program}"]
    words += [str(network)] if example.program == "csms" else []
    if example.is_hub:
        words += ["--knows", str(network), "--knows-all"]
    elif not example.profile:
        words += ["--token", secrets.token_urlsafe(24)]
    words += ["--name", example.name, "--until-input-ends"]
    wanted = kept_port(_file(folder, example, "port")) if port is None else port
    words += ["--port", str(wanted), *example.words]
    memory = _file(folder, example, "jsonl")
    return words if memory is None else [*words, "--keep", str(memory)]


def _told_by(child: "subprocess.Popen[str]") -> Any:
    """What it says once it serves; `None` if it ended instead."""
    assert child.stdout is not None
    line = child.stdout.readline()
    return json.loads(line) if line else None


def _serving(example: _Example, told: Any, folder: Path | None) -> Running:
    """Where it serves, its port kept for the next start."""
    if told is None:
        raise NotStarted(f"The example partner {example.name} didn't start.")
    port_file = _file(folder, example, "port")
    if port_file is not None:
        port_file.write_text(told["url"].rpartition(":")[2], encoding="utf-8")
    return Running(
        example.name, told["url"], told.get("base") or told.get("versions") or told["url"]
    )


def _file(folder: Path | None, example: _Example, suffix: str) -> Path | None:
    slug = "-".join(re.findall("[a-z0-9]+", example.name.lower()))
    return None if folder is None else folder / f"{slug}.{suffix}"


@contextmanager
def _child(words: list[str]) -> Iterator["subprocess.Popen[str]"]:
    # It reads from a pipe that only this process holds, so it sees even a kill.
    child = subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield child
    finally:
        child.terminate()  # it may be starting still, and not reading yet
        child.communicate()


def _still_know_each_other(app: App, before: Partner, one: Running) -> bool:
    if not before.is_connected or before.settings.url != one.address:
        return False
    try:
        with app.database.read() as conn:
            known_partners.outgoing_secret(conn, before.id, app.vault)
    except EvseStatusError:
        return False
    return _asked(one, "/peer") is not None


def _control(one: Running, path: str, told: dict[str, Any]) -> None:
    try:
        answer = httpx.post(one.control + path, json=told, timeout=_PATIENCE_SECONDS)
    except httpx.HTTPError as error:
        raise NotStarted(f"The example partner {one.name} doesn't answer: {error}.") from None
    if answer.status_code != 200:
        raise NotStarted(f"The example partner {one.name} says: {answer.text[:200]}")


def _asked(one: Running, path: str) -> Any:
    try:
        return httpx.get(one.control + path, timeout=_PATIENCE_SECONDS).json()
    except (httpx.HTTPError, ValueError):
        return None
