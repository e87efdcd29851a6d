"""Where the shared services of the administration stand, and who works with them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import pandas as pd

from analysis.connectivity.ways_out import OUTSIDE
from analysis.tables import code


@dataclass(frozen=True, slots=True)
class Service:
    """`host`: the node that it stands on, `OUTSIDE` where the inventory has no such device. `offices`: who works with it; None =
    all."""

    code: str
    host: str
    offices: frozenset[str] | None

    def serves(self, office: str) -> bool:
        return self.offices is None or office in self.offices


def services_of(services: pd.DataFrame | None, devices: pd.DataFrame) -> tuple[Service, ...]:
    """The services of the frame `services`, by code. A service stands on a device whose address or own name its URL names."""
    if services is None or services.empty:
        return ()
    device_at: dict[str, str] = {}
    for name in ("sys_name", "address"):  # an address is the surer one
        known = devices[["device", name]].dropna()
        known = known[~known.duplicated(name, keep=False)]
        device_at |= {str(text).lower(): device for device, text in known.itertuples(index=False)}
    found: dict[str, Service] = {}
    for row in services[["service", "url", "offices"]].dropna(subset=["service"]).to_dict("records"):
        host = (urlsplit(code(row["url"])).hostname or "").lower()
        offices = code(row["offices"])
        found.setdefault(
            row["service"],
            Service(
                row["service"],
                device_at.get(host, OUTSIDE),
                frozenset(part.strip() for part in offices.split(",")) if offices else None,
            ),
        )
    return tuple(found[service] for service in sorted(found))
