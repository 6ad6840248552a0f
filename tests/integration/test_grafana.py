#!/usr/bin/env python3
"""deploy/grafana without Grafana: its files are JSON and YAML, each query runs as role lagesbild_council, each expression (of an alert, too) names a
metric of ours."""
import glob
import json
import os
import re
import subprocess
import sys

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from installation import Installation  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GRAFANA = os.path.join(ROOT, "deploy", "grafana")
OURS = re.compile(r"lagesbild_[a-z_]+")


def metrics():
    text = "".join(open(p, encoding="utf-8").read() for p in glob.glob(os.path.join(ROOT, "services", "**", "*.c"), recursive=True))
    return set(re.findall(r'"(lagesbild_[a-z_]+)"', text)) | {"lagesbild_" + n for n in re.findall(r'(?:COUNTER|GAUGE)\(\w+, "(\w+)"', text)}


def plain(sql):
    """A query as Grafana would send it, with the first value of each variable."""
    sql = re.sub(r"\$__timeFilter\(([^)]*\)?[^)]*)\)", r"\1 > now() - interval '100 years'", sql)
    return sql.replace("$municipality", "1881").replace("$source", "press")


def main():
    known = metrics()
    queries, expressions = [], []
    for path in sorted(glob.glob(os.path.join(GRAFANA, "provisioning", "*", "*.yml"))):
        assert yaml.safe_load(open(path, encoding="utf-8"))["apiVersion"] == 1, path
    for path in sorted(glob.glob(os.path.join(GRAFANA, "dashboards", "*.json"))):
        board = json.load(open(path, encoding="utf-8"))
        assert len({p["id"] for p in board["panels"]}) == len(board["panels"]), path
        queries += [v["query"] for v in board["templating"]["list"]]
        for panel in board["panels"]:
            for target in panel["targets"]:
                (queries if "rawSql" in target else expressions).append(target.get("rawSql") or target["expr"])
    assert queries and expressions
    for e in expressions:
        for name in OURS.findall(e):
            assert re.sub(r"_(bucket|sum|count)$", "", name) in known, f"no service has the metric {name}"
    rules = yaml.safe_load(open(os.path.join(ROOT, "deploy", "prometheus", "alerts.yml"), encoding="utf-8"))["groups"][0]["rules"]
    for e in [r["expr"] for r in rules]:
        for name in OURS.findall(e):
            assert re.sub(r"_(bucket|sum|count)$", "", name) in known, f"no service has the metric {name} of an alert"
    with Installation("grafana") as i:
        for q in queries:
            done = subprocess.run(["psql", "-XAtqv", "ON_ERROR_STOP=1", "-c", f"SET ROLE lagesbild_council; {plain(q)}"], env=i.env, text=True,
                                  capture_output=True, check=False)
            assert done.returncode == 0, f"{done.stderr}\n{plain(q)}"
    print(f"{len(queries)} queries ran, {len(expressions)} expressions name metrics that there are")


main()
