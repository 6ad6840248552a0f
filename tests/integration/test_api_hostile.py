#!/usr/bin/env python3
"""What people and programs must not be able to break: wrong arguments, bodies, bytes; requests that are not the page's; the database away."""
import json
import os
import socket
import subprocess
import sys
import threading
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from api import COOKIE, Api  # noqa: E402
from installation import Installation, wait_for  # noqa: E402


def check(what, have, want=True):
    assert have == want, f"{what}: {have!r}, not {want!r}"
    print(f"  {what}")


def is_problem(what, answer, status):
    want = status if isinstance(status, tuple) else (status,)
    assert answer.status in want, f"{what}: {answer.status}, not {status}: {answer.body[:300]}"
    assert answer.headers["Content-Type"] == "application/problem+json" and answer.json["status"] == answer.status and answer.json["title"], what
    for word in (b"ERROR", b"pg_", b"lagesbild_", b"SQL", b"services/"):
        assert word not in answer.body, f"{what}: shows its inside: {answer.body}"


def arguments(p):
    wrong = []
    for path in ("/api/v1/cells?unknown=1", "/api/v1/cells?by=month&by=month", "/api/v1/cells?from=2025-05&to=2024-05", "/api/v1/cells?from=2025",
                 "/api/v1/cells?from=0000-01", "/api/v1/cells?from=9999-12&to=9999-12", "/api/v1/cells?from=2025-00", "/api/v1/cells?from=99999999999-01",
                 "/api/v1/cells?from=-2025-01", "/api/v1/cells?by=century", "/api/v1/cells?below=2", "/api/v1/cells?below=x",
                 "/api/v1/cells?area=" + "1880%2C" * 1400, "/api/v1/cells?category=" + "x" * 10000, "/api/v1/cells?source=%27%3B%20DROP%20TABLE%20x%3B--",
                 "/api/v1/cells?from=1971-01&to=2029-12&area=18&below=1", "/api/v1/cells?format=..%2F..%2Fetc%2Fpasswd", "/api/v1/cells?=1",
                 "/api/v1/summary/2025-13", "/api/v1/summary/2025T4", "/api/v1/summary/99999", "/api/v1/summary/2025%2F05", "/api/v1/summary/2025-05?edition=x",
                 "/api/v1/summary/2025-05?edition=99999999999999999999", "/api/v1/summary/2025-05?area=" + "9" * 1999, "/api/v1/editions/-1/revisions",
                 "/api/v1/editions/99999999999999999999/revisions", "/api/v1/editions//revisions", "/api/v1/summary/", "/api/v1/", "/api/v1/session/x",
                 "/api/v1/" + "a/" * 2000, "/api/v1/cells?" + "&".join(f"a{n}=1" for n in range(500)), "/api/v1/audit?before=99999999999999999999",
                 "/api/v1/measures?state=finished", "/api/v1/measures?area=nowhere", "/api/v1/actors/nobody/measures", "/api/v1/texts/2025-05?area=nowhere",
                 "/api/v1/audit?before=-1", "/api/v1/audit?account=" + "%25" * 300):
        try:
            answer = p.get(path)
        except TimeoutError:
            wrong.append(f'no answer: {path[:60]} {len(path)}')
            continue
        if len(path) > 15000 and answer.status in (414, 431):
            continue
        try:
            is_problem(path[:80], answer, (400, 403, 404))
        except AssertionError as e:
            wrong.append(str(e))
    assert not wrong, "\n".join(wrong)
    check("wrong and contradictory arguments are problems", True)


def raw(port, data, end=True):
    """Bytes as they are; the status line's number, None when there is none (30 s of silence close a connection)."""
    with socket.create_connection(("127.0.0.1", port), timeout=1) as s:
        s.sendall(data)
        if end:
            s.shutdown(socket.SHUT_WR)
        have = b""
        try:
            while b"\r\n" not in have:
                piece = s.recv(4096)
                if not piece:
                    break
                have += piece
        except (ConnectionResetError, TimeoutError):
            pass
    return int(have.split()[1]) if have.startswith(b"HTTP/1.") else None


def bytes_(api, p):
    head = f" HTTP/1.1\r\nHost: x\r\nCookie: {COOKIE}={p.cookie}\r\nConnection: close\r\n\r\n".encode()
    for path in (b"/api/v1/cells?area=%FF", b"/api/v1/cells?area=%00", b"/api/v1/cells%00x", b"/api/v1/cells?a%00=1", b"/api/v1/cells?area=a%0Ab", b"/api/v1/summary/%C3%28", b"/api/v1/cells?%ED%A0%80=1"):
        have = raw(api.port, b"GET " + path + head, end=False)
        assert have == 400, (path, have)
    for data in (b"\x00" * 500, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00" + b"x" * 100, b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\n\r\n",
                 b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 5000 + b"\r\n", b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                 b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
        have = raw(api.port, data)
        assert have is None or 400 <= have < 600, (data[:40], have)
    check("bytes that are no request harm nothing", p.get("/api/v1/sources").status, 200)
    name = api.nobody().ask("GET", "/api/v1/sources", headers={"Cookie": f"{COOKIE}=" + "x" * 8000})
    check("nor a cookie of 8,000 characters", name.status, 401)


def framing(api, p):
    """A request that a proxy may end elsewhere gets one answer, and nothing behind it is taken for another."""
    behind = b"GET /api/v1/oidc HTTP/1.1\r\nHost: x\r\n\r\n"
    for headers, body in ((b"Content-Length: 4\r\nTransfer-Encoding: chunked", b"0\r\n\r\n"), (b"Content-Length: 0\r\nContent-Length: 2", b""),
                          (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", b"0\r\n\r\n"), (b"Transfer-Encoding: xchunked", b"0\r\n\r\n"),
                          (b"transfer-encoding: gzip, chunked", b"0\r\n\r\n")):
        with socket.create_connection(("127.0.0.1", api.port), timeout=10) as s:
            s.sendall(b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n\r\n" + body + behind)
            have = b""
            try:
                while piece := s.recv(4096):
                    have += piece
            except ConnectionResetError:
                pass
            except TimeoutError:
                have += b" and waits"
        assert have.startswith(b"HTTP/1.1 400 ") and have.count(b"HTTP/1.1") == 1 and not have.endswith(b" and waits"), (headers, have)
    chunked = b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    check("one way is one way", raw(api.port, chunked, end=False), 400)
    check("two ends of a body are none", p.get("/api/v1/sources").status, 200)


def bodies(api, p):
    deep = b"[" * 100000 + b"]" * 100000
    for body in (b"", b"{", b"null", b"[]", b"1", b"\xff\xfe", b'{"name": "a\\u0000", "password": "x"}', b'{"name": "a", "name": "b", "password": "x"}', deep,
                 b'{"name":' + deep + b"}", json.dumps({"name": "x" * 3000, "password": "y"}).encode(), json.dumps({"name": 1, "password": None}).encode(),
                 b'{"name": "a", "password": "' + b"x" * 300 + b'"}', b'{"name": "\xed\xa0\x80", "password": "x"}', b'{"name": "\\ud800", "password": "x"}'):
        is_problem(f"signing in with {body[:30]}", api.nobody().ask("POST", "/api/v1/session", body), 400)
        is_problem(f"changing with {body[:30]}", p.ask("PUT", "/api/v1/session/password", body), 400)
    is_problem("nested beyond what can be read", p.ask("PUT", "/api/v1/texts/2025-05", deep), 400)
    big = api.nobody().ask("POST", "/api/v1/session", b'{"name": "' + b"x" * (3 << 20) + b'"}')
    check("a body of 3 MB is too large", big.status, 413)
    check("wrong bodies are problems", True)


def forged(api, p):
    change = {"old": "x", "new": "y" * 20}
    for headers, what in (({"X-CSRF-Token": ""}, "no word"), ({"X-CSRF-Token": "x" * 43}, "a wrong word"), ({"X-CSRF-Token": p.csrf + "x"}, "too much"),
                          ({"Sec-Fetch-Site": "cross-site"}, "another site"), ({"Sec-Fetch-Site": "same-site"}, "a neighbour"),
                          ({"Sec-Fetch-Site": "nonsense"}, "nonsense")):
        is_problem(what, p.ask("PUT", "/api/v1/session/password", change, headers=headers), 403)
    is_problem("signing in from another site", api.nobody().ask("POST", "/api/v1/session", {"name": "a", "password": "b"}, headers={"Sec-Fetch-Site": "cross-site"}), 403)
    for method in ("PATCH", "DELETE", "OPTIONS", "TRACE", "POST"):
        answer = p.ask(method, "/api/v1/cells")
        assert answer.status == 405 and answer.headers["Allow"] == "GET", (method, answer.status)
    head = p.ask("HEAD", "/api/v1/sources")
    check("a change that is not the page's is refused", (head.status, head.body), (200, b""))


def stopped(i, api, p):
    """Questions that take long keep neither another account waiting nor who signs in; one that takes too long is no database that is away."""
    other = api.account("annan")
    waits = "FROM pg_stat_activity WHERE usename = 'lagesbild_council' AND datname = current_database() AND wait_event_type = 'Lock'"
    held = subprocess.Popen(["psql", "-qAt", "-d", i.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    held.stdin.write("BEGIN; LOCK lagesbild_store.mapping IN ACCESS EXCLUSIVE MODE; SELECT 'held';\n")
    held.stdin.flush()
    check("a table is locked", held.stdout.readline(), "held\n")
    answers = []
    asks = [threading.Thread(target=lambda month=month: answers.append(p.get("/api/v1/cells", **{"from": month, "to": month}))) for month in ("2024-01", "2024-02", "2024-03")]
    for t in asks:
        t.start()
    wait_for("two of three are asked", lambda: i.value(f"SELECT count(*) {waits}") == "2")
    check("signing in waits for none of them", api.nobody().sign_in(p.name, p.word).status, 200)
    check("nor does another's question", other.get("/api/v1/areas").status, 200)
    check("the third waits its turn", (i.value(f"SELECT count(*) {waits}"), answers), ("2", []))

    def all_stopped():
        i.value(f"SELECT count(pg_cancel_backend(pid)) {waits}")
        return len(answers) == 3

    wait_for("they are stopped", all_stopped)
    held.communicate("ROLLBACK;\n")
    for answer in answers:
        is_problem("a question that was stopped", answer, 504)
        check("and says nothing of coming again", (answer.headers["Retry-After"], answer.json["title"]), (None, "Frågan tog för lång tid"))


def away(i, api, p):
    """Sessions are killed while people ask: each gets an answer or a problem with Retry-After, and it goes on by itself."""
    seen, stop = set(), threading.Event()

    def ask(n):
        while not stop.is_set():
            answer = p.get("/api/v1/cells", area="1880", category=str(n))  # never remembered: 404 while all is well
            seen.add((answer.status, answer.headers.get("Retry-After")))
            n += 10

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(3)]
    for t in threads:
        t.start()
    kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename IN ('lagesbild_council', 'lagesbild_desk') AND datname = current_database()"
    killed = sum(int(i.value(kill)) for _ in range(5))
    stop.set()
    for t in threads:
        t.join()
    assert killed >= 3 and {s for s, _ in seen} <= {400, 404, 200, 503} and all(r for s, r in seen if s == 503), (killed, seen)
    wait_for("it recovers", lambda: p.get("/api/v1/categories").status == 200, 15)
    check("killed sessions are opened again", True)
    i.psql_admin(f'ALTER DATABASE "{i.name}" ALLOW_CONNECTIONS false')
    try:
        i.psql_admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s' AND usename LIKE 'lagesbild\\_%%'" % i.name)
        answer = wait_for("the database is away", lambda: (a := p.get("/api/v1/editions")) and a.status == 503 and a, 15)
        is_problem("it says so", answer, 503)
        check("and when to come again", answer.headers["Retry-After"] is not None)
        is_problem("signing in too", api.nobody().sign_in("a", "b"), 503)
    finally:
        i.psql_admin(f'ALTER DATABASE "{i.name}" ALLOW_CONNECTIONS true')
    wait_for("it recovers", lambda: p.get("/api/v1/editions").status == 200, 15)
    check("each worker and session of it", {p.get("/api/v1/session").status for _ in range(12)}, {200})
    check("it recovers by itself, and the session is still there", p.get("/api/v1/session").json["name"], "elak")


def metrics(i, port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as f:
        shown = dict(line.rsplit(" ", 1) for line in f.read().decode().splitlines() if line.startswith("lagesbild_api"))
    classes = {k: int(v) for k, v in shown.items() if "requests_total" in k}
    check("what was asked is counted by class", all(classes[f'lagesbild_api_requests_total{{status="{c}xx"}}'] > 0 for c in (2, 4, 5)))
    check("each in the histogram", int(shown["lagesbild_api_request_seconds_count"]), sum(classes.values()))
    noted = int(i.value("SELECT count(*) FROM lagesbild_desk.audit WHERE what = 'sign-in refused'"))  # and one that came from another site
    check("refused sign-ins", int(shown['lagesbild_api_sign_ins_total{result="refused"}']), noted + 1)
    check("what was remembered too", int(shown['lagesbild_api_cache_total{result="miss"}']) > 0)


def main():
    with Installation("apihostile") as i:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        api = Api(i, LAGESBILD_HTTP_PORT=str(port))
        p = api.account("elak", role="coordinator")
        arguments(p)
        bytes_(api, p)
        framing(api, p)
        bodies(api, p)
        forged(api, p)
        stopped(i, api, p)
        away(i, api, p)
        metrics(i, port)
        i.stop("api")


main()
