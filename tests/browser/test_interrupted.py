#!/usr/bin/env python3
"""What interrupts people who write, in Chromium: a session that ends, a colleague who saves at the same time, a database that goes away. Nothing that was
written is lost or overwritten, the page says what is wrong, and recovers by itself."""
import json
import os

from api import Api
from installation import Installation, wait_for
from proxy import Wire
from visit import WEB, clean, visit

PERIOD = "2025-05"
# What a browser itself writes of answers that are no success.
EXPECTED = r"Failed to load resource: (the server responded with a status of (401|409|503)|net::ERR_)"
UNCACHED = ("/api/v1/session", f"/api/v1/texts/{PERIOD}", "/api/v1/editions", "/api/v1/summary/2025-04?area=1881", "/api/v1/changes")


def check(what, have, want=True):
    assert have == want, f"{what}: {have!r}, not {want!r}"
    print(f"  {what}", flush=True)


class Doing:
    """What the visit asks for."""

    def __init__(self, i, api, wire, words, person):
        self.i, self.api, self.wire, self.person, self.notices = i, api, wire, person, 0
        self.words = words

    def end_sessions(self, name):
        """All of an account; the api remembers none of them."""
        witness = self.api.nobody()
        witness.sign_in(name, self.words[name])
        assert witness.get("/api/v1/session").json["account"]
        self.i.psql(f"DELETE FROM lagesbild_desk.session WHERE account = (SELECT id FROM lagesbild_desk.account WHERE name = '{name}')")
        wait_for("the api has forgotten it", lambda: not witness.get("/api/v1/session").json["account"], 5)

    def draft(self):
        return self.person.post("/api/v1/editions", {"period": PERIOD}).status

    def text(self):
        return self.person.get(f"/api/v1/texts/{PERIOD}").json["sections"]

    def count(self):
        self.notices += 1
        body = {"id": 800000000 + self.notices, "datetime": f"2025-05-{self.notices:02} 21:10:00 +02:00", "type": "Skadegörelse",
                "name": f"{self.notices:02} maj 20.15, Skadegörelse, Kumla", "location": {"name": "Örebro län"}}
        self.i.produce(json.dumps(body, ensure_ascii=False).encode(), str(body["id"]))
        self.i.verify()

    def cut(self):
        self.wire.cut()

    def mend(self):
        self.wire.mend()

    def answers(self):
        """What the api says meanwhile, once it has forgotten who was signed in."""
        wait_for("it has", lambda: self.person.get(UNCACHED[0]).status == 503)
        for path in UNCACHED:
            a = self.person.get(path)
            assert (a.status, a.headers["Content-Type"]) == (503, "application/problem+json") and int(a.headers["Retry-After"]) > 0, (path, a.status, dict(a.headers))
        print(f"  meanwhile {len(UNCACHED)} answers are 503 with Retry-After", flush=True)


def main():
    with Installation("interrupted") as i, Wire(os.environ["PGHOST"], os.environ["PGPORT"]) as wire:
        i.start("normalizer-press")
        i.start("aggregator")
        api = Api(i, PGHOST="127.0.0.1", PGPORT=str(wire.port), **WEB)
        lena, rut, third = (api.account(name, role="reader,coordinator") for name in ("lena", "rut", "tor"))
        doing = Doing(i, api, wire, {p.name: p.word for p in (lena, rut)}, third)
        doing.count()
        functions = {name: getattr(doing, name) for name in ("end_sessions", "draft", "text", "count", "cut", "mend", "answers")}
        told = visit("interrupted.mjs", api, functions, PERIOD=PERIOD, FIRST=f"{lena.name} {lena.word}", SECOND=f"{rut.name} {rut.word}", EXPECTED=EXPECTED)
        clean(told)
        check("a session that has ended says so", "Du har loggats ut" in told["ended"])
        check("the text stands there again", told["again"], {"address": f"{api.url}/bild/{PERIOD}", "text": "En halv text som"})
        check("so does a comment", told["comment"], "En halv kommentar")
        check("nobody else at the same machine sees it", told["next"], "")
        check("a double click writes once", told["written"], 1)
        for word in ("rut", "lena", "tor"):
            assert (word in told["conflict"]["said"]) == (word == "lena"), told["conflict"]
        check("the second is told who was first, and both texts stand there", ("Lenas" in told["conflict"]["said"], told["conflict"]["mine"], told["conflict"]["server"]),
              (True, "Ruts", "Lenas"))
        check("and decides", told["kept"], "Ruts")
        check("different sections are no conflict", told["different"], {"assessment": "En halv text som blev hel.", "police": "Ruts", "public": "Lena för alla"})
        check("a text from before the sign-out overwrites nothing", ("Ruts nya" in told["late"]["said"], told["late"]["mine"], told["late"]["server"]),
              (True, "Lenas halva", "Ruts nya"))
        check("the database away: the page says so and keeps what is shown", ("ingen kontakt" in told["away"]["said"], told["away"]["same"]), (True, True))
        check("so does a fresh one", told["reloaded"].strip().count("\n") < 3)
        check("it recovers by itself, with what was typed", told["back"]["text"], "En halv text som blev hel. Och mer.")
        check("and figures come again", told["counted"][0] != told["counted"][1])


main()
