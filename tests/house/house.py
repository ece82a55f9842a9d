# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
"""What the tests of the house share: where it is and what is in it."""

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# The program under test.
MSFC = Path(os.environ.get("MSFC", ROOT / "build/release/msfc")).resolve()

# Suffixes and whole names of files that people write.
SOURCE_SUFFIXES = {".c", ".cc", ".cmake", ".cpp", ".def", ".fbs", ".h", ".ld",
                   ".py", ".sh"}
SOURCE_NAMES = {"CMakeLists.txt", "demo", "test", "run"}


def files(*folders):
    """All files below the folders (the whole house if none), without what is
    built, hidden or no one's work. Sorted paths relative to ROOT."""
    found = []
    for folder in folders or ("",):
        for path, names, here in os.walk(ROOT / folder):
            names[:] = [n for n in names
                        if n not in ("build", "__pycache__", "node_modules")
                        and (n == ".ci" or not n.startswith("."))]
            found += [(Path(path) / n).relative_to(ROOT) for n in here]
    return sorted(found)


def sources(*folders):
    return [f for f in files(*folders)
            if f.suffix in SOURCE_SUFFIXES or f.name in SOURCE_NAMES]


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


# One include line: the bracket or quote, and the name.
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]',
                     re.MULTILINE)


def includes(path):
    """(kind, name) pairs; kind is '<' or '"'."""
    return INCLUDE.findall(text(path))


def code(path):
    """C++ without comments and without the text of strings."""
    pattern = re.compile(
        r'R"([^(\s]*)\(.*?\)\1"'       # raw string
        r'|"(?:\\.|[^"\\\n])*"'        # string
        r"|'(?:\\.|[^'\\\n])+'"        # character
        r"|//[^\n]*|/\*.*?\*/",        # comments
        re.DOTALL)
    return pattern.sub(
        lambda m: '""' if m.group().startswith(('"', "R")) else " ",
        text(path))


def msf_lines(path):
    """The names in a list like ops.def: MSF_OP(Add) -> Add."""
    return re.findall(r"^MSF_\w+\((\w+)\)$", text(path), re.MULTILINE)


def snake_case(name):
    """As the files of operators are called: Conv2D -> conv2d, Relu6 -> relu6,
    DepthwiseConv2D -> depthwise_conv2d."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", name).lower()


class Rooms:
    """Who may include whom, as src/CMakeLists.txt declares it."""

    def __init__(self):
        self.order = []      # rooms as they are declared
        self.uses = {}       # room -> libraries it names itself
        declared = re.sub(r"#[^\n]*", "", text("src/CMakeLists.txt"))
        for command, words in re.findall(r"(\w+)\(([^)]*)\)", declared):
            words = words.split()
            if command == "msf_room":
                self.order.append(words[0])
                self.uses[words[0]] = words[1:]
            elif command == "target_link_libraries":
                room = words[0].removeprefix("msf_")
                self.uses[room] += [w for w in words[1:]
                                    if w not in ("PUBLIC", "PRIVATE")]

    def libraries(self, room):
        """All libraries that the room may include, its own among them."""
        seen, open_ = set(), ["msf_" + room]
        while open_:
            library = open_.pop()
            if library in seen:
                continue
            seen.add(library)
            open_ += self.uses.get(library.removeprefix("msf_"), [])
        return seen

    def may_include(self, room, other):
        return "msf_" + other in self.libraries(room)
