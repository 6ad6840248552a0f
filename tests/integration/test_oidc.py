#!/usr/bin/env python3
"""Signing in at an identity provider: the whole way, and every way in which its answer may be somebody else's."""
import os
import re
import socket
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from api import COOKIE, Api, Person  # noqa: E402
from installation import Installation  # noqa: E402
from provider import Key, Provider  # noqa: E402

REDIRECT = "https://lagesbild.example/api/v1/oidc/callback"


def check(what, have, want=True):
    assert have == want, f"{what}: {have!r}, not {want!r}"
    print(f"  {what}")


def go(api, provider):
    """Sent away: the cookie, and what the provider is asked."""
    answer = api.nobody().get("/api/v1/oidc")
    assert answer.status == 303, (answer.status, answer.body)
    address = urllib.parse.urlsplit(answer.headers["Location"])
    assert answer.headers["Location"].startswith(provider.issuer + "/authorize?tenant=kumla&"), address
    cookie = re.match(r"(__Host-lagesbild-oidc=[^;]+); Path=/; Secure; HttpOnly; SameSite=Lax", answer.headers["Set-Cookie"])[1]
    return cookie, dict(urllib.parse.parse_qsl(address.query))


def back(api, cookie, **arguments):
    path = "/api/v1/oidc/callback?" + urllib.parse.urlencode(arguments)
    return api.nobody().ask("GET", path, headers={"Cookie": cookie, "Sec-Fetch-Site": "cross-site"} if cookie else {})


def whole(api, provider, **claims):
    cookie, asked = go(api, provider)
    return back(api, cookie, code=provider.grant(asked, **claims), state=asked["state"], iss=provider.issuer)


def refused(what, answer, status):
    assert answer.status == status and answer.headers["Content-Type"].startswith("text/html"), (what, answer.status, answer.body)
    assert COOKIE + "=" not in answer.headers.get("Set-Cookie", ""), what
    print(f"  {what}: {status}")


def good(api, provider):
    answer = whole(api, provider)
    check("the way there and back", (answer.status, answer.headers["Location"]), (303, "/"))
    person = Person(api.port)
    person.cookie = re.search(COOKIE + "=([^;]+)", ", ".join(answer.headers.get_all("Set-Cookie")))[1]
    check("is signed in", person.get("/api/v1/session").json["name"], "anna")
    check("and sees", person.get("/api/v1/categories").status, 200)
    check("for several, given to us", whole(api, provider, aud=["other", provider.CLIENT], azp=provider.CLIENT).status, 303)
    outside = whole(api, provider, sub="person-2")
    person.cookie = re.search(COOKIE + "=([^;]+)", ", ".join(outside.headers.get_all("Set-Cookie")))[1]
    check("who needs a second factor needs it here too", (outside.status, person.get("/api/v1/categories").status, person.get("/api/v1/session").json["second"]), (303, 401, False))


def wrong_tokens(api, provider):
    now = int(time.time())
    for what, claims in (("unknown person", {"sub": "nobody-here"}), ("another sign-in's", {"nonce": "x"}), ("without nonce", {"nonce": None}),
                         ("for another program", {"aud": "other"}), ("for two, not given to us", {"aud": ["other", provider.CLIENT]}),
                         ("given to another", {"azp": "other"}), ("for a list of others", {"aud": ["other"]}), ("for nobody", {"aud": None}),
                         ("too old", {"exp": now - 120}), ("without end", {"exp": None}), ("an end that is a text", {"exp": "9999999999"}),
                         ("of the future", {"nbf": now + 600}), ("another issuer's", {"iss": "https://evil.example"}), ("of nobody", {"sub": None}),
                         ("of a number", {"sub": 7})):
        refused(what, whole(api, provider, **claims), 403)
    strange = Key(provider.folder, "RS256")
    known = Key(provider.folder, "RS256")
    known.kid = provider.key.kid
    for what, sign in (("alg none", "none"), ("a shared secret", "HS256"), ("a broken signature", "broken"), ("a strange key", strange), ("a strange key by a known name", known)):
        provider.sign = sign
        refused(what, whole(api, provider), 403)
    provider.sign = None


def wrong_ways(api, provider):
    cookie, asked = go(api, provider)
    code = provider.grant(asked)
    refused("without the cookie", back(api, None, code=code, state=asked["state"]), 400)
    refused("another state", back(api, cookie, code=code, state="x" * 43), 400)
    refused("another browser's cookie", back(api, go(api, provider)[0], code=code, state=asked["state"]), 400)
    refused("a cookie of last week", back(api, cookie.rsplit(".", 1)[0] + ".1600000000", code=code, state=asked["state"]), 400)
    refused("another issuer's answer", back(api, cookie, code=code, state=asked["state"], iss="https://evil.example"), 400)
    refused("not allowed there", back(api, cookie, error="access_denied", state=asked["state"]), 403)
    check("and then the right one", back(api, cookie, code=code, state=asked["state"]).status, 303)
    refused("a code is good once", back(api, cookie, code=code, state=asked["state"]), 403)
    other_cookie, other = go(api, provider)
    refused("a code of another sign-in", back(api, other_cookie, code=provider.grant(asked), state=other["state"]), 403)
    check("an argument that nobody knows", back(api, cookie, code="x", state="x", more="x").status, 400)
    provider.status = 500
    refused("the provider is broken", whole(api, provider), 503)
    provider.status = 200


def rotation(api, provider):
    reads = provider.key_reads
    check("keys are remembered", (whole(api, provider).status, provider.key_reads), (303, reads))
    time.sleep(5.1)
    provider.key = Key(provider.folder, "ES256")
    check("a new key, of another kind, is asked for", (whole(api, provider).status, provider.key_reads), (303, reads + 1))
    provider.sign = Key(provider.folder, "RS256")
    for _ in range(3):
        refused("strange keys", whole(api, provider), 403)
    check("do not make it ask each time", provider.key_reads <= reads + 2)
    provider.sign = None


def silent(i, env):
    """A provider that takes a call and says nothing: it is waited for once, not by every worker in turn."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        api = Api(i, LAGESBILD_OIDC_CLIENT_SECRET=Provider.SECRET, **{**env, "LAGESBILD_OIDC_ISSUER": f"http://127.0.0.1:{deaf.getsockname()[1]}"})
        refused("a provider that says nothing", api.nobody().get("/api/v1/oidc"), 503)
        began = time.monotonic()
        refused("is not asked again at once", api.nobody().get("/api/v1/oidc"), 503)
        check("so nobody else waits", time.monotonic() - began < 3)
        i.stop("api")


def main():
    with Installation("oidc") as i:
        provider = Provider(i.dir)
        env = {"LAGESBILD_OIDC_ISSUER": provider.issuer, "LAGESBILD_OIDC_CLIENT_ID": provider.CLIENT, "LAGESBILD_OIDC_REDIRECT": REDIRECT}
        check("half a configuration is refused", i.run("api", check=False, env=env).returncode, 2)
        for name, *more in (("anna", "--subject", "person-1"), ("polis", "--subject", "person-2", "--external")):
            i.run("lagesbild", "accounts", "set", name, "--password-file", "none", *more)
        off = Api(i)
        check("off unless configured", [off.nobody().get(p).status for p in ("/api/v1/oidc", "/api/v1/oidc/callback")], [404, 404])
        i.stop("api")
        api = Api(i, LAGESBILD_OIDC_CLIENT_SECRET=provider.SECRET, **env)
        good(api, provider)
        wrong_tokens(api, provider)
        wrong_ways(api, provider)
        rotation(api, provider)
        provider.close()
        check("a known provider that is away", go(api, provider)[1]["scope"], "openid")
        i.stop("api")
        silent(i, env)


main()
