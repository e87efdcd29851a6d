"""NetBox's side of its CSV forms: what its documentation says that they take, and a store that takes it or says why not.

Required fields, lengths, choices and uniqueness are those of NetBox 4.2's documentation of its models and import forms.
Nothing of `inventory` is used here.
"""

from __future__ import annotations

import csv
import io
import ipaddress
import re
from collections.abc import Mapping

#: form -> field -> (required, longest)
FORMS: dict[str, dict[str, tuple[bool, int]]] = {
    "sites": {
        "name": (True, 100),
        "slug": (True, 100),
        "status": (True, 50),
        "facility": (False, 50),
        "description": (False, 200),
    },
    "manufacturers": {"name": (True, 100), "slug": (True, 100)},
    "platforms": {"name": (True, 100), "slug": (True, 100)},
    "device-roles": {"name": (True, 100), "slug": (True, 100), "color": (True, 6), "vm_role": (False, 5)},
    "device-types": {"manufacturer": (True, 100), "model": (True, 100), "slug": (True, 100), "u_height": (True, 4)},
    "devices": {
        **dict.fromkeys(("role", "manufacturer", "device_type", "site"), (True, 100)),
        "status": (True, 50),
        "name": (True, 64),
        "platform": (False, 100),
        "serial": (False, 50),
        "asset_tag": (False, 50),
        "description": (False, 200),
        "comments": (False, 10**9),
    },
    "interfaces": {
        "device": (True, 64),
        "name": (True, 64),
        "type": (True, 50),
        "enabled": (False, 5),
        "mtu": (False, 5),
        "speed": (False, 10),
        "description": (False, 200),
    },
    "mac-addresses": {"mac_address": (True, 17), "device": (True, 64), "interface": (True, 64), "is_primary": (False, 5)},
    "vrfs": {"name": (True, 100), "enforce_unique": (False, 5), "description": (False, 200)},
    "ip-addresses": {
        "address": (True, 43),
        "vrf": (False, 100),
        "status": (True, 50),
        "device": (False, 64),
        "interface": (False, 64),
        "is_primary": (False, 5),
        "description": (False, 200),
    },
    "cables": {
        **dict.fromkeys(("side_a_device", "side_b_device", "side_a_name", "side_b_name"), (True, 64)),
        **dict.fromkeys(("side_a_type", "side_b_type"), (True, 50)),
        "status": (True, 50),
        "description": (False, 200),
    },
}
CHOICES = {
    ("sites", "status"): {"planned", "staging", "active", "decommissioning", "retired"},
    ("devices", "status"): {"offline", "active", "planned", "staged", "failed", "inventory", "decommissioning"},
    ("interfaces", "type"): {"virtual", "bridge", "lag", "other", "other-wireless", "1000base-t", "100base-tx"},
    ("ip-addresses", "status"): {"active", "reserved", "deprecated", "dhcp", "slaac"},
    ("cables", "status"): {"connected", "planned", "decommissioning"},
}
UNIQUE = {
    **{form: [("name",)] for form in ("sites", "manufacturers", "platforms", "device-roles", "vrfs")},
    "device-types": [("manufacturer", "model"), ("manufacturer", "slug")],
    "devices": [("site", "name"), ("asset_tag",)],
    "interfaces": [("device", "name")],
}
BOOLEANS = {"enabled", "is_primary", "enforce_unique", "vm_role"}


class Refused(AssertionError):
    pass


class NetBox:
    def __init__(self) -> None:
        self.held: dict[str, list[dict[str, str]]] = {form: [] for form in FORMS}

    def take(self, files: Mapping[str, str]) -> None:
        """Import files, by name and text, in the order of their names."""
        for name in sorted(files):
            form = re.fullmatch(r"\d\d-(.+)\.csv", name)[1]
            for number, row in enumerate(csv.DictReader(io.StringIO(files[name], newline=""), strict=True), 2):
                if None in row or None in row.values():
                    raise Refused(f"{name}, row {number}: another number of values than columns")
                self.row(form, {field: value.strip() for field, value in row.items()}, f"{name}, row {number}")

    def row(self, form: str, row: dict[str, str], where: str) -> None:
        for field, value in row.items():
            if field not in FORMS[form]:
                raise Refused(f"{where}: no such field: {field}")
            if len(value) > FORMS[form][field][1]:
                raise Refused(f"{where}: {field} is too long: {value[:30]!r}… ({len(value)})")
            if value and value not in CHOICES.get((form, field), {value}):
                raise Refused(f"{where}: {field} is no choice: {value}")
            if "\0" in value or (field in BOOLEANS and value not in ("true", "false")):
                raise Refused(f"{where}: {field}: {value!r}")
            if field == "slug" and not re.fullmatch(r"[-a-zA-Z0-9_]+", value):
                raise Refused(f"{where}: no slug: {value!r}")
        for field, (required, _) in FORMS[form].items():
            if required and not row.get(field):
                raise Refused(f"{where}: {field} is required")
        keys = UNIQUE.get(form, []) + ([("slug",)] if form in ("sites", "manufacturers", "platforms", "device-roles") else [])
        for key in keys:
            plain = str.casefold if form == "devices" else str  # names of devices differ by more than case
            mine = [plain(row[field]) for field in key]
            if all(mine) and any([plain(other[field]) for field in key] == mine for other in self.held[form]):
                raise Refused(f"{where}: there is one already: {mine}")
        getattr(self, form.replace("-", "_"), lambda row, where: None)(row, where)
        self.held[form].append(row)

    def one(self, form: str, where: str, **wanted: str) -> dict[str, str]:
        found = [row for row in self.held[form] if all(row[field] == value for field, value in wanted.items())]
        if len(found) != 1:
            raise Refused(f"{where}: {len(found)} {form} are {wanted}")
        return found[0]

    def device_types(self, row, where):
        self.one("manufacturers", where, name=row["manufacturer"])

    def devices(self, row, where):
        self.one("device-types", where, manufacturer=row["manufacturer"], model=row["device_type"])
        self.one("device-roles", where, name=row["role"])
        self.one("sites", where, name=row["site"])
        if row["platform"]:
            self.one("platforms", where, name=row["platform"])

    def interfaces(self, row, where):
        self.one("devices", where, name=row["device"])
        if row["mtu"] and not 1 <= int(row["mtu"]) <= 65536:
            raise Refused(f"{where}: mtu")
        if row["speed"] and not 0 <= int(row["speed"]) < 2**31:
            raise Refused(f"{where}: speed")

    def mac_addresses(self, row, where):
        self.one("interfaces", where, device=row["device"], name=row["interface"])
        if not re.fullmatch(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", row["mac_address"]):
            raise Refused(f"{where}: {row['mac_address']}")

    def ip_addresses(self, row, where):
        address = ipaddress.ip_interface(row["address"])
        same = [
            r
            for r in self.held["ip-addresses"]
            if ipaddress.ip_interface(r["address"]).ip == address.ip and r["vrf"] == row["vrf"]
        ]
        if same:
            raise Refused(f"{where}: there is one already: {address}")
        if row["vrf"]:
            self.one("vrfs", where, name=row["vrf"])
        if row["interface"]:
            self.one("interfaces", where, device=row["device"], name=row["interface"])
        elif row["device"] or row["is_primary"] == "true":
            raise Refused(f"{where}: a device, and no interface of it")

    def cables(self, row, where):
        ends = [(row[f"side_{side}_device"], row[f"side_{side}_name"]) for side in "ab"]
        taken = [(r[f"side_{s}_device"], r[f"side_{s}_name"]) for r in self.held["cables"] for s in "ab"]
        for device, name in ends:
            if self.one("interfaces", where, device=device, name=name)["type"] in ("virtual", "lag", "bridge", "other-wireless"):
                raise Refused(f"{where}: no cable goes into {name}")
            if (device, name) in taken:
                raise Refused(f"{where}: {name} has a cable already")
        if ends[0] == ends[1]:
            raise Refused(f"{where}: from a port to itself")
