"""What offices need to meet the goals, in the reader's words: what `analysis.goal_steps` finds."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from reports.texts import Say, is_missing


def steps(rows: pd.DataFrame, say: Say, devices: Mapping[str, str], services: Mapping[str, str]) -> pd.DataFrame:
    """Steps with `step_words`, a sentence each. `devices`, `services`: names by id and code."""

    def said(step: str, count: object, device: object, service: object) -> str:
        names = [services.get(code, code) for code in str(service).split(",")] if not is_missing(service) else []
        return say(
            f"office_readiness.step.{step}",
            count=count,
            device=None if is_missing(device) else devices.get(str(device), str(device)),
            services=say.listing(names),
        )

    told = [said(*row) for row in zip(rows["step"], rows["count"], rows["device"], rows["service"], strict=True)]
    return rows.assign(step_words=pd.Series(told, index=rows.index, dtype="string"))
