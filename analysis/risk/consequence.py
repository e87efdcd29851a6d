"""What a failure costs: whose work stops, and what a repair or a purchase in a hurry costs.

    cost = (people * work + people who only lose a service * service_work) * hours * price of an hour + money
    money = price * (repaired * repair_price + (1 - repaired) * (1 + emergency_premium));  of a part: its price * (1 + premium)

People are counted with the network as it is found (`analysis.connectivity`): the device is taken away, and those without a path
to the way out are counted, an office's staff times the share of its machines that is cut off. A server stops those who work with
the services that are known to stand on it, else its office. What a UPS feeds nobody can tell: its office's staff, divided by the
UPSs there are. A device that nobody waits for costs its repair only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.risk.parameters import Parameters
from analysis.tables import code


def reached(devices: pd.DataFrame, offices: pd.DataFrame, behind: pd.DataFrame, parameters: Parameters) -> pd.DataFrame:
    """people, service_people (Int64), one row for each of `devices`: whose work its failure stops, and who only loses a service.

    `behind`: `connectivity.BEHIND`.
    """
    staff = {o: int(s) for o, s in zip(offices["office"], offices["staff"], strict=True) if pd.notna(s)}
    cut = {name: behind.set_index("device")[name].to_dict() for name in ("people", "service_people") if name in behind}
    count = Counter(zip(devices["office"], devices["kind"], strict=True))
    found = []
    for device, office, kind in devices[["device", "office", "kind"]].itertuples(index=False):
        hazard = parameters.hazards.get(code(kind))
        behind_it, lose_service = (_count(cut.get(name, {}).get(device)) for name in ("people", "service_people"))
        match hazard.people if hazard is not None else "none":
            case "behind":
                found.append((behind_it, lose_service))
            case "service":
                found.append((lose_service or staff.get(office, 0), 0))
            case "self":
                found.append((1, 0))
            case "shared":
                found.append((-(-staff.get(office, 0) // count[(office, kind)]), 0))  # rounded up
            case "office":
                found.append((staff.get(office, 0), 0))
            case _:
                found.append((0, 0))
    return pd.DataFrame(found, index=devices.index, columns=["people", "service_people"], dtype="Int64")


def _count(value: object) -> int:
    return 0 if value is None or pd.isna(value) else int(value)  # type: ignore[call-overload]


def failure_costs(
    kinds: Sequence[str],
    people: np.ndarray,
    service_people: np.ndarray,
    price: np.ndarray,
    parameters: Parameters,
    person_hour_vnd: float | None = None,
) -> np.ndarray:
    """Dong that one failure costs, by item. `kinds`: as `Parameters.of` names hazards; `price` of a new one of these."""
    hour = parameters.person_hour_vnd if person_hour_vnd is None else person_hour_vnd
    hurried = 1 + parameters.emergency_premium
    device = parameters.repaired * parameters.repair_price + (1 - parameters.repaired) * hurried
    table = {
        kind: (
            hazard.hours * hour * hazard.work,
            hazard.hours * hour * parameters.service_work,
            hurried if hazard.is_part else device,
        )
        for kind in set(kinds)
        if (hazard := parameters.of(kind)) is not None
    }
    of_people, of_services, of_price = np.array([table.get(kind, (0.0, 0.0, 0.0)) for kind in kinds]).reshape(-1, 3).T
    return of_people * people + of_services * service_people + of_price * price


def incidents(people: np.ndarray, parameters: Parameters, person_hour_vnd: float | None = None) -> np.ndarray:
    """Dong a year that incidents cost while software gets no security fixes."""
    hour = parameters.person_hour_vnd if person_hour_vnd is None else person_hour_vnd
    return np.asarray(people, dtype=float) * (parameters.incidents_per_year * parameters.incident_hours * hour)
