#!/usr/bin/env python3
"""Writes what a Debian package says about itself: `changelog` after CHANGELOG.md, and a machine-readable `copyright`
with every crate that is linked into the program, by what Cargo and the crates' own files say.

    packaging/papers.py FOLDER VERSION MAINTAINER

A crate under a licence that is not among ours stops it: nothing may be in the program without its terms beside it."""

import datetime
import json
import os
import re
import subprocess
import sys
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)
# SPDX, Debian's name, and where the text is: a file beside this one, or one that every Debian has.
LICENCES = {
    "MIT": ("Expat", "MIT.txt"),
    "Apache-2.0": ("Apache-2.0", "/usr/share/common-licenses/Apache-2.0"),
    "BSD-3-Clause": ("BSD-3-Clause", "BSD-3-Clause.txt"),
    "ISC": ("ISC", "ISC.txt"),
    "Zlib": ("Zlib", "Zlib.txt"),
    "Unicode-3.0": ("Unicode-3.0", "Unicode-3.0.txt"),
    "CC0-1.0": ("CC0-1.0", "/usr/share/common-licenses/CC0-1.0"),
    "CC-BY-3.0": ("CC-BY-3.0", "CC-BY-3.0.txt"),
}
NOTICE = re.compile(r"^\W*((?:Copyright|©).*\d{4}.*|Copyright (?:\(c\)|©|The |[A-Z]).*)$", re.IGNORECASE)
# Lines of the licences themselves that begin like a notice.
NO_NOTICE = re.compile(r"\[yyyy\]|notice|license|licence|permission|holder|the above|interest|disclaim", re.IGNORECASE)


def cargo(*args):
    """What Cargo says."""
    return subprocess.run(["cargo", *args, "--locked"], cwd=TOP, check=True, capture_output=True, text=True).stdout


def linked():
    """The crates of others that end up in the program: neither proc macros nor what only builds."""
    tree = cargo("tree", "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}")
    wanted = {tuple(line.split()[:2]) for line in tree.splitlines() if line.strip()}
    for package in json.loads(cargo("metadata", "--format-version", "1"))["packages"]:
        if package["source"] and (package["name"], "v" + package["version"]) in wanted:
            yield package


def terms(expression):
    """A licence in Debian's words: of alternatives, those whose text we have; `None` where a part has none."""
    parts = re.split(r"\s+AND\s+", expression.replace("/", " OR "))
    found = []
    for part in parts:
        choices = [choice.strip() for choice in re.split(r"\s+OR\s+", part.strip().strip("()"))]
        ours = [LICENCES[choice][0] for choice in choices if choice in LICENCES]
        if not ours:
            return None
        if ours not in found:
            found.append(ours)
    if any(len(choices) > 1 for choices in found) and len(found) > 1:
        # Debian's form has no brackets: one of the alternatives is taken.
        found = [[choices[0]] for choices in found]
    return " and ".join(dict.fromkeys(" or ".join(choices) for choices in found))


def notices(package):
    """Whose it is: the notices in a crate's own files, else its authors."""
    folder, lines = os.path.dirname(package["manifest_path"]), []
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if re.match(r"(licen[sc]e|copy|notice|unlicense)", name, re.IGNORECASE) and os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                found = (NOTICE.match(line.strip()) for line in file)
                lines += [match[1].strip(" */`") for match in found if match and not NO_NOTICE.search(match[1])]
    lines = lines or package["authors"] or [f"the authors of {package['name']}"]
    bare = (re.sub(r"^(copyright\s*)?((\(c\)|©)\s*)?(copyright\s*)?", "", line, flags=re.IGNORECASE) for line in lines)
    return list(dict.fromkeys(bare))


def stanza(files, whose, licence, comment=None):
    """One paragraph."""
    lines = [f"Files: {files}", "Copyright: " + "\n ".join(whose), f"License: {licence}"]
    return "\n".join(lines + ([f"Comment: {comment}"] if comment else []))


def copyright_file():
    """`copyright`, whole."""
    parts = ["Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
             "Upstream-Name: dakbox\n"
             "Comment: The program is linked statically with the crates below; a path names crate and version.\n"
             " Of alternatives only those are named whose terms stand in this file.",
             stanza("*", ["2026 The dakbox authors"], "Expat or Apache-2.0"),
             stanza("assets/*", ["Blender Foundation, www.blender.org"], "CC-BY-3.0",
                    "From the film Big Buck Bunny; the captions were added. Two of the films are inside the program.")]
    for package in sorted(linked(), key=lambda package: (package["name"], package["version"])):
        licence = terms(package["license"] or "")
        if licence is None:
            sys.exit(f"{package['name']} {package['version']} is under {package['license']}: "
                     "its terms are not in packaging/licences")
        parts.append(stanza(f"vendor/{package['name']}-{package['version']}/*", notices(package), licence))
        if package["name"] == "libsqlite3-sys":
            parts.append(stanza(f"vendor/{package['name']}-{package['version']}/sqlite3/*", ["none"], "public-domain",
                                "SQLite itself, whose authors disclaim copyright."))
    parts.append(stanza("vendor/rust-std/*", ["The Rust Project contributors"], "Expat or Apache-2.0",
                        "The standard library of the compiler that built the program."))
    used = {name for part in parts for line in part.splitlines() if line.startswith("License: ")
            for name in re.split(r" or | and ", line[9:])}
    parts += [text(name, where) for name, where in LICENCES.values() if name in used]
    parts.append("License: public-domain\n The authors of SQLite have dedicated it to the public domain.")
    return "\n\n".join(parts) + "\n"


def text(name, where):
    """A licence in full, or where every Debian has it."""
    if where.startswith("/"):
        return f"License: {name}\n On Debian systems the full text stands in {where}."
    with open(os.path.join(HERE, "licences", where), encoding="utf-8") as file:
        lines = file.read().strip().splitlines()
    return "\n".join([f"License: {name}"] + [" " + (line or ".") for line in lines])


def changelog(version, maintainer):
    """`changelog`: an entry for each release of CHANGELOG.md; what is not released yet is this version's, dated by the last commit."""
    with open(os.path.join(TOP, "CHANGELOG.md"), encoding="utf-8") as file:
        sections = re.split(r"^## \[(.+?)\](?: - (\S+))?$", file.read(), flags=re.MULTILINE)[1:]
    entries = []
    for name, day, body in zip(sections[::3], sections[1::3], sections[2::3]):
        number = version if name == "Unreleased" else f"{name}-1"
        items = re.findall(r"^- (.+?)(?=^- |^#|^\[|\Z)", body, flags=re.MULTILINE | re.DOTALL)
        if items:
            said = [textwrap.fill(plain(item), 78, initial_indent="  * ", subsequent_indent="    ", break_on_hyphens=False)
                    for item in items]
            entries.append(f"dakbox ({number}) unstable; urgency=medium\n\n" + "\n".join(said)
                           + f"\n\n -- {maintainer}  {moment(day):%a, %d %b %Y %H:%M:%S %z}\n")
    return "\n".join(entries)


def plain(item):
    """Markdown without its links and line ends."""
    return " ".join(re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", item).split())


def moment(day):
    """A release's day; of what is not released the last commit's time, so that the same tree gives the same package."""
    if day:
        return datetime.datetime.fromisoformat(day).replace(tzinfo=datetime.timezone.utc)
    told = os.environ.get("SOURCE_DATE_EPOCH") or subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=TOP, capture_output=True, text=True, check=False).stdout.strip()
    return datetime.datetime.fromtimestamp(int(told or 0), datetime.timezone.utc)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    folder, version, maintainer = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    for name, what in (("changelog", changelog(version, maintainer)), ("copyright", copyright_file())):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(what)


if __name__ == "__main__":
    main()
