#!/usr/bin/env python3
# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
"""What running a network in less RAM is worth: one table.

  scripts/demo_table.py [--msfc PROGRAM] [--on TARGET...] -- MODEL [OPTION...]

Asks msfc (--json) for the RAM of the plain network, for a plan, and for a run
on each target, and prints one line a target. Options behind the model go to
msfc as they are: --ram-limit 64K, --input-mode resident. Exit code 0 only if
every output byte on every target is the reference's. Only Python's standard
library.

  RAM plain     arena of a perfectly packed interpreter that runs node by node
  RAM planned   arena of the plan
  RAM touched   highest byte of the arena that the run wrote, found by painting
  F             work of the plan / work of the plain network
  instructions  retired by the emulated core for one inference; not cycles
  stack         high-water mark below the caller of init and run
  equal         whether every byte is the reference's: on `host` every byte of
                every node, on a target every output byte
"""

import argparse
import json
import subprocess
import sys

COLUMNS = ("target", "RAM plain", "RAM planned", "RAM touched", "F",
           "instructions", "stack", "equal")


class MsfcError(Exception):
    """msfc said no, or something that is no JSON."""


def ask(msfc, *arguments):
    """The JSON object that `msfc ARGUMENTS --json` prints."""
    command = [msfc, *arguments, "--json", "-q"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise MsfcError(f"{' '.join(command)}: exit code {done.returncode}, "
                        f"no JSON\n{done.stderr}") from None
    if "error" in answer:
        error = answer["error"]
        raise MsfcError(f"{error['where']}: {error['what']}\n"
                        f"  hint: {error['hint']}")
    return answer


def number(value):
    """12,345; the first of several; a dash for nothing."""
    if isinstance(value, list):
        value = value[0] if value else None
    return "-" if value is None else f"{value:,}"


def row(analysis, plan, run):
    """The cells of one target's line."""
    nodes = run["nodes_compared"]
    equal = "NO" if not run["equal"] else (
        f"all {nodes} nodes" if nodes else "all outputs")
    return (run["on"], number(analysis["plain_arena_bytes"]),
            number(plan["arena_bytes"]), number(run["arena_touched_bytes"]),
            f"{plan['overhead_factor']:.2f}", number(run["instructions"]),
            number(run["stack_bytes"]), equal)


def render(lines):
    """Columns as wide as they need; all but the first to the right."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    text = []
    for line in lines:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width)
                  for cell, width in zip(line[1:], widths[1:])]
        text.append("  ".join(cells).rstrip())
    text.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(text)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--msfc", default="msfc", help="the program to ask")
    parser.add_argument("--on", nargs="+", metavar="TARGET",
                        default=["host", "m4", "rv32imc"])
    parser.add_argument("--runs", default="1", help="inferences on each")
    parser.add_argument("model")
    parser.add_argument("options", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    about = [arguments.model, *arguments.options]
    try:
        analysis = ask(arguments.msfc, "analyze", arguments.model)
        plan = ask(arguments.msfc, "plan", *about)
        runs = []
        for target in arguments.on:
            verb = ["verify"] if target == "host" else ["run", "--on", target]
            runs.append(ask(arguments.msfc, verb[0], *about, *verb[1:],
                            "--runs", arguments.runs))
    except MsfcError as error:
        print(f"demo_table: {error}", file=sys.stderr)
        return 1
    print(render([COLUMNS, *(row(analysis, plan, run) for run in runs)]))
    print(f"bytes; {plan['macs']:,} MACs an inference, input "
          f"{plan['input_mode']}; instructions are not cycles")
    return 0 if all(run["equal"] for run in runs) else 1


if __name__ == "__main__":
    sys.exit(main())
