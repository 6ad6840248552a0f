"""The api of an installation, and people who use it: http.client with a session's cookie, or a program's key."""
import fcntl
import http.client
import json
import os
import re
import secrets
import subprocess
import urllib.parse

from installation import wait_for

COOKIE = "__Host-lagesbild"


def allow(env, *roles):
    """Lets roles log in, with a password in PGPASSFILE; once a server, however many tests ask for it at a time."""
    with open(env["PGPASSFILE"], "a+", encoding="ascii") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        f.seek(0)
        known = f.read()
        for role in roles:
            if f":{role}:" in known:
                continue
            word = secrets.token_hex(16)
            subprocess.run(["psql", "-XqAt"], input=f"ALTER ROLE {role} LOGIN PASSWORD '{word}'", env=env, text=True, check=True)
            f.write(f"127.0.0.1:*:*:{role}:{word}\n")


class Api:
    """with Installation("x") as i: api = Api(i) — a process named api on a port of its own, stopped with the installation."""

    def __init__(self, i, **env):
        allow(i.env, "lagesbild_council", "lagesbild_desk")
        self.i = i
        path = os.path.join(i.dir, "api.log")
        before = len(i.log("api")) if os.path.exists(path) else 0  # of one that ran before
        i.start("api", None, env={"LAGESBILD_API_PORT": "0", **env})
        self.port = int(wait_for("the api serves", lambda: re.search(r"http://127\.0\.0\.1:(\d+)", i.log("api")[before:]))[1])
        self.url = f"http://localhost:{self.port}"

    def account(self, name, *, role="reader", group="steering,operational", actor="kommunen", external=False):
        """Makes an account and signs it in: a Person."""
        args = ["accounts", "set", name, "--role", role, "--group", group, "--actor", actor, "--json"] + (["--external"] if external else [])
        word = json.loads(self.i.run("lagesbild", *args).stdout)["password"]
        person = Person(self.port)
        person.sign_in(name, word)
        return person

    def nobody(self):
        return Person(self.port)


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def json(self):
        return json.loads(self.body)


class Person:
    """A browser's side: one connection, the session's cookie and word."""

    def __init__(self, port):
        self.port, self.cookie, self.csrf, self.name, self.word = port, None, None, None, None

    def ask(self, method, path, body=None, headers=None, **query):
        """query becomes the address's arguments; body: a value that is sent as JSON, or bytes as they are."""
        if query:
            path += "?" + urllib.parse.urlencode(query)
        sent = {"Content-Type": "application/json"} if body is not None else {}
        if self.cookie:
            sent["Cookie"] = f"{COOKIE}={self.cookie}"
        if self.csrf and method not in ("GET", "HEAD"):
            sent["X-CSRF-Token"] = self.csrf
        sent.update(headers or {})
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, data, sent)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, **query):
        return self.ask("GET", path, **query)

    def put(self, path, body, **query):
        return self.ask("PUT", path, body, **query)

    def post(self, path, body=None, **query):
        return self.ask("POST", path, body, **query)

    def delete(self, path, **query):
        return self.ask("DELETE", path, **query)

    def sign_in(self, name, word, **more):
        answer = self.ask("POST", "/api/v1/session", {"name": name, "password": word, **more})
        if answer.status == 200:
            self.name, self.word = name, word
            self.cookie = re.search(rf"{COOKIE}=([^;]+)", answer.headers["Set-Cookie"])[1]
            self.csrf = answer.json["csrf"]
        return answer
