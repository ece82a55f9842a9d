# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
"""scripts/demo_table.py against an msfc that answers from a table."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import house

SCRIPT = house.ROOT / "scripts" / "demo_table.py"

FAKE = """#!/usr/bin/env python3
import json, sys
verb = sys.argv[1]
on = sys.argv[sys.argv.index("--on") + 1] if "--on" in sys.argv else "host"
answer = json.loads({answers!r}).get(verb + " " + on)
if answer is None:
    sys.exit("no answer to " + " ".join(sys.argv[1:]))
print(json.dumps(answer))
"""

PLAN = {"arena_bytes": 20544, "overhead_factor": 1.125, "macs": 5692512,
        "input_mode": "streamed"}


def run_on(target, equal):
    return {"on": target, "equal": equal, "nodes_compared": 0,
            "arena_touched_bytes": 20540, "stack_bytes": 380,
            "instructions": [58326230, 58326231]}


class DemoTable(unittest.TestCase):
    def table(self, answers, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            msfc = Path(folder) / "msfc"
            msfc.write_text(FAKE.format(answers=json.dumps(answers)),
                            encoding="utf-8")
            os.chmod(msfc, 0o755)
            return subprocess.run(
                [sys.executable, SCRIPT, "--msfc", str(msfc), *arguments],
                capture_output=True, text=True, check=False)

    def answers(self, **more):
        return {"analyze host": {"plain_arena_bytes": 129024},
                "plan host": PLAN, **more}

    def test_one_line_a_target_with_every_figure(self):
        done = self.table(
            self.answers(**{"run m4": run_on("m4", True)}),
            "--on", "m4", "--", "m.tflite")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(
            done.stdout.splitlines()[2].split(),
            ["m4", "129,024", "20,544", "20,540", "1.12", "58,326,230", "380",
             "all", "outputs"])

    def test_a_difference_shows_and_is_an_error(self):
        done = self.table(
            self.answers(**{"run m4": run_on("m4", True),
                            "run rv32imc": run_on("rv32imc", False)}),
            "--on", "m4", "rv32imc", "--", "m.tflite")
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stdout.splitlines()[3].endswith("NO"))

    def test_what_msfc_refuses_is_an_error_in_its_words(self):
        done = self.table(
            {"analyze host": {"error": {"where": "m.tflite", "what": "is odd",
                                        "hint": "straighten it"}}},
            "--", "m.tflite")
        self.assertEqual(done.returncode, 1)
        self.assertIn("m.tflite: is odd", done.stderr)

    def test_no_answer_is_an_error(self):
        done = self.table({}, "--", "m.tflite")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no JSON", done.stderr)


if __name__ == "__main__":
    unittest.main()
