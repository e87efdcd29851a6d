"""The district at one date, as the agents show it and as it really is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.agent import Agent, LazyTree, LinuxFacts, Oid, SnmpFace, SshFace, Typed, V3User, WebFace
from simulator.cabling import Cabling
from simulator.catalogue import Catalogue
from simulator.consoles import console
from simulator.mibs import tree
from simulator.plan import Device, Plan, Service, Silence, mac_bytes
from simulator.shown import Shown
from simulator.truth import truth

if TYPE_CHECKING:
    from simulator.district import District

#: A community that stands in no list: the device is there, and nobody at the office can read it.
FORGOTTEN = "khong-con-ai-nho"
#: RFC names of protocols, as `V3User` has them, by the name in credentials.yaml.
_AUTH = {"SHA-1": "SHA", "SHA-256": "SHA-256"}
_PRIV = {"AES-128": "AES"}


class Network:
    """Everything that there is at `date`. Made by `District.at`; pickles as (file, date, silence) and is made anew there."""

    def __init__(
        self,
        path: Path,
        date: dt.date,
        plan: Plan,
        catalogue: Catalogue,
        credentials: Mapping[str, Mapping[str, str]],
        services: Sequence[Service] = (),
    ) -> None:
        self.path = path
        self.date = date
        self.plan = plan
        self.catalogue = catalogue
        self.credentials = credentials
        self.services = services
        self.cabling = Cabling(plan, catalogue)
        self._shown: dict[str, Shown] = {}
        self._truth: dict[str, Any] | None = None

    def __reduce__(self) -> tuple[Any, tuple[str, dt.date, Silence]]:
        return _again, (str(self.path), self.date, self.plan.silence)

    def shown(self, device_id: str) -> Shown:
        """What one device knows."""
        if device_id not in self._shown:
            self._shown[device_id] = Shown(self.cabling, self.plan.devices[device_id], self.date)
        return self._shown[device_id]

    @cached_property
    def running(self) -> list[Device]:
        """The devices that run and have an agent of some sort, by address."""
        found = [d for d in self.plan.devices.values() if d.alive and (d.access.versions or d.access.login)]
        return sorted(found, key=lambda d: tuple(int(part) for part in d.address.split(".")))

    @cached_property
    def agents(self) -> list[Agent]:
        """What answers (or is meant to), by address. Trees are made when they are first read."""
        found = [self._agent(device) for device in self.running]
        # A routing switch answers at the addresses of its VLANs too: the same agents, once more.
        for agent, device in list(zip(found, self.running, strict=True)):
            found.extend(replace(agent, address=address, web=None) for address in device.answers_at)
        return found

    def truth(self) -> dict[str, Any]:
        """What a perfect inventory would know, as JSON; see `simulator.truth`."""
        if self._truth is None:
            self._truth = truth(self)
        return self._truth

    def tree(self, device_id: str) -> dict[Oid, Typed]:
        """The objects of one agent."""
        return tree(self.shown(device_id))

    def snmp_readable(self, device: Device) -> bool:
        """An agent that answers to one of the district's credentials."""
        return device.access.speaks_snmp and device.access.community != "?"

    def ssh_readable(self, device: Device) -> bool:
        """A server that lets one of the district's logins in, and then speaks."""
        fault = device.access.ssh_fault
        return device.access.speaks_ssh and not (fault.wrong_password or fault.hang)

    # --- faces ------------------------------------------------------------------------------------------------------------

    def _agent(self, device: Device) -> Agent:
        return Agent(
            device.address, device.office, device.name, self._snmp(device), self._ssh(device), self._web(device), device.doors
        )

    def _snmp(self, device: Device) -> SnmpFace | None:
        access = device.access
        if not access.versions:
            return None
        communities: dict[str, str] = {}
        users: tuple[V3User, ...] = ()
        if access.community is not None:
            secret = FORGOTTEN if access.community == "?" else self.credentials[access.community]["secret"]
            communities[secret] = "ro"
        if access.user is not None:
            own = self.credentials[access.user]
            users = (V3User(own["user"], _AUTH[own["auth"]], own["auth_secret"], _PRIV[own["priv"]], own["priv_secret"]),)
        shown = self.shown(device.id)
        return SnmpFace(
            communities=communities,
            versions=access.versions,
            users=users,
            engine_id=engine_id(shown) if users else b"",
            tree=LazyTree(partial(self.tree, device.id)),
            fault=access.snmp_fault,
            engine_boots=1 + (self.date - device.box.installed).days // 60,
            uptime_s=shown.uptime_s,
        )

    def _ssh(self, device: Device) -> SshFace | None:
        if device.access.login is None:
            return None
        login = self.credentials[device.access.login]
        shown = self.shown(device.id)
        look = console(shown)
        return SshFace(
            platform=look.platform,
            users={login["user"]: login["password"]},
            host_key_seed=f"{device.box.asset}:{device.box.serial}",
            banner=look.banner,
            prompt=look.prompt,
            commands=look.commands,
            linux=LinuxFacts(look.files, look.outputs, look.denied) if look.platform == "linux" else None,
            fault=device.access.ssh_fault,
        )

    def _web(self, device: Device) -> WebFace | None:
        service = next((service for service in self.services if service.server == device.id), None)
        return WebFace(service.name_vi, service.status, service.takes_s) if service else None


def engine_id(shown: Shown) -> bytes:
    """SNMPv3 engine id from the enterprise number and the device's address (RFC 3411, format 3)."""
    enterprise = shown.model.object_id[6] if len(shown.model.object_id) > 6 else 8072
    return (0x80000000 | enterprise).to_bytes(4, "big") + b"\x03" + mac_bytes(shown.device.box.mac)


def _again(path: str, date: dt.date, silence: Silence) -> Network:
    return _district(path).at(date, silence)


@lru_cache(maxsize=2)
def _district(path: str) -> District:
    """A district that keeps the networks of its days, and need not live through them anew for the next."""
    from simulator.district import load  # districts make networks

    return load(Path(path))
