#!/usr/bin/env python3
"""The api's figures: one snapshot, one version; what is missing is not zero in any format; parts sum to wholes; sign-in; live events."""
import csv
import io
import json
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from api import COOKIE, Api  # noqa: E402
from installation import SAMPLE, Installation, wait_for  # noqa: E402


def check(what, have, want=True):
    assert have == want, f"{what}: {have!r}, not {want!r}"
    print(f"  {what}")


def sign_in(api):
    nobody = api.nobody()
    check("nobody sees no figure", nobody.get("/api/v1/cells").status, 401)
    check("a wrong password is refused", nobody.sign_in("anna", "fel lösenord 123").status, 401)
    for _ in range(4):
        nobody.sign_in("anna", "fel lösenord 123")
    check("five wrong ones lock", nobody.sign_in("anna", "fel lösenord 123").status, 429)
    anna = api.account("bengt", role="coordinator")
    check("signed in", anna.get("/api/v1/session").json["name"], "bengt")
    check("a change without the session's word is refused", anna.ask("DELETE", "/api/v1/session", headers={"X-CSRF-Token": "x"}).status, 403)
    check("and one from another site", anna.ask("DELETE", "/api/v1/session", headers={"Sec-Fetch-Site": "cross-site"}).status, 403)
    check("signed out", anna.delete("/api/v1/session").status, 204)
    check("the old cookie is none", anna.get("/api/v1/cells").status, 401)
    return api.account("bengt", role="coordinator")


def hidden(i, api):
    reader = api.account("rut", role="reader", group="steering")
    i.run("lagesbild", "accounts", "sources", "--group", "steering", "--hide", "press")
    wait_for("the group sees the source no more", lambda: reader.get("/api/v1/sources").json["rows"] == [] or
             all(r["source"] != "press" for r in reader.get("/api/v1/sources").json["rows"]))
    check("nor its cells", reader.get("/api/v1/cells", source="press").status, 403)
    check("nor in a summary", [r for r in reader.get("/api/v1/summary/2025").json["rows"] if r["source"] == "press"], [])
    i.run("lagesbild", "accounts", "sources", "--group", "steering", "--show", "press")


def formats(i, p):
    asked = {"from": "2024-01", "to": "2025-12", "area": "18", "below": "1"}
    rows = p.get("/api/v1/cells", **asked).json["rows"]
    text = p.get("/api/v1/cells", format="csv", **asked).body.decode()
    table = list(csv.DictReader(io.StringIO(text)))
    check("CSV has the rows of JSON", [(r["period"], r["area"], r["category"], r["source"], r["n"], r["status"]) for r in table],
          [(r["period"], r["area"], r["category"], r["source"], "" if r["n"] is None else str(r["n"]), r["status"] or "") for r in rows])
    excel = p.get("/api/v1/cells", format="csv-excel", **asked).body
    check("Excel's has a byte order mark and semicolons", excel[:3] == b"\xef\xbb\xbf" and excel.count(b";") == 5 * (len(rows) + 1))
    stat = p.get("/api/v1/cells", format="json-stat", **asked).json
    size = 1
    for n in stat["size"]:
        size *= n
    check("JSON-stat has every place", len(stat["value"]), size)
    codes = [stat["dimension"][d]["category"]["index"] for d in stat["id"]]
    where = {key: n for n, key in enumerate((t, a, c, s) for t in codes[0] for a in codes[1] for c in codes[2] for s in codes[3])}
    for r in rows:
        n = where[r["period"], r["area"], r["category"], r["source"]]
        assert (stat["value"][n], stat["status"].get(str(n))) == (r["n"], r["status"]), r
    check("each with the same figure and status", True)
    for r in rows:
        assert (r["n"] is None) == (r["status"] in ("..", "<5")), r
    unknown = [r for r in p.get("/api/v1/cells", source="police").json["rows"] if r["n"] is not None]
    check("a source that never came is nowhere zero", unknown, [])


def sums(i, p):
    want = i.value("SELECT coalesce(sum(n), 0) FROM lagesbild.month_rollup WHERE area = '1880' AND month = '2025-05-01' AND category IN "
                   "(SELECT code FROM lagesbild.category WHERE parent IS NULL)")
    rows = p.get("/api/v1/cells", area="1880", **{"from": "2025-05", "to": "2025-05"}).json["rows"]
    check("cells are what SQL says", str(sum(r["n"] or 0 for r in rows)), want)
    tertial = p.get("/api/v1/cells", area="1880", by="tertial", **{"from": "2025-05", "to": "2025-05"}).json["rows"]
    months = p.get("/api/v1/cells", area="1880", **{"from": "2025-05", "to": "2025-08"}).json["rows"]
    check("a tertial is its months", sum(r["n"] or 0 for r in tertial), sum(r["n"] or 0 for r in months))
    s = p.get("/api/v1/summary/2025-05", area="1880").json
    check("the summary says the same", str(sum(r["n"].get("n", 0) for r in s["rows"])), want)
    check("its series end with the month", [r["series"][-1] for r in s["rows"]], [r["n"].get("n") for r in s["rows"]])


def long_spans(i, p):
    """Two years are compared with the two before, none of whose months is in both; five have nothing before them."""
    s = p.get("/api/v1/summary/2024-03/2026-02", area="1880").json
    have = {r["category"]: (r["n"].get("n", 0), r["last_year"].get("n", 0)) for r in s["rows"]}
    want = {r[0]: (int(r[1]), int(r[2])) for r in i.psql("SELECT category, coalesce(sum(n) FILTER (WHERE month >= '2024-03-01'), 0), "
            "coalesce(sum(n) FILTER (WHERE month < '2024-03-01'), 0) FROM lagesbild.month_rollup WHERE area = '1880' AND source = 'press' "
            "AND month >= '2022-03-01' AND month < '2026-03-01' AND category IN (SELECT code FROM lagesbild.category WHERE parent IS NULL) GROUP BY 1")}
    check("two years beside the two before", {k: v for k, v in have.items() if any(v)}, {k: v for k, v in want.items() if any(v)})
    check("some of which have some", sum(then > 0 for _, then in have.values()) > 3)
    five = p.get("/api/v1/summary/2021-03/2026-02", area="1880").json
    check("five years are compared with nothing", {r["verdict"] for r in five["rows"]} <= {"none", "new"} and len(five["rows"]) > 3)


def live(i, api, p):
    tag = p.get("/api/v1/summary/2025-05").headers["ETag"]
    check("the same again is 304", p.ask("GET", "/api/v1/summary/2025-05", headers={"If-None-Match": tag}).status, 304)
    stream = socket.create_connection(("127.0.0.1", api.port))
    stream.settimeout(20)
    stream.sendall(f"GET /api/v1/changes HTTP/1.1\r\nHost: x\r\nCookie: {COOKIE}={p.cookie}\r\n\r\n".encode())
    heard = b""
    while b"data: " not in heard:
        heard += stream.recv(4096)
    before = p.get("/api/v1/cells").headers["Lagesbild-Version"]
    path = os.path.join(i.dir, "one.ndjson")
    with open(path, "w", encoding="utf-8") as f:
        f.write(json.dumps({"observed_at": 1748000000, "event": {
            "id": 999001, "datetime": "2025-05-20 12:00:00 +02:00", "name": "20 maj 11.00, Skadegörelse, Örebro", "summary": "", "url": "",
            "type": "Skadegörelse", "location": {"name": "Örebro", "gps": "59.27,15.2"}}}) + "\n")
    i.collect(path)
    while heard.count(b"event: figures") < 2 or before.encode() == heard.rsplit(b"data: ", 1)[1].split(b"\n")[0]:
        heard += stream.recv(4096)
    stream.close()
    check("a commit is heard of", p.get("/api/v1/cells").headers["Lagesbild-Version"] != before)
    check("and the answer is another", p.ask("GET", "/api/v1/summary/2025-05", headers={"If-None-Match": tag}).status, 200)


def hears_no_more(i, api):
    """A session has so many streams; they end with it, and with its account."""
    def listen(who):
        stream = socket.create_connection(("127.0.0.1", api.port))
        stream.settimeout(20)
        stream.sendall(f"GET /api/v1/changes HTTP/1.1\r\nHost: x\r\nCookie: {COOKIE}={who.cookie}\r\n\r\n".encode())
        heard = b""
        while b"data: " not in heard and b" 429 " not in heard:
            heard += stream.recv(4096)
        return stream, heard

    def ends(stream):
        heard = b""
        while not heard.endswith(b"0\r\n\r\n"):
            heard += stream.recv(4096)
        stream.close()

    sven, lena = (api.account(name) for name in ("sven", "lena"))
    open_ones = [listen(sven)[0] for _ in range(30)]
    check("one session does not take all room", b" 429 " in listen(sven)[1])
    other, _ = listen(lena)
    sven.delete("/api/v1/session")
    for stream in open_ones:
        ends(stream)
    check("who has signed out hears no more", True)
    i.run("lagesbild", "accounts", "close", "lena")
    ends(other)
    check("nor whose account is closed", True)


def wrong(p):
    for path, status in (("/api/v1/summary/2025-13", 400), ("/api/v1/summary/1600", 400), ("/api/v1/summary/2025?area=nowhere", 404),
                         ("/api/v1/quality?period=2025-13", 400), ("/api/v1/cells?from=2025-05&to=2025-01", 400), ("/api/v1/cells?by=week", 400), ("/api/v1/cells?format=xml", 400),
                         ("/api/v1/cells?x=1", 400), ("/api/v1/cells?by=month&by=year", 400), ("/api/v1/cells?area=" + "9" * 3000, 400),
                         ("/api/v1/cells?from=1971-01&to=2029-12&area=18&below=1", 400), ("/api/v1/nothing", 404),
                         ("/api/v1/editions/x/revisions", 400), ("/../etc/passwd", 404), ("/assets/none.js", 404)):
        answer = p.get(path)
        assert answer.status == status, (path, answer.status, answer.body[:300])
        assert answer.headers["Content-Type"] == "application/problem+json" and answer.json["status"] == status, path
    check("what is wrong is said", True)
    check("a way that there is not", (p.put("/api/v1/cells", {}).status, p.put("/api/v1/cells", {}).headers["Allow"]), (405, "GET"))


def main():
    with Installation("api") as i:
        for name in ("normalizer-press", "aggregator"):
            i.start(name)
        i.collect(SAMPLE)
        i.verify()
        api = Api(i)
        p = sign_in(api)
        hidden(i, api)
        formats(i, p)
        sums(i, p)
        long_spans(i, p)
        wrong(p)
        live(i, api, p)
        hears_no_more(i, api)
        i.stop("api")


main()
