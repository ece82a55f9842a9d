# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
"""Documents name what exists, and what exists is in the documents."""

import json
import os
import re
import subprocess
import unittest

import house

DIGITS = "examples/digits/digits96_int8.tflite"
DOCUMENTS = [f for f in house.files() if f.suffix == ".md"]
FOLDERS = {f.parts[0] for f in house.files() if len(f.parts) > 1} - {".ci"}


def msfc(*arguments):
    done = subprocess.run([house.MSFC, *arguments], cwd=house.ROOT, text=True,
                          capture_output=True, check=False)
    return done.stdout


def verbs():
    listed = msfc("--help").split("Subcommands:")[1]
    return re.findall(r"^  ([a-z]+)  ", listed, re.MULTILINE)


class Paths(unittest.TestCase):
    def test_links_lead_somewhere(self):
        for document in DOCUMENTS:
            for link in re.findall(r"\]\(([^)#]+)\)", house.text(document)):
                if "://" not in link:
                    target = house.ROOT / document.parent / link
                    self.assertTrue(target.exists(), f"{document}: {link}")

    def test_named_files_exist(self):
        for document in DOCUMENTS:
            for path in self.named(house.text(document)):
                here = house.ROOT / document.parent / path
                self.assertTrue(here.exists() or (house.ROOT / path).exists(),
                                f"{document}: {path}")

    def test_commands_of_the_repository_exist(self):
        for document in DOCUMENTS:
            for name in re.findall(r"(?<![\w/.])\./([a-z]\w*)",
                                   house.text(document)):
                self.assertTrue((house.ROOT / name).is_file(),
                                f"{document}: ./{name}")

    @staticmethod
    def named(text):
        """Paths into the repository in `code`; not patterns, not what is
        built."""
        code = re.findall(r"`([^`\n]+)`", text)
        words = [w.rstrip(".,:;") for c in code for w in c.split()]
        return [w for w in words
                if w.split("/")[0] in FOLDERS and "/" in w
                and not re.search(r"[*<>$={}]", w)]


class Operators(unittest.TestCase):
    def test_the_list_is_what_msfc_prints(self):
        self.assertTrue(
            house.text("docs/operators.md").endswith(
                "\n\n" + msfc("ops", "--markdown")),
            "paste what msfc ops --markdown prints")


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.told = house.text("docs/cli.md")

    def test_every_verb_and_option_is_told(self):
        self.assertIn("plan", verbs())
        for verb in verbs():
            self.assertIn(f"`{verb}`", self.told)
            options = re.findall(r"(?<![\w-])(--[a-z][a-z-]*)",
                                 msfc(verb, "--help").split("Options:")[1]
                                 .split("Example")[0])
            for option in options:
                self.assertRegex(self.told, rf"`(?:-\w`, `|-\w`/`)?{option}\b",
                                 f"msfc {verb} {option}")

    def test_every_json_key_is_told(self):
        for arguments in (["analyze", DIGITS], ["plan", DIGITS],
                          ["run", DIGITS], ["verify", DIGITS], ["ops"],
                          ["targets"], ["doctor"], ["plan", "README.md"],
                          ["plan", DIGITS, "--ram-limit", "1"]):
            answer = json.loads(msfc(*arguments, "--json"))
            for key in self.keys(answer):
                self.assertIn(f"`{key}`", self.told,
                              f"msfc {' '.join(arguments)}")

    def keys(self, answer):
        if isinstance(answer, list):
            for element in answer[:1]:
                yield from self.keys(element)
        if isinstance(answer, dict):
            for key, value in answer.items():
                yield key
                yield from self.keys(value)


class Sample(unittest.TestCase):
    """examples/digits/README.md tells of the files beside it."""

    def test_its_size_is_told(self):
        size = os.path.getsize(house.ROOT / DIGITS)
        self.assertIn(f"{size:,} bytes",
                      house.text("examples/digits/README.md"))

    def test_its_plain_ram_is_told(self):
        answer = json.loads(msfc("analyze", DIGITS, "--json"))
        self.assertIn(f"{answer['plain_arena_bytes']:,} bytes",
                      house.text("examples/digits/README.md"))


if __name__ == "__main__":
    assert house.MSFC.is_file(), f"{house.MSFC} is not built"
    unittest.main()
