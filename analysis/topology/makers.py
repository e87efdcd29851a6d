"""What the maker of an address, and the sort of the address, tell of the machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import pandas as pd

from analysis.tables import code
from inventory.hardware_addresses import mac_class

#: Makers of desk telephones by the beginning of what the OUI registry calls them.
DESK_TELEPHONES = ("yealink", "grandstream", "snom", "fanvil", "polycom", "avaya", "mitel", "gigaset", "aastra", "akuvox", "htek")
#: Makers of telephones and tablets, which have a radio and no socket.
HAND_TELEPHONES = (
    "apple", "samsung electronics", "xiaomi", "beijing xiaomi", "guangdong oppo", "vivo mobile", "huawei device", "honor device",
    "oneplus", "realme", "motorola mobility", "hmd global", "tecno", "shenzhen tecno", "sony mobile", "nokia corporation",
    "lg electronics (mobile", "tcl communication", "zte corporation",
)  # fmt: skip


def sorts(macs: Iterable[str], about: Mapping[str, Mapping]) -> dict[str, str]:
    """MAC -> sort of address. A sort that most have tells nothing: where all are guests, or made up, they count as any other."""
    found = {mac: code(about.get(mac, {}).get("mac_class")) or mac_class(mac) for mac in macs}
    usual = Counter(found.values())
    return {
        mac: "global" if sort in ("local", "virtual") and 2 * usual[sort] > len(found) else sort for mac, sort in found.items()
    }


def desk_telephone(row: Mapping) -> bool:
    """`row`: of the frame `endpoints`."""
    words = f"{code(row.get('name'))} {code(row.get('description'))}".lower()
    return code(row.get("vendor")).lower().startswith(DESK_TELEPHONES) or "phone" in words


def roaming(endpoints: pd.DataFrame) -> frozenset[str] | None:
    """Addresses of machines that have a radio and no socket; None where nobody looked makers up."""
    vendor = [code(name).lower() for name in endpoints["vendor"]]
    if not any(vendor):
        return None
    sort = sorts(endpoints["mac"].tolist(), {row["mac"]: row for row in endpoints[["mac", "mac_class"]].to_dict("records")})
    hand = endpoints["mac"][[name.startswith(HAND_TELEPHONES) for name in vendor]]
    return frozenset(hand) | frozenset(mac for mac, what in sort.items() if what == "local")
