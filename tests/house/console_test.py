#!/usr/bin/env python3
# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
"""Runs what the documents show. In a block

    ```console
    $ msfc plan examples/digits/digits96_int8.tflite
    what it prints
    ...
    ```

every `$` line is a command, run in one scratch folder for each document (with
the repository's folders in it and msfc on the PATH), and the lines behind it
are what it must print, standard error included. A line `...` stands for any
lines. A command that fails is followed by a line `[exit code N]`. A block
marked `console shared` reads from ../shared, and is left out where that folder
does not stand beside the clone.

    tests/house/console_test.py --update

writes what the commands print now into the documents. MSFC names the program
(default: build/release/msfc).
"""

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import house

BLOCK = re.compile(r"^```console( shared)?\n(.*?)^```$",
                   re.MULTILINE | re.DOTALL)
SHARED = house.ROOT.parent / "shared"


def documents():
    return [f for f in house.files() if f.suffix == ".md"
            and BLOCK.search(house.text(f))]


def parse(block):
    """[(command, expected lines)] of a block; a command may go on in the next
    line behind a backslash."""
    steps, lines = [], block.splitlines()
    while lines:
        line = lines.pop(0)
        if line.startswith("$ "):
            while line.endswith("\\"):
                line += "\n" + lines.pop(0)
            steps.append((line[2:], []))
        elif steps:
            steps[-1][1].append(line)
        else:
            raise ValueError(f"a console block begins with $: {line}")
    return steps


def run(command, folder):
    """What the command prints, as lines."""
    path = f"{house.MSFC.parent}:{os.environ['PATH']}"
    environment = dict(os.environ, PATH=path)
    done = subprocess.run(["bash", "-c", command], cwd=folder, text=True,
                          env=environment, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    if done.returncode:
        lines.append(f"[exit code {done.returncode}]")
    return lines


def matches(expected, got):
    """Whether the lines are the expected ones; `...` is any number of lines."""
    if not expected:
        return not got
    if expected[0] == "...":
        return any(matches(expected[1:], got[i:]) for i in range(len(got) + 1))
    return bool(got) and expected[0] == got[0] and matches(expected[1:],
                                                           got[1:])


def renew(expected, got):
    """The lines to show: all, or as many before and after the `...`."""
    if "..." not in expected or matches(expected, got):
        return expected if matches(expected, got) else got
    before = expected.index("...")
    after = len(expected) - before - 1
    return got[:before] + ["..."] + (got[-after:] if after else [])


def scratch(folder):
    """The repository's folders and what is beside them, as a user in the clone
    sees them; the clone's path."""
    clone = Path(folder) / "clone"
    clone.mkdir()
    for name in ("bench", "examples", "scripts", "src", "runtime", "targets"):
        (clone / name).symlink_to(house.ROOT / name)
    if SHARED.is_dir():
        (Path(folder) / SHARED.name).symlink_to(SHARED)
    return clone


def can_run(needs_shared):
    return not needs_shared or SHARED.is_dir()


class Documents(unittest.TestCase):
    maxDiff = None

    def test_print_what_they_show(self):
        for document in documents():
            with tempfile.TemporaryDirectory() as folder:
                clone = scratch(folder)
                for shared, block in BLOCK.findall(house.text(document)):
                    for command, expected in (parse(block) if can_run(shared)
                                              else []):
                        self.check(document, command, expected, clone)

    def check(self, document, command, expected, folder):
        with self.subTest(document=str(document), command=command):
            got = run(command, folder)
            if not matches(expected, got):
                self.assertEqual(expected, got, "see --update at the top of "
                                                "tests/house/console_test.py")


def update():
    for document in documents():
        with tempfile.TemporaryDirectory() as folder:
            clone = scratch(folder)

            def renewed(match, clone=clone):
                shared, block = match.groups(default="")
                if not can_run(shared):
                    return match.group()
                lines = ["```console" + shared]
                for command, expected in parse(block):
                    lines.append("$ " + command)
                    lines += renew(expected, run(command, clone))
                return "\n".join([*lines, "```"])

            text = house.text(document)
            new = BLOCK.sub(renewed, text)
        if new != text:
            (house.ROOT / document).write_text(new, encoding="utf-8")
            print(f"updated {document}")


if __name__ == "__main__":
    for program in (house.MSFC, house.MSFC.parent / "paper_table"):
        assert program.is_file(), f"{program} is not built"
    if "--update" in sys.argv:
        update()
    else:
        unittest.main()
