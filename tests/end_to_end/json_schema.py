"""Checks JSON against a schema: the keywords that the project's schemas use, and no others."""

import json

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool}
KEYWORDS = {"$schema", "title", "type", "enum", "minimum", "items", "required", "properties", "additionalProperties"}


def read(path):
    return json.loads(path.read_text())


def has_type(value, name):
    if name in ("integer", "number"):
        return isinstance(value, int if name == "integer" else (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def problems(value, schema, place=""):
    """What is wrong, one text each with its place; nothing if the value is as the schema says."""
    unknown = schema.keys() - KEYWORDS
    if unknown:
        raise ValueError(f"keywords this checker does not know: {unknown}")
    if "type" in schema and not has_type(value, schema["type"]):
        return [f"{place}: {value!r} is no {schema['type']}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{place}: {value!r} is none of {schema['enum']}")
    if "minimum" in schema and value < schema["minimum"]:
        found.append(f"{place}: {value!r} is below {schema['minimum']}")
    if isinstance(value, list):
        for index, item in enumerate(value):
            found += problems(item, schema.get("items", {}), f"{place}/{index}")
    if isinstance(value, dict):
        found += [f"{place}: {key} is missing" for key in schema.get("required", []) if key not in value]
        others = schema.get("additionalProperties", {})
        for key, item in value.items():
            wanted = schema.get("properties", {}).get(key, others)
            if wanted is False:
                found.append(f"{place}/{key}: is not in the schema")
            else:
                found += problems(item, wanted, f"{place}/{key}")
    return found
