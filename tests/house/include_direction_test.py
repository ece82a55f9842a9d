# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
"""Includes run downward only. The order of the rooms is that of
src/CMakeLists.txt: it lives there once."""

import re
import unittest

import house


class IncludeDirection(unittest.TestCase):
    def setUp(self):
        self.rooms = house.Rooms()

    def test_rooms_are_declared_after_what_they_use(self):
        for room in self.rooms.order:
            before = self.rooms.order[:self.rooms.order.index(room)]
            for library in self.rooms.uses[room]:
                used = library.removeprefix("msf_")
                if used in self.rooms.order:
                    self.assertIn(used, before, f"{room} uses {used}")

    def test_every_folder_of_src_is_a_room(self):
        folders = {f.parts[1] for f in house.files("src") if len(f.parts) > 2}
        self.assertEqual(folders, set(self.rooms.order))

    def test_promised_walls_stand(self):
        for room, other in (("import", "passes"), ("passes", "import"),
                            ("plan", "import"), ("exec", "emit"),
                            ("emit", "exec"), ("schedule", "exec"),
                            ("target", "ir"), ("support", "target")):
            self.assertFalse(self.rooms.may_include(room, other),
                             f"{room} may include {other}")

    def test_rooms_include_downward(self):
        for path in house.files("src"):
            if len(path.parts) < 3 or path.suffix not in (".h", ".cc"):
                continue
            room = path.parts[1]
            for kind, name in house.includes(path):
                if kind == '"':
                    self.check(path, room, name)

    def test_the_command_line_includes_what_it_links(self):
        declared = house.text("tools/msfc/CMakeLists.txt")
        linked = re.findall(r"\bmsf_(\w+)", declared)
        for path in house.files("tools"):
            for kind, name in house.includes(path) if path.suffix in (
                    ".h", ".cc") else []:
                if kind != '"' or (house.ROOT / path.parent / name).exists():
                    continue
                other = name.split("/")[0]
                self.assertTrue(
                    other == "msf" or any(
                        self.rooms.may_include(room, other)
                        for room in linked), f"{path} includes {name}")

    def check(self, path, room, name):
        """One include with quotes of a file of a room."""
        message = f"{path} includes {name}"
        libraries = self.rooms.libraries(room)
        if (house.ROOT / "src" / name).exists() and "/" in name:
            other = name.split("/")[0]
            self.assertTrue(self.rooms.may_include(room, other),
                            f"{message}: {room} may not include {other}")
        elif name.startswith("msf/"):
            self.assertTrue((house.ROOT / "include" / name).exists(), message)
        elif (house.ROOT / "runtime" / name).exists():
            self.assertIn("msf_runtime", libraries, message)
        elif name.endswith("_generated.h"):
            self.assertIn("msf_wire", libraries, message)
        else:
            self.fail(f"{message}: name it from src/, runtime/ or include/")


class PublicHeaders(unittest.TestCase):
    def test_they_include_the_standard_library_and_each_other(self):
        for path in house.files("include"):
            for kind, name in house.includes(path):
                ours = kind == '"' and name.startswith("msf/")
                standard = kind == "<" and re.fullmatch(r"[a-z_]+", name)
                self.assertTrue(ours or standard, f"{path} includes {name}")


class Runtime(unittest.TestCase):
    def test_it_includes_nothing_but_itself_and_two_headers(self):
        for path in house.files("runtime"):
            if path.suffix not in (".h", ".cpp", ".def"):
                continue
            allowed = {"stdint.h", "stddef.h"}
            if "isa" in path.parts:
                allowed |= {"arm_acle.h", "arm_mve.h"}
            for kind, name in house.includes(path):
                if kind == '"':
                    self.assertTrue((house.ROOT / "runtime" / name).is_file(),
                                    f"{path} includes {name}")
                else:
                    self.assertIn(name, allowed, f"{path} includes {name}")


class Wire(unittest.TestCase):
    def test_only_the_importer_sees_flatbuffers(self):
        for path in house.files("src", "include", "tools", "runtime"):
            if path.suffix not in (".h", ".cc", ".cpp"):
                continue
            if path.parts[:2] == ("src", "import"):
                continue
            for _, name in house.includes(path):
                self.assertNotRegex(name, "flatbuffers|_generated",
                                    f"{path} includes {name}")


if __name__ == "__main__":
    unittest.main()
