# SPDX-License-Identifier: MIT
"""Adds up what the JUnit files of script/test say, in one last line."""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path


def count(path):
    """The numbers of passed, failed and skipped tests in one file."""
    passed = failed = skipped = 0
    for case in ET.parse(path).iter("testcase"):
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"} or case.get("status") == "fail":
            failed += 1
            print("FAILED:", path.stem, case.get("classname", ""),
                  case.get("name"))
        elif "skipped" in kinds:
            skipped += 1
            reason = case.find("skipped").get("message", "")
            print("skipped:", case.get("name"), "-", reason)
        else:
            passed += 1
    return passed, failed, skipped


def main():
    folder, other = Path(sys.argv[1]), int(sys.argv[2])
    totals = [0, 0, 0]
    for path in sorted(folder.glob("*.xml")):
        numbers = count(path)
        print("%-12s %4d passed, %d failed, %d skipped"
              % (path.stem, *numbers))
        totals = [a + b for a, b in zip(totals, numbers)]
    # A step that failed without a failed test to blame still counts.
    failed = totals[1] or other
    print("%d passed, %d failed" % (totals[0], failed))
    return 1 if failed or other else 0


if __name__ == "__main__":
    sys.exit(main())
