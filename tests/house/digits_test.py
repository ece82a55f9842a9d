# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
"""The sample under its plan gives TFLite's bytes: the checksums of TFLite's
reference kernels for the pictures, from examples/digits/accuracy.json."""

import json
import subprocess
import unittest

import house

DIGITS = house.ROOT / "examples/digits"
PICTURES = 20


class Digits(unittest.TestCase):
    def test_outputs_are_those_of_tflite(self):
        told = json.loads((DIGITS / "accuracy.json").read_text("utf-8"))
        for mode in ("streamed", "resident"):
            done = subprocess.run(
                [house.MSFC, "run", DIGITS / "digits96_int8.tflite", "--json",
                 "--input-mode", mode, "--runs", str(PICTURES), "--input",
                 DIGITS / "test_images.npy"],
                capture_output=True, text=True, check=False)
            answer = json.loads(done.stdout)
            self.assertTrue(answer.get("equal"), done.stdout)
            self.assertEqual(answer["output_crc32"],
                             told["committed_output_crc32"][:PICTURES], mode)


if __name__ == "__main__":
    unittest.main()
