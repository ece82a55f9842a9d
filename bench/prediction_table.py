#!/usr/bin/env python3
# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
"""How well msfc predicts what emulated cores then need.

    bench/prediction_table.py [--targets m4,rv32imc] MODEL...

For each model and target some plans between the least RAM and the least work:
instructions that msfc plan predicts, those that msfc run --on TARGET measures,
and the error. Exit code 1 if an error is larger than --bar (default 8 %).
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("MSFC", str(ROOT / "build" / "release" / "msfc"))


def msfc(*arguments):
    """What msfc prints as JSON."""
    done = subprocess.run([PROGRAM, *arguments, "--json"], check=False,
                          capture_output=True, text=True)
    report = json.loads(done.stdout)
    if "error" in report:
        error = report["error"]
        sys.exit(f"{error['where']}: {error['what']}")
    return report


def plans_of(model, between):
    """Options of plans worth a look: by name."""
    plans = {"line buffers": ["--method", "line-buffer"], "F = 1.00": []}
    points = msfc("front", model)["points"]
    limited = [p for p in points if p["overhead_factor"] <= 1.1]
    if limited:
        limit = limited[0]["arena_bytes"]
        plans["F <= 1.10"] = ["--ram-limit", str(limit)]
    plans["least RAM"] = ["--ram-limit", str(points[0]["arena_bytes"])]
    for i in range(1, between + 1):
        point = points[len(points) * i // (between + 1) % len(points)]
        name = f"F = {point['overhead_factor']:.2f}"
        plans[name] = ["--ram-limit", str(point["arena_bytes"])]
    return plans


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--targets", default="m4,rv32imc")
    parser.add_argument("--between", type=int, default=3,
                        help="plans between those at the ends")
    parser.add_argument("--bar", type=float, default=8.0, help="per cent")
    parser.add_argument("models", nargs="+")
    options = parser.parse_args()
    worst = 0.0
    print(f"{'model':<24} {'target':<8} {'plan':<13} {'RAM':>8} {'F':>5} "
          f"{'predicted':>13} {'measured':>13} {'error':>7}")
    for model in options.models:
        name = pathlib.Path(model).stem
        for plan, limits in plans_of(model, options.between).items():
            planned = msfc("plan", model, *limits)
            for target in options.targets.split(","):
                run = msfc("run", model, "--on", target, *limits)
                predicted = run["predicted_instructions"]
                measured = run["instructions"][0]
                error = 100 * (predicted / measured - 1)
                worst = max(worst, abs(error))
                print(f"{name:<24} {target:<8} {plan:<13} "
                      f"{run['arena_bytes']:>8,} "
                      f"{planned['overhead_factor']:>5.2f} {predicted:>13,} "
                      f"{measured:>13,} {error:>+6.1f}%", flush=True)
    print(f"largest error {worst:.1f} %; instructions of one inference")
    sys.exit(0 if worst <= options.bar else 1)


if __name__ == "__main__":
    main()
