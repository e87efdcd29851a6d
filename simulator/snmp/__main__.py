"""The process that serves a network's SNMP agents; started by `simulator.serve`."""

from __future__ import annotations

import threading
from typing import Any

from simulator.child import obey
from simulator.orders import Listen, Seat
from simulator.snmp.wire import Wire, open_socket


def main() -> None:
    wires: list[Wire] = []
    listening = threading.Event()

    def follow(order: Listen | Seat) -> dict[str, Any]:
        if isinstance(order, Listen):
            wires.append(Wire(open_socket(order.port), latency_s=order.latency_s, loss=order.loss, seed=order.seed))
            listening.set()
            return {}
        wires[0].seat(order.faces)  # type: ignore[arg-type]  # the SNMP process is given SNMP faces
        return {"agents": len(order.faces)}

    obey(follow)
    listening.wait()
    wires[0].run()


if __name__ == "__main__":
    main()
