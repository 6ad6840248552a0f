#!/usr/bin/env python3
"""Every route by everybody: what `api --routes` says, tried as each kind of account. A route without a row here fails the test.

A row: the path that is asked, its body, and what each column of PEOPLE gets. ok: what the route answers to those who may.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from api import Api, Person  # noqa: E402
from installation import ROOT, SAMPLE, Installation, wait_for  # noqa: E402

# Nobody: without a session, one that was signed out, of a closed account, without its second factor, with another's key.
NOBODIES = ("anonymous", "revoked", "closed", "half", "badkey")
# One that sees a source less than all (steering has press hidden), the other group, both roles that act; a program's key reads only.
PEOPLE = NOBODIES + ("steering", "operational", "actor", "coordinator", "operator", "program")
ALL, LEADERS, LEAD, OPERATOR = set(PEOPLE) - set(NOBODIES), {"coordinator", "operator"}, {"coordinator"}, {"operator"}

# (method, pattern): path to ask, body, status for those who may, who may. None for who: anybody.
TABLE = {
    ("GET", "/api/v1/session"): ("/api/v1/session", None, 200, None),
    ("POST", "/api/v1/session"): ("/api/v1/session", {"name": "x", "password": "y"}, 401, None),
    ("DELETE", "/api/v1/session"): ("/api/v1/session", None, 204, None),
    ("POST", "/api/v1/session/second"): ("/api/v1/session/second", {"code": "x"}, 401, None),
    ("POST", "/api/v1/session/second/secret"): ("/api/v1/session/second/secret", None, 200, ALL | {"half"}),
    ("PUT", "/api/v1/session/password"): ("/api/v1/session/password", {"old": "x", "new": "kort"}, 400, ALL),
    ("GET", "/api/v1/oidc"): ("/api/v1/oidc", None, 404, None),
    ("GET", "/api/v1/oidc/callback"): ("/api/v1/oidc/callback", None, 404, None),
    ("GET", "/api/v1/openapi.json"): ("/api/v1/openapi.json", None, 200, None),
    ("GET", "/api/v1/audit"): ("/api/v1/audit", None, 200, LEADERS),
    ("GET", "/api/v1/summary/{period}"): ("/api/v1/summary/2025-05", None, 200, ALL),
    ("GET", "/api/v1/cells"): ("/api/v1/cells?source=press", None, 200, ALL),
    ("GET", "/api/v1/categories"): ("/api/v1/categories", None, 200, ALL),
    ("GET", "/api/v1/sources"): ("/api/v1/sources", None, 200, ALL),
    ("GET", "/api/v1/areas"): ("/api/v1/areas", None, 200, ALL),
    ("GET", "/api/v1/outlines"): ("/api/v1/outlines?area=1881", None, 200, None),
    ("GET", "/api/v1/quality"): ("/api/v1/quality", None, 200, ALL),
    ("GET", "/api/v1/effect"): ("/api/v1/effect?area=1880&control=1881&category=DAM&from=2025-05&to=2025-05", None, 200, ALL),
    ("GET", "/api/v1/balance"): ("/api/v1/balance", None, 200, OPERATOR),
    ("GET", "/api/v1/editions"): ("/api/v1/editions", None, 200, ALL),
    ("POST", "/api/v1/editions"): ("/api/v1/editions", {}, 400, LEAD),
    ("GET", "/api/v1/editions/{id}"): ("/api/v1/editions/999", None, 404, ALL),
    ("POST", "/api/v1/editions/{id}/comments"): ("/api/v1/editions/999/comments", {"comment": "x"}, 404, ALL),
    ("PUT", "/api/v1/editions/{id}/state"): ("/api/v1/editions/999/state", {"state": "approved"}, 404, LEAD),
    ("GET", "/api/v1/editions/{id}/documents"): ("/api/v1/editions/999/documents", None, 404, ALL),
    ("POST", "/api/v1/editions/{id}/documents"): ("/api/v1/editions/999/documents", {"name": "intern.pdf"}, 404, LEAD),
    ("GET", "/api/v1/editions/{id}/documents/{name}"): ("/api/v1/editions/999/documents/intern.pdf", None, 404, ALL),
    ("GET", "/api/v1/public/editions/{id}/offentlig.pdf"): ("/api/v1/public/editions/999/offentlig.pdf", None, 404, None),
    ("GET", "/api/v1/public/editions"): ("/api/v1/public/editions", None, 200, None),
    ("GET", "/api/v1/public/editions/{id}"): ("/api/v1/public/editions/999", None, 404, None),
    ("GET", "/api/v1/public/measures"): ("/api/v1/public/measures", None, 200, None),
    ("GET", "/api/v1/editions/{id}/revisions"): ("/api/v1/editions/999/revisions", None, 404, ALL),
    ("GET", "/api/v1/changes"): ("/api/v1/changes", None, 200, ALL),
    ("GET", "/api/v1/texts/{period}"): ("/api/v1/texts/2025-05", None, 200, ALL),
    ("PUT", "/api/v1/texts/{period}"): ("/api/v1/texts/2025-05", {"version": 0, "x": 1}, 400, LEAD),
    ("GET", "/api/v1/events"): ("/api/v1/events", None, 200, ALL),
    ("POST", "/api/v1/events"): ("/api/v1/events", {}, 400, LEAD),
    ("PUT", "/api/v1/events/{id}"): ("/api/v1/events/999", {"version": 1}, 404, LEAD),
    ("GET", "/api/v1/meetings"): ("/api/v1/meetings", None, 200, ALL),
    ("POST", "/api/v1/meetings"): ("/api/v1/meetings", {}, 400, LEAD),
    ("POST", "/api/v1/meetings/year/{year}"): ("/api/v1/meetings/year/x", None, 400, LEAD),
    ("POST", "/api/v1/meetings/feed"): ("/api/v1/meetings/feed", None, 201, ALL),
    ("GET", "/api/v1/meetings.ics"): ("/api/v1/meetings.ics?key=x", None, 404, None),
    ("GET", "/api/v1/meetings/{id}"): ("/api/v1/meetings/999", None, 404, ALL),
    ("PUT", "/api/v1/meetings/{id}"): ("/api/v1/meetings/999", {"version": 1}, 404, LEAD),
    ("GET", "/api/v1/measures"): ("/api/v1/measures", None, 200, ALL),
    ("POST", "/api/v1/measures"): ("/api/v1/measures", {}, 400, LEAD),
    ("POST", "/api/v1/measures/import"): ("/api/v1/measures/import", {"rows": [], "dry_run": True}, 400, LEAD),
    ("GET", "/api/v1/measures/{id}"): ("/api/v1/measures/999", None, 404, ALL),
    ("PUT", "/api/v1/measures/{id}"): ("/api/v1/measures/999", {"version": 1}, 404, LEAD | {"actor"}),
    ("GET", "/api/v1/actors"): ("/api/v1/actors", None, 200, ALL),
    ("GET", "/api/v1/actors/{code}/measures"): ("/api/v1/actors/teknik/measures", None, 200, ALL),
    ("GET", "/api/v1/priorities"): ("/api/v1/priorities", None, 200, ALL),
    ("PUT", "/api/v1/priorities/{area}"): ("/api/v1/priorities/1881", {"version": 0, "x": 1}, 400, LEAD),
}
# What anybody may have: by name, so that nothing else comes to be so.
OPEN = ("/api/v1/session", "/api/v1/openapi.json", "/api/v1/outlines", "/api/v1/public/editions", "/api/v1/public/editions/{id}", "/api/v1/public/measures")
# Where one kind of account gets something else: a key changes nothing; who sees press not at all is told so.
EXCEPTIONS = {("steering", "GET", "/api/v1/cells"): 403}
HIDDEN = ("/api/v1/sources", "/api/v1/summary/{period}", "/api/v1/quality", "/api/v1/effect", "/api/v1/areas", "/api/v1/categories", "/api/v1/editions")


def expected(who, method, pattern):
    _, _, ok, may = TABLE[method, pattern]
    if (who, method, pattern) in EXCEPTIONS:
        return EXCEPTIONS[who, method, pattern]
    if may is not None and who not in may:
        nobody = who in NOBODIES or pattern.startswith("/api/v1/session/second")
        return 401 if nobody else 403
    if who == "program" and method != "GET":
        return 403  # its key has no word
    return ok


def people(i, api):
    """A maker of a Person for each kind; a session is fresh each time, since some routes end it."""
    def account(name, role="reader", group="", external=()):
        made = i.run("lagesbild", "accounts", "set", name, "--role", role, "--group", group, "--json", *external).stdout
        person = Person(api.port)
        person.sign_in(name, json.loads(made)["password"])
        return person

    made = {"anonymous": Person(api.port), "revoked": account("revoked", "operator", "steering"), "closed": account("closed", "operator", "steering"),
            "half": account("half", "coordinator,operator", "steering,operational", ["--external"]), "badkey": Person(api.port),
            "steering": account("steering", "reader", "steering"), "operational": account("operational", "reader", "operational"),
            "actor": account("actor", "actor", "operational"), "coordinator": account("coordinator", "coordinator"), "operator": account("operator", "operator")}
    cookie, csrf = made["revoked"].cookie, made["revoked"].csrf
    made["revoked"].delete("/api/v1/session")
    made["revoked"].cookie, made["revoked"].csrf = cookie, csrf
    i.run("lagesbild", "accounts", "close", "closed")
    account("program", "reader", "operational")
    key = json.loads(i.run("lagesbild", "accounts", "token", "program", "--json").stdout)["token"]
    made["program"], made["program"].key = Person(api.port), key
    made["badkey"].key = key[:-1] + ("A" if key[-1] != "A" else "B")
    return made


def ask(person, method, path, body):
    """The status, and for a GET what came; a stream is not read to its end."""
    headers = {"Authorization": f"Bearer {person.key}"} if hasattr(person, "key") else {}
    if path == "/api/v1/changes":
        command = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-m", "0.3", f"http://127.0.0.1:{person.port}{path}"]
        command += ["-H", f"Cookie: __Host-lagesbild={person.cookie or 'none'}"] + [a for k, v in headers.items() for a in ("-H", f"{k}: {v}")]
        return int(subprocess.run(command, capture_output=True, text=True, check=False).stdout), b""
    answer = person.ask(method, path, body, headers=headers)
    return answer.status, answer.body


def check(what, have, want=True):
    assert have == want, f"{what}: {have!r}, not {want!r}"
    print(f"  {what}")


def sight(i, *args):
    """What `lagesbild accounts sources` says of a group: {source: (release, shown)}."""
    return {r["source"]: (r["release"], r["shown"]) for r in json.loads(i.run("lagesbild", "accounts", "sources", "--json", *args).stdout)}


def sources(person):
    return [r["source"] for r in person.get("/api/v1/sources").json["rows"]]


def groups(i, api):
    """Group by source, by the operator's command: open sessions see it at once, and what a browser has kept is not given again."""
    one, both = api.account("one", group="operational"), api.account("both", group="steering,operational")
    everything = sources(one)
    check("what any group sees, its member sees", sources(both), everything)
    tag = one.get("/api/v1/summary/2025-05").headers["ETag"]
    check("kept", one.ask("GET", "/api/v1/summary/2025-05", headers={"If-None-Match": tag}).status, 304)
    check("said", sight(i, "--group", "operational", "--hide", "press")["press"], ("public", False))
    wait_for("the source is gone from open sessions", lambda: "press" not in sources(one) + sources(both))
    again = one.ask("GET", "/api/v1/summary/2025-05", headers={"If-None-Match": tag})
    check("the kept answer with it is not confirmed", (again.status, [r for r in again.json["rows"] if r["source"] == "press"]), (200, []))
    check("not known to be otherwise", sight(i, "--group", "operational", "--hide", "press")["press"], ("public", False))
    sight(i, "--group", "operational", "--show", "press")
    wait_for("it is back", lambda: sources(one) == everything and sources(both) == everything)
    check("in the audit, once each", i.psql("SELECT what, object FROM lagesbild_desk.audit WHERE what LIKE 'source %' ORDER BY n"),
          [["source hidden", "steering press"], ["source hidden", "operational press"], ["source shown", "operational press"]])
    check("as a table", re.findall(r"(?m)^(\w+) +press +public +(\w+)", i.run("lagesbild", "accounts", "sources").stdout),
          [("steering", "hidden"), ("operational", "shown")])
    wrong = (["--show", "press"], ["--group", "steering", "--show", "nix"], ["--group", "board", "--hide", "press"],
             ["--group", "steering", "--hide", "press", "--show", "press"], ["press"])
    check("what is no group, no source or no sentence", [i.run("lagesbild", "accounts", "sources", *a, check=False).returncode for a in wrong], [2] * len(wrong))
    i.stop("api")


def set_release(i, source, release):
    path = os.path.join(i.env["LAGESBILD_SCHEMAS"], "sources.csv")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(re.sub(rf"(?m)^(\d+,{source},.*),\w+$", rf"\1,{release}", text))
    i.run("lagesbild", "setup")


def released(i, api):
    """A restricted source is off until it is shown to a group; who reads it elsewhere gets it no more."""
    shutil.copytree(os.path.join(ROOT, "schemas"), os.path.join(i.dir, "schemas"))
    i.env["LAGESBILD_SCHEMAS"] = os.path.join(i.dir, "schemas")
    member, lead, nobody = api.account("member", group="operational"), api.account("lead", role="coordinator"), api.nobody()
    lead.post("/api/v1/editions", {"period": "2025-05", "area": "18"})
    for state in ("approved", "published"):
        lead.put("/api/v1/editions/1/state", {"state": state, "force": True})

    def public():
        return {r["source"] for r in nobody.get("/api/v1/public/editions/1").json["summary"]["sources"]}

    check("as the file says", i.psql("SELECT name FROM lagesbild_store.source WHERE release = 'public'"), [["press"]])
    check("public to anybody", public(), {"press"})
    set_release(i, "press", "restricted")
    wait_for("restricted: not for the group", lambda: "press" not in sources(member))
    check("nor asked for by name", member.get("/api/v1/cells", source="press").status, 403)
    shown = ("/api/v1/summary/2025-05", "/api/v1/quality", "/api/v1/editions/1", "/api/v1/effect?area=1880&control=1881&category=DAM&from=2025-05&to=2025-05",
             "/api/v1/editions/1/revisions")
    got = [member.get(p) for p in shown]
    check("nor in a summary, effect or quality", [(g.status, b'"press"' in g.body) for g in got], [(200, False)] * 5)
    check("where the coordinator sees it", [b'"press"' in lead.get(p).body for p in shown[:2]], [True] * 2)
    check("nor in a document that shows it", member.get("/api/v1/editions/1/documents").status, 403)
    draft = lead.post("/api/v1/editions", {"period": time.strftime("%Y-%m"), "area": "18"}).json
    notes = [member.get("/api/v1/editions").json["rows"][0]["notes"], member.get(f"/api/v1/editions/{draft['id']}").json["notes"]]
    check("nor in what an edition lacked", ([n for n in draft["notes"] if ":press:" in n] != [], notes), (True, [[n for n in draft["notes"] if ":press:" not in n]] * 2))
    check("the coordinator sees it", "press" in sources(lead))
    wait_for("nor to anybody", lambda: public() == set())
    check("shown to one group", (sight(i, "--group", "operational", "--show", "press")["press"], sight(i, "--group", "steering")["press"]),
          (("restricted", True), ("restricted", False)))
    wait_for("its member sees it", lambda: "press" in sources(member) and member.get("/api/v1/cells", source="press").status == 200)
    sight(i, "--group", "operational", "--hide", "press")
    wait_for("and no more", lambda: "press" not in sources(member))
    set_release(i, "press", "internal")
    check("what was hidden by name stays so", "press" not in sources(member))
    sight(i, "--group", "operational", "--show", "press")
    set_release(i, "press", "restricted")
    wait_for("what was shown when all were says nothing of it", lambda: "press" not in sources(member))
    set_release(i, "press", "public")
    set_release(i, "police", "restricted")
    sight(i, "--group", "operational", "--hide", "police")
    set_release(i, "police", "public")
    check("what was hidden while it was restricted is so", sight(i, "--group", "operational")["police"], ("public", False))
    wait_for("to anybody what was public when it was approved, no more", lambda: public() == {"press"})
    check("in the audit", i.psql("SELECT object, detail ->> 'old', detail ->> 'new' FROM lagesbild_desk.audit WHERE what = 'source release' ORDER BY n")[0],
          ["press", "public", "restricted"])
    i.stop("api")


def database_roles(i):
    """What the api's and the printer's database roles can do: what they were granted, and nothing by a detour."""
    functions = "FROM pg_proc p JOIN pg_namespace s ON s.oid = p.pronamespace WHERE s.nspname = "
    check("the printer calls three functions", i.psql(f"SELECT p.proname {functions}'lagesbild_desk' AND has_function_privilege('lagesbild_printer', p.oid, 'EXECUTE') ORDER BY 1"),
          [["document_fail"], ["document_put"], ["document_take"]])
    check("of the desk nothing is everybody's", i.psql(f"SELECT p.oid::regprocedure {functions}'lagesbild_desk' AND has_function_privilege('lagesbild_public', p.oid, 'EXECUTE')"), [])
    check("the desk reads no figure", i.psql(f"SELECT p.oid::regprocedure {functions}'lagesbild' AND has_function_privilege('lagesbild_desk', p.oid, 'EXECUTE')"), [])
    check("they read and write no table", i.psql(
        "SELECT r, c.oid::regclass FROM unnest(ARRAY['lagesbild_desk', 'lagesbild_printer', 'lagesbild_public']) r, pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace "
        "WHERE s.nspname LIKE 'lagesbild%' AND c.relkind IN ('r', 'v', 'p', 'm') AND has_table_privilege(r, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')"), [])
    check("the council writes none", i.psql("SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace WHERE s.nspname LIKE 'lagesbild%' "
          "AND c.relkind IN ('r', 'v', 'p', 'm') AND has_table_privilege('lagesbild_council', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')"), [])
    # A type of the caller's own under the name of one that a function casts to: its check must not run as the owner.
    trick = ("SET ROLE lagesbild_desk; CREATE FUNCTION pg_temp.spy(v timestamp) RETURNS boolean LANGUAGE plpgsql AS "
             "$$BEGIN RAISE EXCEPTION 'spy runs as %', current_user; END$$; CREATE DOMAIN pg_temp.date AS timestamp CHECK (pg_temp.spy(VALUE)); "
             "SELECT status FROM lagesbild_desk.events_get(0, '{\"from\": \"2026-01-01\"}', NULL)")
    check("no caller's type stands before the database's own", i.psql(trick), [["200"]])


def keeps(i):
    """A change of one thing leaves the others: above all the second factor."""
    def account():
        return i.psql("SELECT display, actor, roles::text, groups::text, external FROM lagesbild_desk.account WHERE name = 'keeps'")[0]

    i.run("lagesbild", "accounts", "set", "keeps", "--role", "reader,actor", "--actor", "polisen", "--group", "operational", "--external")
    i.run("lagesbild", "accounts", "set", "keeps", "--display", "Annat")
    check("an account keeps what is not said", account(), ["Annat", "polisen", "{reader,actor}", "{operational}", "t"])
    i.run("lagesbild", "accounts", "set", "keeps", "--internal", "--group", "steering")
    check("until it is said", account(), ["Annat", "polisen", "{reader,actor}", "{steering}", "f"])
    i.run("lagesbild", "accounts", "token", "keeps")
    i.psql("INSERT INTO lagesbild_desk.feed SELECT id, 'x' FROM lagesbild_desk.account WHERE name = 'keeps'")
    check("a new password says what it does not end", "1 keys of programs and the calendar's address stay good" in i.run("lagesbild", "accounts", "set", "keeps").stdout)
    told = json.loads(i.run("lagesbild", "accounts", "set", "keeps", "--revoke-keys", "--json").stdout)
    check("and what does", (told["keys"], told["feed"]), (0, False))


def main():
    with Installation("rights") as i:
        for name in ("normalizer-press", "aggregator"):
            i.start(name)
        i.collect(SAMPLE)
        i.verify()
        api = Api(i)
        routes = json.loads(i.run("api", "--routes").stdout)
        known = {(r["method"], r["pattern"]) for r in routes}
        assert known == set(TABLE), f"without a row: {known - set(TABLE)}; without a route: {set(TABLE) - known}"
        check("hidden for one group", sight(i, "--group", "steering", "--hide", "press")["press"], ("public", False))
        made = people(i, api)
        wait_for("what changed holds", lambda: made["closed"].get("/api/v1/sources").status == 401)
        wrong, order = [], sorted(routes, key=lambda r: (r["method"] == "DELETE", r["method"] == "POST"))  # what ends a session comes last
        print(f"{'':<48}" + " ".join(f"{p[:6]:>6}" for p in PEOPLE))
        for r in order:
            method, pattern = r["method"], r["pattern"]
            path, body, _, may = TABLE[method, pattern]
            assert (r["access"] == "anybody") == (may is None or "half" in may), f"{pattern}: access {r['access']}"
            cells = []
            for who in PEOPLE:
                have, text = ask(made[who], method, path, {**body, "name": who + "-x"} if body and "name" in body else body)
                want = expected(who, method, pattern)
                cells.append(f"{have:>6}" if have == want else f"{have}!={want}")
                if have != want:
                    wrong.append((who, method, pattern, have, want, text[:200]))
                if who == "steering" and pattern in HIDDEN and b'"press"' in text:
                    wrong.append((who, method, pattern, "shows a hidden source"))
                if who in NOBODIES and pattern not in OPEN and have == 200 and who != "half":
                    wrong.append((who, method, pattern, "answers nobody"))
            print(f"{method:<7}{pattern:<41}" + " ".join(cells))
        for row in wrong:
            print(row)
        assert not wrong, f"{len(wrong)} cells are not as they should be"
        print(f"{len(routes)} routes x {len(PEOPLE)} kinds of people")
        groups(i, Api(i))
        keeps(i)
        released(i, Api(i))
        database_roles(i)


main()
