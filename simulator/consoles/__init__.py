"""What a device shows to someone who logs in, one module a platform; made from the same knowledge as its MIBs.

The outputs' formats follow the vendors' command references and samples; only commands that read are known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simulator.consoles import cisco_ios, comware, fortinet, huawei, linux, mikrotik, procurve
from simulator.consoles.look import Look
from simulator.shown import Shown

__all__ = ["Look", "console"]

PLATFORMS: Mapping[str, Callable[[Shown], Look]] = {
    "cisco_ios": cisco_ios.look,
    "huawei": huawei.look,
    "hp_comware": comware.look,
    "hp_procurve": procurve.look,
    "mikrotik_routeros": mikrotik.look,
    "fortinet": fortinet.look,
    "linux": linux.look,
}


def console(shown: Shown) -> Look:
    """The console of a device whose model has one. Raises KeyError for other platforms."""
    return PLATFORMS[shown.model.platform or ""](shown)
