"""What is wrong with the network, or soon will be: the frame `findings`.

`given` what they are made from; `speeds` slow and half-duplex ports; `errors` broken frames; `load` uplinks that carry too much;
`flapping` links that come and go; `power` PoE; `presence` what does not answer or hangs nowhere; `agreement` ends of a cable that
differ; `loops` rings without a spanning tree; `lines_out` offices whose way out limits them. Thresholds, with their sources, are
in `analysis/data/connectivity.yaml`. What is not told is not found: no finding rests on a value that is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

import pandas as pd

from analysis.connectivity.columns import FINDINGS
from analysis.connectivity.findings import agreement, errors, flapping, lines_out, load, loops, power, presence, speeds
from analysis.connectivity.findings.given import Given, number
from analysis.tables import code, typed

SEVERITIES = ("high", "medium", "low")


def findings(given: Given) -> pd.DataFrame:
    """Columns: `FINDINGS`, the gravest first, and of these those that concern the most people."""
    rows = chain(
        speeds.slow_links(given),
        speeds.duplexes(given),
        load.oversubscribed(given),
        errors.error_rates(given),
        flapping.flapping(given),
        power.poe_budgets(given),
        presence.not_reachable(given),
        presence.cabled_nowhere(given),
        agreement.vlans(given),
        agreement.names(given),
        loops.loops(given),
        lines_out.offices_limited(given),
    )
    return typed(sorted(rows, key=_order), FINDINGS)


def _order(row: Mapping[str, Any]) -> tuple:
    count = number(row.get("people")) or 0
    names = [code(row.get(name)) for name in ("kind", "office", "device", "port", "other_device", "other_port", "why")]
    return SEVERITIES.index(row["severity"]), -count, names
