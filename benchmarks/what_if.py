"""How soon the desk for other money and other rules answers: seconds by move of a hand, and for each question about one thing.

    python -m benchmarks.what_if WORKSPACE

Of each move: seconds until the page is there (the plan, its picture and its table), and how near the plan is to the best one.
"""

from __future__ import annotations

import sys
from time import perf_counter, process_time

from analysis.frames import candidates_of
from desk.plan_what_if import PlanWhatIf
from inventory.frames import Inventory

MOVES = (
    *(("slider", million) for million in (420, 450, 500, 300, 100, 50, 0, 800, 1500, 400)),
    *(("years", years) for years in (1, 3, 6, 8, 10, 5)),
    *(("hour", dong) for dong in ("30.000", "120.000", "60.000")),
    *(("carry_over", on) for on in (True, False)),
    *(("reserve", share) for share in (0.1, 0.0)),
    *(("minimum", share) for share in (0.5, 0.8, 0.0)),
    *(("fairness", share) for share in (0.5, 0.9, 0.0)),
    *(("core_first", on) for on in (False, True)),
)


def main(workspace: str) -> None:
    inventory = Inventory(workspace)
    began = perf_counter()
    candidates = candidates_of(inventory)
    print(f"prepared {len(candidates.things):,} things in {perf_counter() - began:.1f} s")
    desk = PlanWhatIf(candidates, inventory.offices(), "vi")
    slowest = 0.0
    print(f"{'move':24}{'wall s':>8}{'cpu s':>8}{'gap':>9}{'items':>7}")
    for control, value in MOVES:
        wall, cpu = perf_counter(), process_time()
        getattr(desk, control).value = value
        taken, used = perf_counter() - wall, process_time() - cpu
        slowest = max(slowest, used)
        assert desk.plan is not None
        print(f"{control + ' ' + str(value):24}{taken:8.2f}{used:8.2f}{desk.plan.gap:9.4%}{len(desk.plan.chosen):7}")
    print(f"slowest move: {slowest:.2f} s of processor time")
    assert desk.plan is not None
    waiting = desk.plan.left_out.query("why == 'budget'")["name"]
    instead = desk.plan.items.query("why == 'instead'")["name"]
    asked = [desk.plan.chosen["name"].iloc[len(desk.plan.chosen) // 2], *waiting.iloc[:: max(len(waiting) // 4, 1)], *instead[:1]]
    for name in asked:
        desk.thing.value = name
        for question in ("why", "price", "money"):
            wall, cpu = perf_counter(), process_time()
            getattr(desk, question)()
            print(f"{name + ' ' + question:24}{perf_counter() - wall:8.2f}{process_time() - cpu:8.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
