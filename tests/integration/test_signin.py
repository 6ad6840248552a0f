#!/usr/bin/env python3
"""Signing in: guessing is locked without telling who exists, the second factor, the own password, a believed proxy, who saw what."""
import base64
import hashlib
import hmac
import json
import os
import re
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from api import Api, Person  # noqa: E402
from installation import Installation, wait_for  # noqa: E402


def check(what, have, want=True):
    assert have == want, f"{what}: {have!r}, not {want!r}"
    print(f"  {what}")


def code(secret, step):
    """RFC 6238, written anew: what a telephone shows."""
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    return f"{(struct.unpack('>I', mac[mac[19] & 15:][:4])[0] & 0x7fffffff) % 1000000:06}"


def now():
    """The time step, with some seconds left of it."""
    if time.time() % 30 > 26:
        time.sleep(30 - time.time() % 30 + 0.1)
    return int(time.time() // 30)


def account(i, name, *args):
    return json.loads(i.run("lagesbild", "accounts", "set", name, "--role", "reader", "--json", *args).stdout)["password"]


def forget(i):
    i.psql("DELETE FROM lagesbild_desk.guess")


def worked_ms(pid):
    """What a process has used of processors; unlike the clock it does not depend on who else runs here."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as f:
            total += int(f.read().split()[0])
    return total / 1e6


def timing(i, api):
    """An unknown name, a wrong password and an account that signs in elsewhere take as long, and answer alike."""
    account(i, "har", "--password-file", "none")
    account(i, "finns")
    took, answers = {}, {}
    for n in range(24):
        if n % 12 == 0:
            forget(i)
        name = ("finns", "saknas", "har")[n % 3]
        began = worked_ms(i.processes["api"].pid)
        answer = api.nobody().sign_in(name, "fel lösenord här")
        took[name] = min(took.get(name, 1e9), worked_ms(i.processes["api"].pid) - began)
        answers[name] = (answer.status, answer.body, sorted(k for k in answer.headers.keys() if k != "Date"))
    check("the same answer for all", len({repr(a) for a in answers.values()}), 1)
    print("   ", {k: f"{v:.1f} ms" for k, v in took.items()})
    assert max(took.values()) < 2 * min(took.values()), took  # without a hash it would be a tenth
    for name in ("saknas", "finns"):
        forget(i)
        check(f"the sixth is locked ({name})", [api.nobody().sign_in(name, "fel lösenord här").status for _ in range(6)], [401] * 5 + [429])
    forget(i)
    i.psql("INSERT INTO lagesbild_desk.guess VALUES ('peer', '127.0.0.1', 50, now())")
    check("an address that guessed often is locked", api.nobody().sign_in("ingen", "fel lösenord här").status, 429)
    forget(i)


def second(i, api):
    word = account(i, "polis", "--external")
    p = api.nobody()
    check("a name and a password are half of it", (p.sign_in("polis", word).json["second"], p.get("/api/v1/session").json["enrol"]), (False, True))
    check("nothing is seen by it", (p.get("/api/v1/cells").status, p.get("/api/v1/session").json["account"], p.put("/api/v1/session/password", {}).status), (401, None, 401))
    check("a change needs the session's word", p.ask("POST", "/api/v1/session/second/secret", headers={"X-CSRF-Token": "x"}).status, 403)
    check("a code before there is a secret", p.post("/api/v1/session/second", {"code": "123456"}).status, 401)
    made = p.post("/api/v1/session/second/secret").json
    assert re.fullmatch(r"otpauth://totp/L%C3%A4gesbild:polis\?secret=[A-Z2-7]{32}&issuer=L%C3%A4gesbild&algorithm=SHA1&digits=6&period=30", made["uri"]), made
    step = now()
    check("a wrong code", p.post("/api/v1/session/second", {"code": code(made["secret"], step + 5)}).status, 401)
    check("the right one", p.post("/api/v1/session/second", {"code": code(made["secret"], step)}).json["second"])
    check("opens", p.get("/api/v1/cells").status, 200)
    check("the secret is shown once", p.post("/api/v1/session/second/secret").status, 409)
    q = api.nobody()
    q.sign_in("polis", word)
    check("a code is good once", q.post("/api/v1/session/second", {"code": code(made["secret"], step)}).status, 401)
    check("the next one is good", q.post("/api/v1/session/second", {"code": code(made["secret"], step + 1)}).status, 200)
    r = api.nobody()
    r.sign_in("polis", word)
    wrong = [r.post("/api/v1/session/second", {"code": f"{n:06}"}).status for n in range(6)]
    check("codes cannot be guessed", wrong, [401] * 5 + [429])
    check("by a right one neither", r.post("/api/v1/session/second", {"code": code(made["secret"], step + 1)}).status, 429)
    for bad in ({}, {"code": 5}, {"code": "1" * 5000}, [], b"{", b"\xff"):
        assert api.nobody().post("/api/v1/session/second", bad).status in (400, 401), bad
    check("nobody has no second factor", api.nobody().post("/api/v1/session/second", {"code": "123456"}).status, 401)
    i.run("lagesbild", "accounts", "set", "polis", "--reset-second")
    wait_for("a lost telephone signs out", lambda: q.get("/api/v1/cells").status == 401)
    q.sign_in("polis", word)
    check("and is made anew", q.get("/api/v1/session").json["enrol"])


def sealed(i):
    """What stands in the database is of no use to its reader; it opens with the installation key, and an old plain one is sealed at its next use."""
    kept = "SELECT totp FROM lagesbild_desk.account WHERE name = '%s'"
    words = {name: account(i, name, "--external") for name in ("raddning", "bolag")}
    secrets = {}

    def code_by(api, name, step):
        p = api.nobody()
        p.sign_in(name, words[name])
        return p.post("/api/v1/session/second", {"code": code(secrets[name], step)}).status

    api = Api(i)
    for name, word in words.items():
        p = api.nobody()
        p.sign_in(name, word)
        secrets[name] = p.post("/api/v1/session/second/secret").json["secret"]
        begun = i.value(f"SELECT totp_new FROM lagesbild_desk.account WHERE name = '{name}'")
        check("sealed from the start", (begun.startswith("sealed1:"), secrets[name] in begun), (True, False))
        check("and good", p.post("/api/v1/session/second", {"code": code(secrets[name], now() - 1)}).status, 200)
        check("as it was", i.value(kept % name), begun)
    i.stop("api")
    i.psql(f"UPDATE lagesbild_desk.account SET totp = '{secrets['bolag']}' WHERE name = 'bolag'")
    for env in ({"LAGESBILD_KEY_FILE": "", "LAGESBILD_KEY": ""}, {"LAGESBILD_KEY_FILE": "", "LAGESBILD_KEY": "ab" * 32}):
        api = Api(i, **env)
        check("without the key, or with another, a code cannot be tried", [code_by(api, "raddning", now()) for _ in range(6)], [503] * 6)
        if env["LAGESBILD_KEY"]:
            check("which says what to do", "--reset-second" in i.log("api") and secrets["raddning"] not in i.log("api"))
        else:
            check("an old one is taken as it is", (code_by(api, "bolag", now()), i.value(kept % "bolag")), (200, secrets["bolag"]))
        i.stop("api")
    api = Api(i)
    check("with the key again", code_by(api, "raddning", now()), 200)
    check("an old one", code_by(api, "bolag", now() + 1), 200)
    have = i.value(kept % "bolag")
    check("is sealed by its use", (have.startswith("sealed1:"), secrets["bolag"] in have), (True, False))
    i.psql(f"UPDATE lagesbild_desk.account SET totp = '{have}', totp_step = 0 WHERE name = 'raddning'")
    check("one account's is not another's", code_by(api, "raddning", now()), 503)
    i.stop("api")
    check("a key that is none", i.run("api", check=False, env={"LAGESBILD_KEY_FILE": "", "LAGESBILD_KEY": "abc"}).returncode, 2)


def password(i, api):
    word = account(i, "byter")
    p, other = api.nobody(), api.nobody()
    p.sign_in("byter", word)
    other.sign_in("byter", word)
    check("too short", p.put("/api/v1/session/password", {"old": word, "new": "kort"}).status, 400)
    check("the old one is wrong", p.put("/api/v1/session/password", {"old": "fel", "new": "ett nytt lösenord"}).status, 403)
    check("another password", p.put("/api/v1/session/password", {"old": word, "new": "ett nytt lösenord"}).status, 204)
    wait_for("other sessions end", lambda: other.get("/api/v1/sources").status == 401)
    check("the own one does not", p.get("/api/v1/sources").status, 200)
    check("the old one is no more", api.nobody().sign_in("byter", word).status, 401)
    check("the new one is", api.nobody().sign_in("byter", "ett nytt lösenord").status, 200)


def audit(i, api):
    leader = api.account("ordning", role="coordinator")
    rows = leader.get("/api/v1/audit").json["rows"]
    check("what happened is there", {"signed in", "sign-in refused", "second factor given", "password changed", "second factor reset"} - {r["what"] for r in rows}, set())
    check("of one account", {r["account"] for r in leader.get("/api/v1/audit", account="polis").json["rows"]}, {"polis"})
    check("further back", leader.get("/api/v1/audit", before=rows[3]["n"]).json["rows"][0]["n"] < rows[3]["n"])
    for query, status in (({"before": "x"}, 400), ({"account": "ingen"}, 404)):
        check(f"audit {query}", leader.get("/api/v1/audit", **query).status, status)
    secret = json.dumps(leader.get("/api/v1/audit").json)
    check("no secret stands there", [x for x in ("argon2", "lösenord", "otpauth") if x in secret], [])


def raw(api, line, *headers, body=""):
    """The status of a request with headers that may stand there twice."""
    with socket.create_connection(("127.0.0.1", api.port), timeout=20) as s:
        s.sendall("\r\n".join([line + " HTTP/1.1", "Host: x", "Connection: close", f"Content-Length: {len(body)}", *headers, "", body]).encode())
        return int(s.recv(4096).split()[1])


def proxy(i):
    api = Api(i, LAGESBILD_PROXY_HEADER="X-Remote-User", LAGESBILD_PROXY_FROM="127.0.0.1")
    p = Person(api.port)
    check("nobody without the header", p.get("/api/v1/sources").status, 401)
    who = {"X-Remote-User": "finns"}
    check("a proxy signs in", p.ask("GET", "/api/v1/session", headers=who).json["name"], "finns")
    check("whom it does not know is nobody", p.ask("GET", "/api/v1/sources", headers={"X-Remote-User": "okänd"}).status, 401)
    check("who needs a code is nobody by it", p.ask("GET", "/api/v1/sources", headers={"X-Remote-User": "polis"}).status, 401)
    check("a change needs a word", p.ask("PUT", "/api/v1/session/password", {}, headers=who).status, 403)
    word = p.ask("GET", "/api/v1/session", headers=who).headers["X-CSRF-Token"]
    check("which the session gives", p.ask("PUT", "/api/v1/session/password", {}, headers={**who, "X-CSRF-Token": word}).status, 400)
    forget(i)
    seen = [p.ask("POST", "/api/v1/session", {"name": "x", "password": "fel"}, headers={"X-Forwarded-For": "1.2.3.4, 192.0.2.7"}).status]
    check("guesses are of the address that the proxy names", (seen, i.psql("SELECT whom FROM lagesbild_desk.guess WHERE kind = 'peer'")), ([401], [["192.0.2.7"]]))
    forget(i)
    check("or of that on its own line, the last", (raw(api, "POST /api/v1/session", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: 192.0.2.8", body='{"name":"x","password":"fel"}'),
                                                   i.psql("SELECT whom FROM lagesbild_desk.guess WHERE kind = 'peer'")), (401, [["192.0.2.8"]]))
    check("a name that stands there twice is nobody's", [raw(api, "GET /api/v1/sources", *[f"X-Remote-User: {n}" for n in names])
                                                         for names in (["finns"], ["finns", "okänd"], ["okänd", "finns"])], [200, 401, 401])
    i.stop("api")
    api = Api(i, LAGESBILD_PROXY_HEADER="X-Remote-User", LAGESBILD_PROXY_FROM="192.0.2.1")
    check("another address is not believed", api.nobody().ask("GET", "/api/v1/sources", headers=who).status, 401)
    i.stop("api")
    check("whom to believe must be said", i.run("api", check=False, env={"LAGESBILD_PROXY_HEADER": "X-Remote-User"}).returncode, 2)


def main():
    with Installation("signin") as i:
        api = Api(i)
        timing(i, api)
        second(i, api)
        password(i, api)
        audit(i, api)
        check("the header is nothing without configuration", api.nobody().ask("GET", "/api/v1/sources", headers={"X-Remote-User": "finns"}).status, 401)
        i.stop("api")
        check("reads were counted", i.psql("SELECT a.name, route FROM lagesbild_desk.seen s JOIN lagesbild_desk.account a ON a.id = s.account "
                                           "WHERE a.name = 'byter' AND n BETWEEN 1 AND 50"), [["byter", "/api/v1/sources"]])
        check("of what people write too, and no refusal", i.psql("SELECT a.name, n FROM lagesbild_desk.seen s JOIN lagesbild_desk.account a ON a.id = s.account "
                                                                 "WHERE route = '/api/v1/audit'"), [["ordning", "4"]])
        proxy(i)
        sealed(i)


main()
