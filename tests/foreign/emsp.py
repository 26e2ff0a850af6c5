"""An eMSP made of extrawest-ocpi, run by that package's own Python: nothing of ours is imported here.

`emsp.py FOLDER PORT TOKEN_A`; what it was told lies in FOLDER/state.json, after every change.
"""

import json
import os
import secrets
import sys
from pathlib import Path

FOLDER, PORT, TOKEN_A = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
os.environ |= {"OCPI_HOST": f"127.0.0.1:{PORT}", "PROTOCOL": "http", "ENVIRONMENT": "testing"}

import uvicorn
from py_ocpi import get_application
from py_ocpi.core.adapter import BaseAdapter
from py_ocpi.core.authentication.authenticator import Authenticator
from py_ocpi.core.crud import Crud
from py_ocpi.core.enums import ModuleID, RoleEnum
from py_ocpi.modules.credentials.v_2_2_1.schemas import Credentials
from py_ocpi.modules.locations.v_2_2_1.schemas import Location
from py_ocpi.modules.versions.enums import VersionNumber

state = {"peer": None, "token_c": None, "token_a": TOKEN_A, "locations": {}, "updates": 0}


def keep():
    told = FOLDER / "state.part"
    told.write_text(json.dumps(state, default=str))
    told.replace(FOLDER / "state.json")


class Tokens(Authenticator):
    @classmethod
    async def get_valid_token_a(cls):
        return [state["token_a"]] if state["token_a"] else []

    @classmethod
    async def get_valid_token_c(cls):
        return [state["token_c"]] if state["token_c"] else []


class Memory(Crud):
    @classmethod
    async def get(cls, module, role, id, *args, **kwargs):
        if module == ModuleID.credentials_and_registration:
            return cls._ours() if state["peer"] else None
        return state["locations"].get(id)

    @classmethod
    async def create(cls, module, role, data, *args, **kwargs):
        if module == ModuleID.credentials_and_registration:
            return cls._registered(data)
        return cls._told(data)

    @classmethod
    async def update(cls, module, role, data, id, *args, **kwargs):
        if module == ModuleID.credentials_and_registration:
            return cls._registered(data)
        return cls._told(data)

    @classmethod
    async def delete(cls, module, role, id, *args, **kwargs):
        state.update(peer=None, token_c=None)
        keep()

    @classmethod
    async def list(cls, module, role, filters, *args, **kwargs):
        return list(state["locations"].values()), len(state["locations"]), True

    @classmethod
    async def do(cls, module, role, action, *args, data=None, **kwargs):
        return None

    @classmethod
    def _registered(cls, data):
        state.update(peer=data, token_a=None, token_c=secrets.token_urlsafe(32))
        keep()
        return cls._ours()

    @classmethod
    def _told(cls, data):
        data = json.loads(json.dumps(data, default=str))
        state["locations"][data["id"]] = data
        state["updates"] += 1
        keep()
        return data

    @classmethod
    def _ours(cls):
        return {
            "token": state["token_c"],
            "url": f"http://127.0.0.1:{PORT}/ocpi/versions",
            "roles": [
                {
                    "role": "EMSP",
                    "party_id": "EXW",
                    "country_code": "UA",
                    "business_details": {"name": "Independent eMSP"},
                }
            ],
        }


class Forms(BaseAdapter):
    @classmethod
    def credentials_adapter(cls, data, version=VersionNumber.latest):
        return Credentials(**data)

    @classmethod
    def location_adapter(cls, data, version=VersionNumber.latest):
        return Location(**data)


app = get_application(
    version_numbers=[VersionNumber.v_2_2_1],
    roles=[RoleEnum.emsp],
    crud=Memory,
    modules=[ModuleID.credentials_and_registration, ModuleID.locations],
    authenticator=Tokens,
    adapter=Forms,
)

keep()
uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="warning")
