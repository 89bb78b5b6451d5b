#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""session_schema.py SCHEMA SESSION

The schema takes the session that test_session reads and writes, and refuses it with any member
of another type or out of its range, or without one that must be there.
"""

import copy
import json
import sys

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(77)

schema, session = (json.load(open(name, encoding="utf-8")) for name in sys.argv[1:])
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
validator.validate(session)

# a path without its indices
OPTIONAL = {
    ("command",),
    ("machine",),
    ("arms", "sched"),
    ("arms", "args"),
    ("arms", "version"),
    ("runs", "reason"),
    ("runs", "workload_output"),
    ("runs", "sched_output"),
}
OUT_OF_RANGE = [
    (("format",), "hyperfine"),
    (("version",), 2),
    (("began_us",), -1),
    (("seed",), 1 << 64),
    (("arms",), []),
    (("runs", 0, "arm"), -1),
    (("runs", 0, "round"), 1 << 32),
    (("runs", 0, "status"), "good"),
    (("runs", 0, "exit_status"), 1 << 31),
    (("runs", 0, "measurement", "metrics", 0, "better"), "less"),
    (("runs", 0, "measurement", "distributions", 0, "points"), []),
    (("runs", 0, "measurement", "distributions", 0, "points", 0), [0]),
    (("runs", 0, "measurement", "distributions", 0, "points", 0), [0, 1, 2]),
    (("runs", 0, "measurement", "distributions", 0, "points", 0), [1.5, 1]),
]


def places(value, path=()):
    """The paths of all members and elements; what is in the machine is not the schema's."""
    for key, child in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(child, (dict, list)) and key != "machine":
            yield from places(child, (*path, key))


def taken(path, edit):
    """Whether the session is taken after @edit of what the last of @path is in."""
    other = copy.deepcopy(session)
    parent = other
    for key in path[:-1]:
        parent = parent[key]
    edit(parent, path[-1])
    return validator.is_valid(other)


for place in places(session):
    name = tuple(key for key in place if isinstance(key, str))
    for wrong in None, [{"x": 1}]:
        assert not taken(place, lambda parent, key: parent.__setitem__(key, wrong)), f"{place} = {wrong}"
    if isinstance(place[-1], str):
        assert taken(place, lambda parent, key: parent.pop(key)) == (name in OPTIONAL), f"without {place}"
        assert taken(place, lambda parent, key: parent.update(colour={})), f"another member beside {place}"
for place, value in OUT_OF_RANGE:
    assert not taken(place, lambda parent, key: parent.__setitem__(key, value)), f"{place} = {value}"
