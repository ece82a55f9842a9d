# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
"""What every source has, and that lists and folders agree."""

import os
import re
import unittest

import house

LICENCE = "Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0"

# Ways to write to the terminal. snprintf and fmt::format do not.
PRINTS = re.compile(
    r"\b(?:std::)?(?:f|v|vf)?printf\s*\(|\b(?:std::)?f?puts\s*\("
    r"|\bstd::(?:cout|cerr|clog)\b|\bfmt::print\b|\bputchar\s*\("
    r"|\b(?:stdout|stderr)\b")


class EverySource(unittest.TestCase):
    def test_has_the_licence_line_at_its_top(self):
        for path in house.sources():
            top = house.text(path).split("\n")[:2]
            self.assertIn(LICENCE, " ".join(top), path)

    def test_ends_with_a_line_break_and_has_no_tabs(self):
        for path in house.sources():
            content = house.text(path)
            self.assertTrue(content.endswith("\n"), path)
            self.assertNotIn("\t", content, path)

    def test_names_no_machine(self):
        for path in house.sources() + [f for f in house.files()
                                       if f.suffix == ".md"]:
            found = re.search(r"(?<![\w.])/(?:home|root|work|Users)/\w+",
                              house.text(path))
            self.assertIsNone(found, f"{path}: {found}")


class Src(unittest.TestCase):
    def test_prints_nothing(self):
        for path in house.files("src", "include"):
            # check.cc: the last words of a program with a bug.
            if path.suffix not in (".h", ".cc") or path.name == "check.cc":
                continue
            self.assertNotIn(("<", "iostream"), house.includes(path), path)
            found = PRINTS.search(house.code(path))
            self.assertIsNone(found, f"{path}: {found}")

    def test_has_a_file_for_each_operator(self):
        for name in house.msf_lines("src/ir/ops.def"):
            # <name>_op.cc where <name>.cc already is a helper of many.
            path = f"src/ops/{house.snake_case(name)}"
            own = [f for f in (f"{path}.cc", f"{path}_op.cc")
                   if (house.ROOT / f).is_file()
                   and f"OpDef k{name} =" in house.text(f)]
            self.assertEqual(len(own), 1, f"{path}.cc defines no k{name}")

    def test_operators_stand_in_order(self):
        names = house.msf_lines("src/ir/ops.def")
        self.assertEqual(names, sorted(names))


class RuntimeKernels(unittest.TestCase):
    def test_have_a_body_and_a_header(self):
        for name in house.msf_lines("runtime/kernels.def"):
            for suffix in (".cpp", ".h"):
                path = f"runtime/kernels/{name}{suffix}"
                self.assertTrue((house.ROOT / path).is_file(), path)
            self.assertIn(f"void {name}(const msf_call *",
                          house.text(f"runtime/kernels/{name}.cpp"))

    def test_no_body_is_missing_from_the_list(self):
        bodies = {f.stem for f in house.files("runtime/kernels")
                  if f.suffix == ".cpp"}
        self.assertEqual(bodies, set(house.msf_lines("runtime/kernels.def")))


class Scripts(unittest.TestCase):
    def test_may_be_executed(self):
        for path in ("demo", "test", ".ci/run", "scripts/demo_table.py",
                     "scripts/install_packages.sh"):
            self.assertTrue(os.access(house.ROOT / path, os.X_OK), path)


if __name__ == "__main__":
    unittest.main()
