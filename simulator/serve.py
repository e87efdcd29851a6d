"""A simulated network on the wire: every agent at its own loopback address, over real SNMP, SSH, Telnet, HTTP and HTTPS.

    with serve(network) as running:
        ...                                   # ask 127.x.y.z, SNMP on UDP 16100, SSH on TCP 16022, shared services on TCP 16443
        running.move_to(later)                # the same addresses, another day

Everything is ready when `serve` returns, and ends with the `with`, with `stop()`, or with the process that called it.
"""

from __future__ import annotations

import pickle
import signal
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from simulator.agent import Agent, SnmpFace
from simulator.child import CannotServe, Child
from simulator.orders import DOORS_ABOVE_SSH, Listen, Seat
from simulator.snmp import recording
from simulator.snmp.usm import keys

__all__ = ["DOORS_ABOVE_SSH", "SNMP_PORT", "SSH_PORT", "CannotServe", "Running", "run_until_stopped", "serve", "serve_recordings"]

SNMP_PORT, SSH_PORT = 16100, 16022
#: Where shared services are, above the SSH port: 16443.
WEB_ABOVE_SSH = 421
#: Where recordings are put when nobody says where: 127.1.0.1 and on.
FIRST_RECORDING = IPv4Address("127.1.0.1")


class Network(Protocol):
    """What can be served: anything with agents, each at an address of its own."""

    @property
    def agents(self) -> Sequence[Agent]: ...


@dataclass(frozen=True, slots=True)
class Agents:
    """A network that is just a list."""

    agents: Sequence[Agent]


class Running:
    """A network that is being served. `recordings` is address -> file where recordings are served, else empty."""

    def __init__(self, snmp: Child, ssh: Child, web: Child | None, doors: Child | None, *, snmp_port: int, ssh_port: int) -> None:
        self._snmp, self._ssh, self._web, self._doors = snmp, ssh, web, doors
        self.snmp_port, self.ssh_port = snmp_port, ssh_port
        self.recordings: dict[str, Path] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def alive(self) -> bool:
        """Whether all of its processes still run."""
        return all(child.running for child in self._children)

    @property
    def pids(self) -> tuple[int, ...]:
        return tuple(child.pid for child in self._children)

    @property
    def _children(self) -> tuple[Child, ...]:
        return (self._snmp, self._ssh, *(child for child in (self._web, self._doors) if child))

    def move_to(self, network: Network) -> None:
        """Serves this network instead, at the same ports: another day of the district. Raises CannotServe."""
        agents = _checked(network.agents)
        self._snmp.send(Seat({agent.address: _portable(agent.snmp) for agent in agents if agent.snmp}))
        self._ssh.send(Seat({agent.address: agent.ssh for agent in agents if agent.ssh}))
        if self._web:
            self._web.send(Seat({agent.address: agent.web for agent in agents if agent.web}))
        if self._doors:
            self._doors.send(Seat({agent.address: agent.doors for agent in agents if agent.doors}))
        for child in self._children:
            child.done()

    def stop(self) -> None:
        """Ends the processes; safe to call again."""
        for child in self._children:
            child.stop()


def serve(
    network: Network,
    *,
    snmp_port: int = SNMP_PORT,
    ssh_port: int = SSH_PORT,
    latency_s: float = 0.0,
    loss: float = 0.0,
    seed: int = 0,
    command_log: Path | None = None,
) -> Running:
    """Serves every agent of a network from a process for SNMP, one for SSH and, where there are any, one for shared services and
    one for other management; ready when it returns. Their ports are `WEB_ABOVE_SSH` and `DOORS_ABOVE_SSH` above that of SSH.

    `latency_s` comes before every answer and on top of an agent's own, `loss` is the share of SNMP requests (0..1) that get none,
    drawn by `seed`. `command_log` collects what is typed at SSH servers: JSON lines of time, address, user, command and, for a
    script on standard input, script. Raises CannotServe, one sentence, when a port is taken or an agent cannot be served.
    """
    if not 0.0 <= loss <= 1.0 or latency_s < 0:
        raise ValueError("loss is a share from 0 to 1, and latency_s is not negative")
    _checked(network.agents)
    if command_log:
        command_log = command_log.resolve()
        command_log.parent.mkdir(parents=True, exist_ok=True)
    web = Child("simulator.web") if any(agent.web for agent in network.agents) else None
    doors = Child("simulator.doors") if any(agent.doors for agent in network.agents) else None
    running = Running(Child("simulator.snmp"), Child("simulator.ssh"), web, doors, snmp_port=snmp_port, ssh_port=ssh_port)
    try:
        running._snmp.send(Listen(snmp_port, latency_s=latency_s, loss=loss, seed=seed))
        running._ssh.send(Listen(ssh_port, latency_s=latency_s, command_log=command_log))
        if web:
            web.send(Listen(ssh_port + WEB_ABOVE_SSH, latency_s=latency_s))
        if doors:
            doors.send(Listen(ssh_port))
        for child in running._children:
            child.done()
        running.move_to(network)
    except BaseException:
        running.stop()
        raise
    return running


def serve_recordings(
    recordings: Path | Iterable[Path] | Mapping[str, Path],
    *,
    community: str = "public",
    snmp_port: int = SNMP_PORT,
    ssh_port: int = SSH_PORT,
    latency_s: float = 0.0,
    loss: float = 0.0,
    seed: int = 0,
) -> Running:
    """Serves `.snmprec` recordings over SNMP v1 and v2c: a folder of them, files, or address -> file.

    Without addresses they get 127.1.0.1 and on, by name; `Running.recordings` tells which is where. Raises CannotServe.
    """
    if isinstance(recordings, Mapping):
        placed = {address: Path(path) for address, path in recordings.items()}
    else:
        files = sorted(recordings.glob("*.snmprec")) if isinstance(recordings, Path) and recordings.is_dir() else recordings
        files = [files] if isinstance(files, Path) else list(files)
        placed = {str(FIRST_RECORDING + number): path for number, path in enumerate(files)}
    if not placed:
        raise CannotServe("no_recordings", path=recordings)
    agents = [Agent(address, "", path.stem, snmp=recording.face(path, community)) for address, path in placed.items()]
    running = serve(Agents(agents), snmp_port=snmp_port, ssh_port=ssh_port, latency_s=latency_s, loss=loss, seed=seed)
    running.recordings = placed
    return running


def run_until_stopped(running: Running) -> None:
    """Waits until the user (Ctrl-C) or the system (SIGTERM) ends it, then stops. Raises CannotServe if a process dies meanwhile.

    For a command line's main thread.
    """
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with running:
            while not stop.wait(1.0):
                if not running.alive:
                    raise CannotServe("ended", module="simulator")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _checked(agents: Sequence[Agent]) -> Sequence[Agent]:
    """The agents, each at a loopback address of its own and with security protocols that exist. Raises CannotServe."""
    names: dict[str, str] = {}
    for agent in agents:
        if not agent.address.startswith("127."):
            raise CannotServe("not_loopback", name=agent.name, address=agent.address)
        if agent.address in names:
            raise CannotServe("same_address", address=agent.address, names=f"{names[agent.address]}, {agent.name}")
        names[agent.address] = agent.name
        for user in agent.snmp.users if agent.snmp else ():
            try:
                keys(user, b"")
            except ValueError as error:
                raise CannotServe("unknown_protocol", reason=error) from error
    return agents


def _portable(face: SnmpFace) -> SnmpFace:
    """The face as it can be sent to another process: a tree that cannot travel as its recipe travels as its rows."""
    try:
        pickle.dumps(face)
    except (pickle.PicklingError, AttributeError, TypeError):
        return replace(face, tree=dict(face.tree))
    return face
