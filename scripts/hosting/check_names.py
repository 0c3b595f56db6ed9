#!/usr/bin/env python3
"""Names in compose.yaml and render.yaml that must be said elsewhere: settings of the server, services, volumes, networks, configs."""

import re
import sys

from ruamel.yaml import YAML

OURS = re.compile(r"^(SEALDROP_|S3_|DATABASE_|MAIL_|BREVO_)")


def read(path: str) -> dict:
    with open(path, encoding="utf-8") as file:
        return YAML(typ="safe").load(file)


def known_settings() -> set[str]:
    with open(".env.example", encoding="utf-8") as file:
        names = set(re.findall(r"^#([A-Z0-9_]+)=", file.read(), flags=re.MULTILINE))
    return names | {f"{name}_FILE" for name in names}


def settings(names: object, known: set[str], where: str) -> list[str]:
    return [f"{where}: {name} is no setting of the server" for name in names if OURS.match(name) and name not in known]


def compose_faults(compose: dict, known: set[str]) -> list[str]:
    services, faults = compose["services"], []
    for name, service in services.items():
        if service.get("image") == "sealdrop":
            faults += settings(service.get("environment", {}), known, name)
        wanted = {
            "services": service.get("depends_on", []),
            "networks": service.get("networks", []),
            "configs": [one["source"] for one in service.get("configs", [])],
            "volumes": [one.split(":")[0] for one in service.get("volumes", []) if not one.startswith((".", "/"))],
        }
        for kind, names in wanted.items():
            faults += [f"{name}: {one} is not among {kind}" for one in names if one not in compose.get(kind, {})]
        if not re.search(r":[\w.-]+$", service.get("image", "")) and "build" not in service:
            faults.append(f"{name}: its image has no version")
    used = [service for service in services.values() if "S3_ENDPOINT" in service.get("environment", {})]
    faults += ["a server has no S3_PUBLIC_ENDPOINT" for one in used if "S3_PUBLIC_ENDPOINT" not in one["environment"]]
    return faults


def render_faults(render: dict, known: set[str]) -> list[str]:
    faults = []
    databases = {one["name"] for one in render.get("databases", [])}
    for service in render["services"]:
        faults += settings([one["key"] for one in service["envVars"]], known, service["name"])
        for one in service["envVars"]:
            if "fromDatabase" in one and one["fromDatabase"]["name"] not in databases:
                faults.append(f"{service['name']}: {one['key']} is of a database that is not there")
    return faults


def control() -> None:
    bad = {
        "services": {
            "a": {"image": "sealdrop", "build": ".", "environment": {"SEALDROP_NONSENSE": "1", "S3_ENDPOINT": "x"}, "depends_on": ["b"]},
            "c": {"image": "postgres", "volumes": ["d:/data"], "networks": ["e"], "configs": [{"source": "f"}]},
        }
    }
    faults = compose_faults(bad, {"S3_ENDPOINT"})
    bad = {"services": [{"name": "x", "envVars": [{"key": "S3_NO"}, {"key": "DATABASE_URL", "fromDatabase": {"name": "y"}}]}]}
    faults += render_faults(bad, {"DATABASE_URL"})
    if len(faults) != 9:
        sys.exit(f"of nine planted faults these were found: {faults}")


def main() -> None:
    control()
    known = known_settings()
    faults = compose_faults(read("compose.yaml"), known) + render_faults(read("render.yaml"), known)
    print("\n".join(faults))
    sys.exit(bool(faults))


main()
