#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""testlog.py TESTLOG.JSON OUTPUT-DIRECTORY SUITE...

Reads meson's machine-readable log and prints one line per test of the suites,
"ok|fail|skip TAB suite TAB name TAB milliseconds TAB reason", suite by suite.
The output of a failed test goes to a file in OUTPUT-DIRECTORY, which is its reason.
"""

import json
import pathlib
import sys

STATUS = {"OK": "ok", "EXPECTEDFAIL": "ok", "SKIP": "skip"}


def split_name(name):
    """meson writes "PROJECT:SUITE+SUITE / TEST"; returns ([SUITE...], TEST)."""
    prefix, _, test = name.partition(" / ")
    return prefix.partition(":")[2].split("+"), test


def output(test):
    return "".join(test.get(stream) or "" for stream in ("stdout", "stderr"))


def reason(test, status, name, directory):
    lines = output(test).strip().splitlines()
    if status == "skip":
        return lines[-1] if lines else "no reason given"
    if status == "ok":
        return ""
    path = pathlib.Path(directory) / (name.replace("/", "-") + ".output")
    path.write_text(f"{output(test)}\n({test['result']}, status {test['returncode']})\n")
    return path.name


def main(log, directory, *suites):
    tests = [json.loads(line) for line in pathlib.Path(log).read_text().splitlines()]
    for suite in suites:
        for test in tests:
            own_suites, name = split_name(test["name"])
            if suite not in own_suites:
                continue
            status = STATUS.get(test["result"], "fail")
            milliseconds = int(test["duration"] * 1000)
            fields = (status, suite, name, milliseconds, reason(test, status, name, directory))
            print(*fields, sep="\t")


main(*sys.argv[1:])
