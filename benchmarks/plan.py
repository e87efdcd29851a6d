"""The plan by size: seconds, memory, distance from the bound; beside plain milp on the whole model, and the clerk.

    python -m benchmarks.plan [assets …]

Offices of 25 (5,000 assets) and 250 assets (50,000, in 200 offices), five years, prices that grow, with all kinds of rules: one
core before the access switches of each office, batteries as alternatives of UPSs, all access points of some offices at once,
firewalls that must go by the second year, computers that offices lack, fairness between offices. The money pays for a
quarter of the need. Each figure is from a process of its own.

`plain milp` is `scipy.optimize.milp` on all columns and rows with a relative gap of 1e-4 and a limit of time (seconds).
"""

from __future__ import annotations

import resource
import subprocess
import sys
from time import perf_counter, process_time

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.replacement.instance import Coverage, Instance, Mandatory
from analysis.replacement.outlook import curve
from analysis.replacement.programme import Programme
from analysis.replacement.relaxation import whole
from analysis.replacement.solving import solve

SIZES = ((5_000, 200), (50_000, 200))
YEARS = 5
LIMIT = 120.0
#: kind: share of the assets, price in dong, years that it serves, people whom its failure touches
KINDS = {
    "pc": (0.62, 15_000_000, 5, 1),
    "printer": (0.12, 6_000_000, 5, 4),
    "access": (0.1, 12_000_000, 8, 15),
    "ups": (0.08, 5_000_000, 4, 6),
    "wireless": (0.05, 4_500_000, 4, 10),
    "server": (0.03, 120_000_000, 5, 25),
}


def instance(assets: int, offices: int, seed: int = 0) -> Instance:
    """So many assets in so many offices; identical ones are one group."""
    dice = np.random.default_rng(seed)
    per = assets // offices
    rows: list[tuple[str, int, int, np.ndarray, int]] = []  # name, office, count, benefit by year, price
    mandatory: list[str] = []
    covered: list[tuple[str, int]] = []
    bundles: list[list[str]] = []
    before: list[tuple[str, str]] = []
    alternatives: list[tuple[str, str]] = []

    def worth(kind: str, age: int, staff: int, part: float = 1.0) -> np.ndarray:
        _, price, life, people = KINDS[kind]
        touched = people * staff / 20 if people > 1 else 1
        chance = 1 - np.exp(-(((age + np.arange(YEARS) + 1) / (2 * life)) ** 1.6))
        fresh = 1 - np.exp(-(((np.arange(YEARS) + 1) / (2 * life)) ** 1.6))
        yearly = part * (touched * 16 * 60_000 + 0.3 * price)
        return np.array([yearly * (chance[t:].sum() - fresh[: YEARS - t].sum()) for t in range(YEARS)])

    for o in range(offices):
        staff = int(dice.integers(8, 60))
        core, firewall = f"{o:03d}-core", f"{o:03d}-firewall"
        rows.append((core, o, 1, 3 * worth("access", int(dice.integers(4, 14)), staff), 40_000_000))
        rows.append((firewall, o, 1, 2 * worth("access", int(dice.integers(4, 14)), staff), 45_000_000))
        if dice.random() < 0.3:
            mandatory.append(firewall)
        lacking = int(dice.integers(0, 3))
        if lacking:
            rows.append((f"{o:03d}-new-pc", o, lacking, worth("pc", 20, staff) / 2, 15_000_000))
            covered.append((f"{o:03d}-new-pc", lacking))
        kinds = dice.choice(list(KINDS), per - 2, p=[share for share, *_ in KINDS.values()])
        alike: dict[tuple[str, int, int], int] = {}
        access_points = []
        for n, kind in enumerate(kinds.tolist()):
            age, model = int(dice.integers(0, 15)), int(dice.integers(0, 3))
            price = int(KINDS[kind][1] * (0.8 + 0.2 * model))
            name = f"{o:03d}-{kind}-{n:03d}"
            if kind in ("pc", "printer"):
                alike[kind, age, price] = alike.get((kind, age, price), 0) + 1
                continue
            rows.append((name, o, 1, worth(kind, age, staff) * dice.uniform(0.7, 1.4), price))
            if kind == "access":
                before.append((core, name))
            elif kind == "ups":
                rows.append((f"{name}-battery", o, 1, worth(kind, age, staff, 0.6) * dice.uniform(0.7, 1.0), 1_200_000))
                alternatives.append((name, f"{name}-battery"))
            elif kind == "wireless":
                access_points.append(name)
        for (kind, age, price), count in alike.items():
            rows.append((f"{o:03d}-{kind}-{age}-{price}", o, count, worth(kind, age, staff) * dice.uniform(0.7, 1.4), price))
        if len(access_points) > 1 and dice.random() < 0.3:
            bundles.append(access_points)
    at = {name: n for n, (name, *_) in enumerate(rows)}
    cost = np.array([[-(-int(p * 1.04**t) // 1000) * 1000 for t in range(YEARS)] for *_, p in rows], dtype=np.int64)
    count = np.array([n for _, _, n, *_ in rows])
    need = int((cost[:, 0] * count).sum())
    benefit = np.array([b for *_, b, _ in rows])
    return Instance(
        names=tuple(name for name, *_ in rows),
        count=count,
        cost=cost,
        benefit=benefit,
        allowed=(benefit > 0) | np.isin([name for name, *_ in rows], mandatory)[:, None],
        money=(need // 4 // YEARS,) * YEARS,
        mandatory=tuple(Mandatory(at[name], 1) for name in mandatory),
        coverage=tuple(Coverage(name, (at[name],), least, 2) for name, least in covered),
        bundles=tuple(tuple(at[name] for name in bundle) for bundle in bundles),
        before=tuple((at[a], at[b]) for a, b in before),
        alternatives=tuple((at[a], at[b]) for a, b in alternatives),
        office=np.array([o for _, o, *_ in rows]),
        fairness=0.5,
    )


def ours(assets: int, offices: int) -> str:
    made = instance(assets, offices)
    start, busy = perf_counter(), process_time()
    found = solve(made)
    took = f"{perf_counter() - start:7.1f} s  {process_time() - busy:7.1f} s of a processor"
    assert made.keeps(found.bought)
    return (
        f"ours        {took}  {_memory()}  gap {found.gap:.1e}  missing {found.short.sums}  groups {len(made.names):,}\n"
        f"clerk       {found.greedy / found.bound:.4f} of the bound, missing {found.greedy_short.sums}"
    )


def plain(assets: int, offices: int) -> str:
    made = instance(assets, offices)
    start, busy = perf_counter(), process_time()
    programme = Programme(made.ordered()[0])
    rows = whole(programme, dict.fromkeys(("mandatory", "coverage", "fairness"), 0.0))
    found = milp(
        -programme.gain / programme.scale,
        constraints=[LinearConstraint(rows.rows.matrix, rows.rows.lower, rows.rows.upper)],
        integrality=np.ones(len(programme.unit)),
        bounds=Bounds(0, programme.size.astype(float)),
        options={"mip_rel_gap": 1e-4, "time_limit": LIMIT},
    )
    gap = "nothing found" if found.x is None else f"gap {1 - found.fun / found.mip_dual_bound:.1e}"
    took = f"{perf_counter() - start:7.1f} s  {process_time() - busy:7.1f} s of a processor"
    return f"plain milp  {took}  {_memory()}  {gap}  (limit {LIMIT:.0f} s)"


def budgets(assets: int, offices: int) -> str:
    made = instance(assets, offices)
    start, busy = perf_counter(), process_time()
    points = curve(made, [0.1 * n for n in range(25)])
    took = f"{perf_counter() - start:7.1f} s  {process_time() - busy:7.1f} s of a processor"
    return f"{len(points)} budgets  {took}  {_memory()}"


def _memory() -> str:
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MiB"


def main(sizes: list[int]) -> None:
    for assets, offices in SIZES:
        if sizes and assets not in sizes:
            continue
        print(f"{assets:,} assets, {offices} offices, {YEARS} years", flush=True)
        for which in ("ours", "plain", *(["budgets"] if assets <= 5_000 else [])):
            call = f"from benchmarks import plan; print(plan.{which}({assets}, {offices}))"
            subprocess.run([sys.executable, "-c", call], check=True)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]])
