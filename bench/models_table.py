#!/usr/bin/env python3
# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
"""msfc beside another interpreter on emulated cores.

    bench/models_table.py --facts FACTS.json [--targets m4,m55] MODEL...

FACTS.json has what was measured of the other one: `peer` (its name), `models`
by file name without extension, each by the other's build (KEYS below):
`instructions`, `arena_bytes`. msfc runs its line-buffer plan (F = 1.00), with
the outputs compared with the reference.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("MSFC", str(ROOT / "build" / "release" / "msfc"))

# The other one's best build for each core of ours.
KEYS = {"m4": "m4_cmsis_nn", "m55": "m55_cmsis_nn", "rv32imc": "rv32_reference"}


def bench(models, target, method):
    """What msfc bench prints as JSON; a model that it refuses ends all."""
    done = subprocess.run(
        [PROGRAM, "bench", *models, "--target", target, "--method", method,
         "--json"], check=False, capture_output=True, text=True)
    report = json.loads(done.stdout)
    if "error" in report:
        error = report["error"]
        sys.exit(f"{error['where']}: {error['what']}")
    return report["models"]


def number(value):
    return "-" if value is None else f"{value:,}"


def line(run, theirs):
    """One model on one target; `theirs` may be empty."""
    instructions = run["instructions"][0]
    other = theirs.get("instructions")
    ratio = f"{instructions / other:.2f}" if other else "-"
    return (f"{pathlib.Path(run['model']).stem:<24} {run['on']:<8} "
            f"{run['arena_bytes']:>9,} {instructions:>13,} "
            f"{number(theirs.get('arena_bytes')):>9} {number(other):>13} "
            f"{ratio:>6}" + ("" if run["equal"] else "  NOT equal"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", required=True)
    parser.add_argument("--targets", default="m4,m55,rv32imc")
    parser.add_argument("--method", default="line-buffer")
    parser.add_argument("models", nargs="+")
    options = parser.parse_args()
    facts = json.loads(pathlib.Path(options.facts).read_text("utf-8"))
    print(f"the other one: {facts['peer']}\n")
    print(f"{'model':<24} {'target':<8} {'arena':>9} {'instructions':>13} "
          f"{'its arena':>9} {'instructions':>13} {'ratio':>6}")
    all_equal = True
    for target in options.targets.split(","):
        for run in bench(options.models, target, options.method):
            name = pathlib.Path(run["model"]).stem
            theirs = facts["models"].get(name, {}).get(KEYS.get(target), {})
            print(line(run, theirs), flush=True)
            all_equal = all_equal and run["equal"]
    sys.exit(0 if all_equal else 3)


if __name__ == "__main__":
    main()
