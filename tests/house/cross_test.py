# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
"""The presets arm, helium and riscv build: the runtime alone, warnings are errors."""

import shutil
import subprocess
import tempfile
import unittest

import house


class Cross(unittest.TestCase):
    def build(self, preset, compiler):
        if shutil.which(compiler) is None:
            self.skipTest(f"{compiler} is not installed: see "
                          "scripts/install_packages.sh")
        with tempfile.TemporaryDirectory() as folder:
            for command in (["cmake", "--preset", preset, "-B", folder],
                            ["cmake", "--build", folder]):
                done = subprocess.run(command, cwd=house.ROOT, text=True,
                                      capture_output=True, check=False)
                self.assertEqual(done.returncode, 0,
                                 done.stdout + done.stderr)

    def test_arm(self):
        self.build("arm", "arm-none-eabi-g++")

    def test_helium(self):
        self.build("helium", "arm-none-eabi-g++")

    def test_riscv(self):
        self.build("riscv", "riscv64-unknown-elf-g++")


if __name__ == "__main__":
    unittest.main()
