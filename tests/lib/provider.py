"""An identity provider (OpenID Connect) for tests: description, keys and token endpoint on a port of its own; keys and signatures by openssl.

The test is the browser and the provider's page: grant() makes a code for what the browser was sent away with.
"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import secrets
import subprocess
import threading
import time
import urllib.parse


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*args, data=None):
    return subprocess.run(["openssl", *args], input=data, capture_output=True, check=True).stdout


class Key:
    """kind: RS256 or ES256."""

    def __init__(self, folder, kind):
        self.kind, self.kid = kind, secrets.token_hex(4)
        self.path = os.path.join(folder, f"{self.kid}.pem")
        if kind == "RS256":
            openssl("genrsa", "-out", self.path, "2048")
            n = bytes.fromhex(openssl("rsa", "-in", self.path, "-noout", "-modulus").decode().strip().split("=")[1])
            self.jwk = {"kty": "RSA", "use": "sig", "kid": self.kid, "alg": kind, "n": b64(n), "e": "AQAB"}
        else:
            openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.path)
            point = openssl("ec", "-in", self.path, "-pubout", "-outform", "DER")[-64:]
            self.jwk = {"kty": "EC", "use": "sig", "kid": self.kid, "crv": "P-256", "x": b64(point[:32]), "y": b64(point[32:])}

    def sign(self, data):
        raw = openssl("dgst", "-sha256", "-sign", self.path, data=data)
        if self.kind == "RS256":
            return raw
        out, at = b"", 2  # SEQUENCE of two INTEGERs
        for _ in range(2):
            size = raw[at + 1]
            out += raw[at + 2:at + 2 + size].lstrip(b"\0").rjust(32, b"\0")
            at += 2 + size
        return out


class Provider:
    """mangle(claims, header): changes a token before it is signed; sign: how, a Key, "none", "HS256" or "broken"."""

    CLIENT, SECRET = "lägesbild:test", "hemlig&ord+%"

    def __init__(self, folder):
        self.folder = folder
        self.key, self.codes, self.key_reads = Key(folder, "RS256"), {}, 0
        self.sign, self.mangle, self.status = None, None, 200
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path == "/.well-known/openid-configuration":
                    self.send(200, {"issuer": outer.issuer, "authorization_endpoint": outer.issuer + "/authorize?tenant=kumla", "token_endpoint": outer.issuer + "/token",
                                    "jwks_uri": outer.issuer + "/keys", "id_token_signing_alg_values_supported": ["RS256"], "claims_supported": ["sub"]})
                elif self.path == "/keys":
                    outer.key_reads += 1
                    self.send(200, {"keys": [{"kty": "oct", "k": "AAAA"}, outer.key.jwk]})
                else:
                    self.send(404, {})

            def do_POST(self):
                form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.send(*outer.redeem({k: v[0] for k, v in form.items()}, self.headers.get("Authorization", "")))

            def send(self, status, value):
                data = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def grant(self, asked, **claims):
        """A code for what the browser brought along (the arguments of the authorization endpoint)."""
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256" and "openid" in asked["scope"], asked
        code = secrets.token_urlsafe(16)
        self.codes[code] = (asked, claims)
        return code

    def redeem(self, form, authorization):
        user = ":".join(urllib.parse.quote(t, safe="") for t in (self.CLIENT, self.SECRET))
        if self.status != 200:
            return self.status, {}
        if authorization != "Basic " + base64.b64encode(user.encode()).decode():
            return 401, {"error": "invalid_client"}
        asked, more = self.codes.pop(form.get("code"), (None, None))
        if not asked or b64(hashlib.sha256(form["code_verifier"].encode()).digest()) != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        claims = {"iss": self.issuer, "aud": self.CLIENT, "sub": "person-1", "exp": int(time.time()) + 300, "iat": int(time.time()), "nonce": asked["nonce"]}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.token({**claims, **more})}

    def token(self, claims):
        claims = {k: v for k, v in claims.items() if v is not None}
        key = self.sign if isinstance(self.sign, Key) else self.key
        alg = self.sign if self.sign in ("none", "HS256") else key.kind
        text = b64(json.dumps({"alg": alg, "kid": key.kid}).encode()) + "." + b64(json.dumps(claims).encode())
        if alg == "none":
            return text + "."
        if alg == "HS256":  # by what everybody knows: the public key's own text
            return text + "." + b64(hmac.new(json.dumps(self.key.jwk).encode(), text.encode(), hashlib.sha256).digest())
        signature = key.sign(text.encode())
        return text + "." + b64(signature if self.sign != "broken" else signature[:-1] + bytes([signature[-1] ^ 1]))
