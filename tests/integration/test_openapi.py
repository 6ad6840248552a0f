#!/usr/bin/env python3
"""schemas/openapi.yaml is true: it has the routes and arguments of `api --routes`, the program serves it, and what each GET really answers fits it."""
import json
import os
import re
import sys

import jsonschema
import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from api import Api  # noqa: E402
from installation import ROOT, SAMPLE, Installation  # noqa: E402

FORMAT = re.compile(r"^/api/v1/(oidc|changes|openapi)")


def described(document):
    """(method, path) -> (arguments of the query, of the path, may anybody, roles in the sentence)"""
    return {(method.upper(), path): (sorted(p["name"] for p in o.get("parameters", []) if p["in"] == "query"),
                                     sorted(p["name"] for p in o.get("parameters", []) if p["in"] == "path"), o.get("security") == [],
                                     re.findall(r"\b(reader|coordinator|actor|operator)\b", o.get("description", "")), o["summary"])
            for path, item in document["paths"].items() for method, o in item.items()}


def routed(routes):
    return {(r["method"], r["pattern"]): (sorted(r["arguments"]), sorted(re.findall(r"{(\w+)}", r["pattern"])), r["access"] == "anybody", r["roles"], r["summary"])
            for r in routes}


def fits(document, path, answer):
    """Validates against the answer's schema; a reference is looked up in the whole document."""
    operation = document["paths"][path]["get"]
    content = operation["responses"]["200"]["content"] if answer.status == 200 else document["components"]["responses"]["Problem"]["content"]
    kind = answer.headers["Content-Type"]
    assert kind in content, f"{path}: {kind} is not described"
    schema = {**content[kind]["schema"], "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(answer.json)


def main():
    with open(os.path.join(ROOT, "schemas", "openapi.yaml"), encoding="utf-8") as f:
        document = yaml.safe_load(f)
    for name, schema in document["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert f"#/components/schemas/{name}" in json.dumps(document), f"{name} is not used"
    for ref in set(re.findall(r"#/components/(\w+)/(\w+)", json.dumps(document))):
        assert ref[1] in document["components"][ref[0]], ref
    with Installation("openapi") as i:
        for name in ("normalizer-press", "aggregator"):
            i.start(name)
        have, want = described(document), routed(json.loads(i.run("api", "--routes").stdout))
        assert have == want, {k: (have.get(k), want.get(k)) for k in have.keys() | want.keys() if have.get(k) != want.get(k)}
        i.collect(SAMPLE)
        i.verify()
        api = Api(i)
        api.account("anna", role="reader").get("/api/v1/categories")
        people = [api.nobody(), api.account("rut"), api.account("berit", role="coordinator,operator")]
        assert people[0].get("/api/v1/openapi.json").json == document, "it serves another"
        paths = {"/api/v1/summary/{period}": ("/api/v1/summary/2025-05", "/api/v1/summary/2024T2", "/api/v1/summary/2024", "/api/v1/summary/2024-13"),
                 "/api/v1/quality": ("/api/v1/quality", "/api/v1/quality?period=2025T1", "/api/v1/quality?period=2025-03/2025-05", "/api/v1/quality?period=x"),
                 "/api/v1/cells": ("/api/v1/cells", "/api/v1/cells?area=18&below=1&from=2025-01&to=2025-03", "/api/v1/cells?by=year&from=2024-01&to=2024-12", "/api/v1/cells?by=x"),
                 "/api/v1/texts/{period}": ("/api/v1/texts/2025-05",), "/api/v1/meetings": ("/api/v1/meetings?year=2027",),
                 "/api/v1/meetings/{id}": ("/api/v1/meetings/1", "/api/v1/meetings/999"), "/api/v1/measures/{id}": ("/api/v1/measures/1",),
                 "/api/v1/effect": ("/api/v1/effect?area=1880&control=1881&category=DAM&from=2025-03&to=2025-05", "/api/v1/effect?area=1880&control=1881&category=DAM&from=2099-03&to=2099-05", "/api/v1/effect"),
                 "/api/v1/outlines": ("/api/v1/outlines?area=1881", "/api/v1/outlines"),
                 "/api/v1/editions/{id}/revisions": ("/api/v1/editions/1/revisions", "/api/v1/editions/x/revisions")}
        people[2].post("/api/v1/meetings/year/2027")
        people[2].post("/api/v1/measures", {"title": "Belysning", "problem": "Mörkt", "kind": "situational", "owner": "teknik"})
        people[2].put("/api/v1/priorities/1881-centrum", {"version": 0, "level": "red", "reason": "Skadegörelse"})
        answers = 0
        for path, item in document["paths"].items():
            if "get" not in item or FORMAT.match(path):
                continue
            for p in people:
                for asked in paths.get(path, (path,)):
                    answer = p.get(asked)
                    try:
                        fits(document, path, answer)
                    except jsonschema.ValidationError as e:
                        raise AssertionError(f"{asked}: {e.message[:300]} at {list(e.absolute_path)}") from None
                    answers += 1
        print(f"{len(have)} operations as the program has them, {answers} answers as they are described")


main()
