"""Whether a device is there: the rules of `devices.state`. Pure.

- present: it answered in the last scan of its office.
- silent: it was asked in that scan and did not answer.
- not_asked: that scan did not ask its address.
- gone: it was asked in `GONE_AFTER` scans or more since it last answered, over `GONE_DAYS` days or more, and was silent in all
  of them; or a person ruled so after it had last answered. It is present again as soon as it answers.

Silence is not absence: a machine that is switched off at the weekend, and an office whose line is down, are silent too. Hence
several scans, and a month.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

GONE_AFTER = 3
GONE_DAYS = 28


def fold(rows: pd.DataFrame, merged: Mapping[int, int]) -> pd.DataFrame:
    """One row a device: of those that are one (device -> what it turned out to be), where it was confirmed last.

    Columns device_id, first_seen, last_confirmed (seconds since the epoch) and others that go with the last confirmation.
    """
    if not merged:
        return rows
    own = ~rows["device_id"].isin(list(merged))
    rows = rows.assign(device_id=rows["device_id"].replace(dict(merged)), _own=own)
    rows["first_seen"] = rows.groupby("device_id")["first_seen"].transform("min")
    rows = rows.sort_values(["device_id", "last_confirmed", "_own"], kind="stable")
    return rows.drop_duplicates("device_id", keep="last").drop(columns="_own").reset_index(drop=True)


def name(rows: pd.DataFrame, ruled_gone: Mapping[int, int]) -> pd.DataFrame:
    """With `state`; `silences`: scans that asked in vain since last_confirmed; `ruled_gone`: device -> when a person said so."""
    waited = (rows["last_asked"] - rows["last_confirmed"]).astype("Int64") >= GONE_DAYS * 86_400
    by_rule = (rows["silences"] >= GONE_AFTER) & waited
    by_person = rows["device_id"].map(dict(ruled_gone)).astype("Int64") >= rows["last_confirmed"]
    return rows.assign(state=rows["state"].mask(by_rule | by_person.fillna(False), "gone"))
