"""How often the 80 % interval holds the true age on simulated districts: `python -m benchmarks.age_calibration [SEED…]`.

By grade, by kind and by evidence; seeds that nothing was tuned on are 201 and above.
"""

from __future__ import annotations

import sys

import pandas as pd

from analysis import ageing
from tests.analysis.aged import Aged, district, mistaken


def judged(aged: Aged) -> pd.DataFrame:
    """The `ages` frame with `true_years` and `held`: whether the interval holds it."""
    frame = ageing.ages(aged.devices, aged.today, components=aged.components, matches=aged.matches, assets=aged.assets)
    true = frame["device"].map(lambda device: (aged.today - aged.built[device]).days / 365.25)
    held = (frame["years_low"] <= true) & (true <= frame["years_high"])
    return frame.assign(true_years=true, held=held.astype(bool), width=frame["years_high"] - frame["years_low"])


def table(frame: pd.DataFrame, by: str) -> str:
    rows = [f"| {by} | devices | held | too young | too old | width |", "|---|--:|--:|--:|--:|--:|"]
    for name, group in frame.groupby(by):
        young = (group["true_years"] > group["years_high"]).mean()
        old = (group["true_years"] < group["years_low"]).mean()
        held = group["held"].mean()
        rows.append(f"| {name} | {len(group)} | {held:.1%} | {young:.1%} | {old:.1%} | {group['width'].median():.2f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    seeds = [int(seed) for seed in sys.argv[1:]] or list(range(201, 209))
    for title, wrong in (("records of the simulator", False), ("with wrong records beside", True)):
        found = ((seed, district(seed)) for seed in seeds)
        everything = pd.concat([judged(mistaken(aged, seed) if wrong else aged) for seed, aged in found], ignore_index=True)
        against = (everything["contradiction"] != "").mean()
        print(f"{title}: {len(everything)} devices, {everything['held'].mean():.1%} held, {against:.1%} contradict\n")
        for by in ("grade", "kind", "basis"):
            print(table(everything, by), end="\n\n")
