#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""help_json.py PROGRAM NAME VERSION

What a scheduler's --help-json says is what --help, --help-stats and --version say: the text of
these is made here out of the JSON, and has to be the same but for line breaks.
"""

import json
import subprocess
import sys

program, name, version = sys.argv[1:]


def output(*arguments):
    r = subprocess.run([program, *arguments], capture_output=True, text=True, check=True)
    assert not r.stderr, f"{arguments} prints to standard error: {r.stderr}"
    return r.stdout


def number(value):
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def sentence(option):
    """The text --help has behind an option."""
    text = option["help"]
    if "choices" in option:
        return f"{text} (one of {', '.join(option['choices'])})"
    if option["type"] == "integer":
        low, high = map(number, option["range"])
        return f"{text} ({low} to {high}, default {number(option['default'])})"
    return text


def words(option):
    """What --help says of an option, as words."""
    letter = f"-{option['letter']}, " if "letter" in option else ""
    metavar = option.get("metavar", "")
    return f"{letter}--{option['name']} {metavar} {sentence(option)}".split()


def check_values(option):
    """A default that can be given, and a range that is one."""
    kind, default = option["type"], option["default"]
    assert ("metavar" in option) == (kind != "boolean"), option
    assert ("range" in option) == (kind in ("integer", "float")), option
    if "range" in option:
        low, high = option["range"]
        assert low < high, option
        assert default is None or low <= default <= high, option
    if kind == "boolean":
        assert default is False, option


description = json.loads(output("--help-json"))
groups = description["groups"]
options = [option for group in groups for option in group["options"]]
for one in options:
    check_values(one)

expected = [f"Usage: {name} [OPTION]...".split(), description["summary"].split()]
for group in groups:
    if group["options"]:
        expected += [f"{group['title']}:".split(), *map(words, group["options"])]
told = [word for line in expected for word in line]
shown = output("--help").split()
assert told == shown, f"--help-json says\n{told}\n--help\n{shown}"

names = {option["name"] for option in options}
for one in options:
    for other in one.get("excludes", []) + one.get("needs", []):
        assert other in names, f"--{one['name']} names --{other}, which does not exist"

assert description["program"] == name
assert f"{name} {description['version']}\n" == output("--version")
assert description["version"] == version
told = [[s["name"], *s["help"].split()] for s in description["statistics"]]
assert told == [line.split() for line in output("--help-stats").splitlines()]
assert {s["kind"] for s in description["statistics"]} <= {"counter", "gauge"}

# others on the command line do not change what there is to say, and a lost output is a failure
assert output("-v", "--help-json") == output("--help-json", "--partial")
with open("/dev/full", "w", encoding="utf-8") as full:
    r = subprocess.run([program, "--help-json"], stdout=full, stderr=subprocess.DEVNULL, check=False)
assert r.returncode == 1, f"--help-json into a full device exits with {r.returncode}"
