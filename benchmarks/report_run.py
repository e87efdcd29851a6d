"""What a report costs beside what no report can do without: one process that imports the kernel, pandas and matplotlib.

python -m benchmarks.report_run [ROUNDS]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.timing import rounds
from reports.run import Request, run_many

NOTEBOOKS = Path(__file__).parents[1] / "tests" / "reports" / "notebooks"
NEEDED = "import ipykernel.kernelapp, pandas, matplotlib.pyplot"


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)

        def run(count: int) -> None:
            requests = [Request("small-report", {}, language) for language in ("vi", "en")][:count]
            results = run_many(requests, out_dir=out, workspace=out, folder=NOTEBOOKS)
            assert all(result.done for result in results)

        run(1)  # papermill is imported once
        needed = median(rounds(lambda: subprocess.run([sys.executable, "-c", NEEDED], check=True), times))
        one, two = median(rounds(lambda: run(1), times)), median(rounds(lambda: run(2), times))
    print(f"imports alone        {needed:5.2f} s")
    print(f"one report           {one:5.2f} s  {one / needed:4.2f} x")
    print(f"two side by side     {two:5.2f} s  {two / needed:4.2f} x")


if __name__ == "__main__":
    main()
