#!/usr/bin/python3
"""usage: test_printer_faults.py device|queue

Everything that may go wrong while a booklet is printed, each once, through the real driver: the
outcome is the right one of docs/RELIABILITY.md, in time, nothing is printed twice, and nothing comes
out once the machine has come to its end. Prints the tables."""
import os
import shutil
import sys

import system  # noqa: F401  (finds the harness)
import printing
import printing_cells

LANES = 14  # most of it is waiting
SKIPPED = 77


def main():
    way = sys.argv[1]
    build = os.environ.get("KIOSK_BUILD", "build")
    if way == "queue" and not shutil.which("cupsd", path=os.environ["PATH"] + ":/usr/sbin"):
        print("no cupsd is installed (package cups-daemon)")
        return SKIPPED
    results = printing.run_cells(build, way, printing_cells.cells_of(way), LANES)
    repeated = printing.run_again(build, way, results)
    for table in printing_cells.TABLES:
        part = [result for result in results if result.cell in table]
        if part:
            print(printing.format_table(part), end="\n\n")
    for result in repeated:
        print("tried again, alone:", result.describe())
    wrong = [result for result in results if not result.is_right]
    for result in wrong:
        print(result.describe())
        for line in result.lines[-12:]:
            print("   ", line)
    print(f"{way}: {len(results)} cells, {len(wrong)} wrong, slowest outcome after "
          f"{max(result.took_s for result in results):.1f} s of {printing.BUDGET_S:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
