# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
"""examples/firmware compiles against what msfc emits, and sees digits."""

import json
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import house

DIGITS = house.ROOT / "examples/digits"
FIRMWARE = house.ROOT / "examples/firmware"
PICTURES = [str(i) for i in range(12)]


class Firmware(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = Path(cls.folder.name)
        for name, mode in (("digits", "streamed"),
                           ("digits_resident", "resident")):
            cls.call(house.MSFC, "compile", DIGITS / "digits96_int8.tflite",
                     "-o", cls.path / name, "--name", name, "--input-mode",
                     mode)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def call(cls, *command):
        done = subprocess.run([str(word) for word in command], text=True,
                              cwd=cls.path, capture_output=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{command}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def test_runs_on_a_pc_and_classifies_as_tflite_does(self):
        self.call("cmake", "-G", "Ninja", "-S", FIRMWARE, "-B", "build",
                  f"-DMODELS={self.path}")
        self.call("cmake", "--build", "build")
        told = json.loads(house.text("examples/digits/accuracy.json"))
        expected = told["committed_predictions"][:len(PICTURES)]
        for example in ("camera", "rtos", "resident"):
            shown = self.call(self.path / "build" / example,
                              DIGITS / "test_images.npy", *PICTURES)
            self.assertEqual([int(d) for d in shown.split()], expected,
                             example)

    def test_compiles_for_a_cortex_m4(self):
        if shutil.which("arm-none-eabi-gcc") is None:
            self.skipTest("arm-none-eabi-gcc is not installed: see "
                          "scripts/install_packages.sh")
        for example in ("camera", "rtos", "resident"):
            model = "digits_resident" if example == "resident" else "digits"
            self.call("arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb",
                      "-std=c11", "-Os", "-ffreestanding", "-Wall", "-Wextra",
                      "-Wconversion", "-Werror", "-I", self.path / model, "-I",
                      self.path / model / "runtime", "-c",
                      FIRMWARE / f"{example}.c", "-o", f"{example}.o")


if __name__ == "__main__":
    unittest.main()
