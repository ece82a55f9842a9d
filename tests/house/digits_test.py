# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
"""The sample under its plan gives TFLite's bytes: the checksums of TFLite's
reference kernels for the pictures, from examples/digits/accuracy.json."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import house

MSFC = os.environ.get("MSFC", str(house.ROOT / "build/release/msfc"))
DIGITS = house.ROOT / "examples/digits"
PICTURE_BYTES = 96 * 96
PICTURES = 10


def pictures():
    """The bytes of each picture of a version 1 .npy file."""
    data = (DIGITS / "test_images.npy").read_bytes()
    start = 10 + int.from_bytes(data[8:10], "little")
    return [data[i:i + PICTURE_BYTES]
            for i in range(start, len(data), PICTURE_BYTES)]


class Digits(unittest.TestCase):
    def test_outputs_are_those_of_tflite(self):
        told = json.loads((DIGITS / "accuracy.json").read_text("utf-8"))
        for mode in ("streamed", "resident"):
            for i, picture in enumerate(pictures()[:PICTURES]):
                crc = told["committed_output_crc32"][i]
                self.assertEqual(self.crc32(picture, mode), crc,
                                 f"picture {i}, {mode}")

    def crc32(self, picture, mode):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "picture.bin"
            path.write_bytes(picture)
            done = subprocess.run(
                [MSFC, "run", DIGITS / "digits96_int8.tflite", "--json",
                 "--input-mode", mode, "--input", path],
                capture_output=True, text=True, check=False)
        answer = json.loads(done.stdout)
        self.assertTrue(answer.get("equal"), done.stdout)
        return answer["output_crc32"][0]


if __name__ == "__main__":
    unittest.main()
