#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Says what is wrong with pages of aios-bench: well-formed, alone, and readable without eyes."""
import re
import sys
import xml.etree.ElementTree as ET

REFERENCES = {"href", "src", "srcset", "action", "data", "poster", "{http://www.w3.org/1999/xlink}href"}
FORBIDDEN = {"script", "iframe", "object", "embed", "img", "link", "base", "form", "foreignObject"}


def local(tag):
    return tag.rsplit("}", 1)[-1]


def children(element, name):
    return [e for e in element.iter() if local(e.tag) == name]


def check_element(element, ids):
    name = local(element.tag)
    if name in FORBIDDEN:
        yield f"<{name}>"
    for key, value in element.attrib.items():
        if local(key).startswith("on"):
            yield f"<{name} {key}>"
        if key in REFERENCES and not (value.startswith("#") and value[1:] in ids):
            yield f"<{name}> refers to {value}"
        if key in ("aria-labelledby", "aria-describedby") and value not in ids:
            yield f"<{name}> is described by {value}, which is not there"
        if key == "style" or "url(" in value:
            yield f"<{name} {key}> is {value}"


def check_parts(root):
    for table in children(root, "table"):
        if not children(table, "caption"):
            yield "a table without a caption"
        if any(not th.get("scope") for th in children(table, "th")):
            yield "a heading of a table without a scope"
        width = len(children(table, "tr")[0])
        if any(len(row) != width for row in children(table, "tr")):
            yield "a table with rows of different widths"
    for svg in children(root, "svg"):
        title = children(svg, "title")
        if svg.get("role") != "img" or not title or not title[0].text:
            yield "a plot without a title"
        for element in svg.iter():
            if local(element.tag) != "g" and any("rgb(" in v for v in element.attrib.values()):
                yield "a plot with a colour that is not of the style sheet"
    for figure in children(root, "figure"):
        if not children(figure, "figcaption"):
            yield "a figure without a caption"
    for style in children(root, "style"):
        if re.search(r"url\(|@import|expression\(", style.text):
            yield "a style sheet that refers to something else"


def check(path):
    root = ET.parse(path).getroot()
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    if not root.get("lang") or not children(root, "title")[0].text:
        yield "no language or no title"
    for name in {i for i in ids if ids.count(i) > 1}:
        yield f"the id {name} is there twice"
    for element in root.iter():
        yield from check_element(element, ids)
    yield from check_parts(root)


def main(paths):
    failed = False
    for path in paths:
        try:
            for what in check(path):
                failed = True
                print(f"{path}: {what}")
        except ET.ParseError as error:
            failed = True
            print(f"{path}: not well-formed: {error}")
    return failed


sys.exit(main(sys.argv[1:]))
