#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""schedulers_json.py SCHEMA SCHEDULERS.JSON PAGE-DIRECTORY PROGRAM...

schedulers.json is what its schema says, has all schedulers, with the options of their programs
as parameters, and each has a page that names all of them.
"""

import copy
import json
import pathlib
import re
import subprocess
import sys

schema_file, json_file, page_directory, *programs = map(pathlib.Path, sys.argv[1:])

schema = json.loads(schema_file.read_text(encoding="utf-8"))
document = json.loads(json_file.read_text(encoding="utf-8"))
schedulers = {s["name"]: s for s in document["schedulers"]}


def help_of(program):
    return json.loads(subprocess.run([program, "--help-json"], capture_output=True, check=True).stdout)


def parameter(option):
    """What schedulers.json is to say of an option."""
    members = {"option": f"--{option['name']}", "description": option["help"]}
    for key, name in ("type", "type"), ("unit", "unit"), ("default", "default"), ("range", "range"), (
        "choices",
        "options",
    ):
        if key in option:
            members[name] = option[key]
    for key in "excludes", "needs":
        if key in option:
            members[key] = [f"--{other}" for other in option[key]]
    return members


def check_page(name, description):
    """The page has a row for every option and statistic."""
    page = (page_directory / f"{name}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {name}\n\n{description['summary']}\n"), name
    rows = re.findall(r"^\| (?:`-., )?.*?`(--[a-z-]+|[a-z0-9_]+)`", page, re.MULTILINE)
    expected = [f"--{o['name']}" for group in description["groups"] for o in group["options"]]
    expected += [s["name"] for s in description["statistics"]]
    assert rows == expected, f"{name}: {rows} instead of {expected}"
    for title in "Use cases", "Algorithm", "Characteristics", "Limitations":
        assert f"\n## {title}\n" in page, f"{name}.md has no section {title}"
    readiness = "yes" if schedulers[name]["production_ready"] else "no"
    assert re.search(rf"^Production-ready: {readiness}\b", page, re.MULTILINE), name


assert list(schedulers) == [program.name for program in programs]
for one in programs:
    help_json = help_of(one)
    own = help_json["groups"][0]["options"]
    told = schedulers[one.name]["tuning_parameters"]
    assert list(told.values()) == [parameter(o) for o in own], f"{one.name}: {told}"
    assert list(told) == [o["name"].replace("-", "_") for o in own]
    check_page(one.name, help_json)

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(77)

jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
validator.validate(document)


def change(path, value):
    """The document with another value at @path; None: without it."""
    other = copy.deepcopy(document)
    *path, last = path
    place = other["schedulers"][0]
    for key in path:
        place = place[key]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return other


# that it takes the document means little unless it refuses others
slice_us = next(iter(document["schedulers"][0]["tuning_parameters"]))
for place, value in [
    (["name"], "simple"),
    (["name"], None),
    (["production_ready"], "yes"),
    (["description"], "x" * 101),
    (["use_cases"], []),
    (["algorithm"], ""),
    (["author"], "x"),
    (["modes"], {"fast": []}),
    (["tuning_parameters", "slice-us"], {}),
    (["tuning_parameters", slice_us, "type"], "number"),
    (["tuning_parameters", slice_us, "default"], "20000"),
    (["tuning_parameters", slice_us, "range"], [1]),
    (["tuning_parameters", slice_us, "range"], None),
    (["tuning_parameters", slice_us, "option"], "slice-us"),
]:
    assert not validator.is_valid(change(place, value)), f"{place} = {value} is taken"
