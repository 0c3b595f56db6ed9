#!/usr/bin/env python3
"""Prints the HTTP API as one Markdown page: api_page.py docs/reference/openapi.json"""

import json
import re
import sys

CONSTRAINTS = ("minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "format")


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def code(text: object) -> str:
    return f"`{text}`"


def kind(schema: dict) -> str:
    """The type of a schema, as a link where it has a name."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{anchor(name)})"
    for many in ("oneOf", "anyOf", "allOf"):
        if many in schema:
            return " or ".join(kind(one) for one in schema[many])
    types = schema.get("type", "any")
    if isinstance(types, list):
        return " or ".join("null" if one == "null" else kind({**schema, "type": one}) for one in types)
    if types == "array":
        return "list of " + kind(schema.get("items", {}))
    return types


def anchor(name: str) -> str:
    return "schema-" + name.lower()


def bounds(schema: dict) -> str:
    said = [f"{name} {schema[name]}" for name in CONSTRAINTS if name in schema]
    if "enum" in schema:
        said.append("one of " + ", ".join(code(value) for value in schema["enum"]))
    if "pattern" in schema:
        said.append(f"pattern {code(schema['pattern'])}")
    if "default" in schema:
        said.append(f"default {code(json.dumps(schema['default']))}")
    return "; ".join(said)


def properties(schema: dict) -> list[str]:
    lines = ["| Field | Type | Meaning |", "|---|---|---|"]
    required = schema.get("required", [])
    for name, one in schema.get("properties", {}).items():
        optional = "" if name in required else " (optional)"
        about = ". ".join(part for part in (cell(one.get("description", "")).rstrip("."), cell(bounds(one))) if part)
        lines.append(f"| {code(name)}{optional} | {kind(one)} | {about} |")
    return lines


def body(content: dict) -> str:
    return ", ".join(f"{kind(one.get('schema', {}))} as {code(media)}" for media, one in content.items())


def operation(method: str, path: str, one: dict) -> list[str]:
    lines = [f"### {method.upper()} {path} {{ #{one['operationId']} }}", "", one.get("summary", ""), ""]
    if one.get("description"):
        lines += [one["description"], ""]
    callers = [" and ".join(way) if way else "nobody in particular" for way in (list(way) for way in one.get("security", []))]
    lines += ["Caller: " + (", or ".join(callers) if callers else "anybody") + ".", ""]
    if one.get("parameters"):
        lines += ["| Parameter | In | Meaning |", "|---|---|---|"]
        for parameter in one["parameters"]:
            schema = parameter.get("schema", {})
            optional = "" if parameter.get("required") else " (optional)"
            about = cell(". ".join(part for part in (parameter.get("description", ""), bounds(schema)) if part))
            lines.append(f"| {code(parameter['name'])}{optional} | {parameter['in']} | {about} |")
        lines.append("")
    if "requestBody" in one:
        lines += ["Body: " + body(one["requestBody"]["content"]) + ".", ""]
    lines += ["| Status | Answer | When |", "|---|---|---|"]
    for status, answer in sorted(one["responses"].items()):
        lines.append(f"| {status} | {body(answer.get('content', {})) or '–'} | {cell(answer.get('description', ''))} |")
    return lines + [""]


def schema_page(name: str, schema: dict) -> list[str]:
    lines = [f"### {name} {{ #{anchor(name)} }}", "", schema.get("description", ""), ""]
    if schema.get("properties"):
        return lines + properties(schema) + [""]
    about = bounds(schema)
    return lines + [kind(schema) + (f": {about}" if about else ""), ""]


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        document = json.load(file)
    lines = ["# HTTP API", "", document["info"]["description"], ""]
    lines += ["This page is made from [openapi.json](openapi.json), which is made from the program.", ""]
    lines += ["## Callers", "", "| Name | How |", "|---|---|"]
    for name, scheme in document["components"].get("securitySchemes", {}).items():
        how = scheme.get("description") or f"{scheme.get('type')} {scheme.get('scheme', scheme.get('name', ''))}"
        lines.append(f"| {code(name)} | {cell(how)} |")
    lines.append("")
    by_tag: dict[str, list[str]] = {}
    for path, item in document["paths"].items():
        for method, one in item.items():
            by_tag.setdefault(one.get("tags", ["other"])[0], []).extend(operation(method, path, one))
    for tag, pages in by_tag.items():
        lines += [f"## {tag[0].upper()}{re.sub('[-_]', ' ', tag[1:])}", "", *pages]
    lines += ["## Schemas", ""]
    for name, schema in document["components"]["schemas"].items():
        lines += schema_page(name, schema)
    print("\n".join(lines))


main()
