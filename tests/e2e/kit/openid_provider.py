"""A stand-in for an organisation's OpenID provider: authorization code with PKCE, tokens with real signatures (by the
openssl command), honest, or lying as it is told.

    provider = OpenIdProvider(folder, issuer, identity)
    code = provider.code_for(url, "ana", ["soc"])           what a browser would come back with from that address
    code = provider.code_for(url, "ana", [], claims={...})  ... where the token is a lie

As a program it is one without TLS, with a page on which somebody signs in as anybody; says its issuer:

    python3 -B tests/e2e/kit/openid_provider.py
"""

import base64
import hashlib
import html
import http.server
import json
import pathlib
import secrets
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

CLIENT, SECRET = "console", "s3:cret+of tests"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _openssl(*arguments, data=None):
    return subprocess.run([shutil.which("openssl"), *map(str, arguments)], input=data, capture_output=True, timeout=60,
                          check=True).stdout


class Key:
    """RS256 or ES256."""

    def __init__(self, folder, algorithm, kid):
        self.algorithm, self.kid, self.file = algorithm, kid, pathlib.Path(folder) / f"{kid}-{secrets.token_hex(4)}.pem"
        kind = (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"] if algorithm == "RS256"
                else ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
        _openssl("genpkey", *kind, "-out", self.file)

    @property
    def public_pem(self):
        return _openssl("pkey", "-in", self.file, "-pubout")

    def jwk(self):
        if self.algorithm == "RS256":
            modulus = _openssl("rsa", "-in", self.file, "-noout", "-modulus").decode().split("=")[1].strip()
            return {"kty": "RSA", "kid": self.kid, "use": "sig", "alg": "RS256",
                    "n": base64url(bytes.fromhex(modulus)), "e": "AQAB"}
        point = _openssl("pkey", "-in", self.file, "-pubout", "-outform", "DER")[-64:]
        return {"kty": "EC", "kid": self.kid, "use": "sig", "crv": "P-256", "x": base64url(point[:32]),
                "y": base64url(point[32:])}

    def sign(self, text):
        signature = _openssl("dgst", "-sha256", "-sign", self.file, data=text.encode())
        if self.algorithm == "RS256":
            return signature
        # SEQUENCE { INTEGER r, INTEGER s }, to 32 bytes each (RFC 7518 section 3.4).
        numbers, at = b"", 2
        for _ in range(2):
            size = signature[at + 1]
            numbers += signature[at + 2:at + 2 + size][-32:].rjust(32, b"\0")
            at += 2 + size
        return numbers


class OpenIdProvider:
    """
    documents  path -> what is answered instead: (status, type, bytes), or a function that is given the handler
    codes      code -> what was agreed on; each is good once
    asked      (method, path, form) of every request
    """

    def __init__(self, folder, issuer=None, identity=None, algorithm="RS256", redirects=None, public=False):
        self.keys = {"RS256": Key(folder, "RS256", "rsa-1"), "ES256": Key(folder, "ES256", "ec-1")}
        self.algorithm, self.redirects, self.public = algorithm, redirects, public
        self.codes, self.documents, self.asked, self.lock = {}, {}, [], threading.Lock()
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65536

            def do_GET(self):
                provider.answer(self, "")

            def do_POST(self):
                provider.answer(self, self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.issuer = issuer or f"http://127.0.0.1:{self.port}"
        if identity:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(identity.chain, identity.key)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                     do_handshake_on_connect=False)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    # --- what it says ---

    def metadata(self):
        return {"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/jwks",
                "end_session_endpoint": f"{self.issuer}/logout", "response_types_supported": ["code"],
                "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256", "ES256"],
                "code_challenge_methods_supported": ["S256"]}

    def answer(self, handler, body):
        path, _, query = handler.path.partition("?")
        form = dict(urllib.parse.parse_qsl(body or query))
        with self.lock:
            self.asked.append((handler.command, path, form))
            other = self.documents.get(path)
        if callable(other):
            handler.close_connection = True
            try:
                other(handler)
            except OSError:
                pass  # The gateway has had enough.
            return
        if other:
            self.say(handler, *other)
        elif path == "/.well-known/openid-configuration":
            self.say_json(handler, self.metadata())
        elif path == "/jwks":
            self.say_json(handler, {"keys": [key.jwk() for key in self.keys.values()]})
        elif path == "/token" and handler.command == "POST":
            self.redeem(handler, form)
        elif path == "/authorize":
            self.page(handler, query)
        elif path == "/sign-in" and handler.command == "POST":
            # Where somebody typed who they are.
            form = dict(urllib.parse.parse_qsl(body))
            groups = [group for group in form.get("groups", "").split() if group]
            self.go(handler, self.back(f"{self.issuer}/authorize?{form['query']}", form["name"], groups))
        else:
            self.say(handler, 404, "text/plain", b"nothing here")

    @staticmethod
    def say(handler, status, kind, data):
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)
        handler.wfile.flush()

    def say_json(self, handler, value, status=200):
        self.say(handler, status, "application/json", json.dumps(value).encode())

    @staticmethod
    def go(handler, url):
        handler.send_response(303)
        handler.send_header("Location", url)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def page(self, handler, query):
        self.say(handler, 200, "text/html; charset=utf-8", f"""<!DOCTYPE html><html lang=en><link rel=icon href=data:,><title>Corp Login</title>
<h1>Corp Login</h1><form method=post action=/sign-in><input type=hidden name=query value="{html.escape(query)}">
<label>User <input name=name></label> <label>Groups <input name=groups></label> <button>Log in</button></form>""".encode())

    # --- codes and tokens ---

    def code_for(self, url, name, groups, **lies):
        """`lies`: claims (others or None for none), header, key, token (the whole of it), alg."""
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(url).query))
        for name_, value in {"response_type": "code", "client_id": CLIENT, "code_challenge_method": "S256"}.items():
            if query.get(name_) != value:
                raise AssertionError(f"{name_} is {query.get(name_)}")
        if "openid" not in query["scope"].split() or len(query["nonce"]) < 22 or len(query["state"]) < 22:
            raise AssertionError(f"not an OpenID request: {query}")
        if self.redirects is not None and query["redirect_uri"] not in self.redirects:
            raise AssertionError(f"not registered: {query['redirect_uri']}")
        code = secrets.token_urlsafe(16)
        with self.lock:
            self.codes[code] = {"query": query, "name": name, "groups": groups, "lies": lies}
        return code

    def back(self, url, name, groups, **lies):
        """Where a browser is sent back to."""
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(url).query))
        return query["redirect_uri"] + "?" + urllib.parse.urlencode(
            {"code": self.code_for(url, name, groups, **lies), "state": query["state"], "iss": self.issuer})

    def token(self, agreed):
        now, lies = int(time.time()), agreed["lies"]
        if "token" in lies:
            return lies["token"]
        claims = {"iss": self.issuer, "sub": f"id-of-{agreed['name']}", "aud": CLIENT, "exp": now + 300, "iat": now,
                  "nonce": agreed["query"]["nonce"], "preferred_username": agreed["name"], "groups": agreed["groups"],
                  **lies.get("claims", {})}
        claims = {name: value for name, value in claims.items() if value is not None}
        key = lies.get("key") or self.keys[lies.get("alg", self.algorithm)]
        header = {"alg": key.algorithm, "typ": "JWT", "kid": key.kid, **lies.get("header", {})}
        text = base64url(json.dumps(header).encode()) + "." + base64url(json.dumps(claims).encode())
        signature = lies["sign"](text) if "sign" in lies else key.sign(text)
        return text + "." + base64url(signature)

    def redeem(self, handler, form):
        with self.lock:
            agreed = self.codes.pop(form.get("code"), None)
        try:
            given = base64.b64decode(handler.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        except ValueError:
            given = ""
        # RFC 6749 section 2.3.1: both are encoded as in a form before they are put together.
        client, _, secret = given.partition(":")
        known = (urllib.parse.unquote_plus(client), urllib.parse.unquote_plus(secret)) == (CLIENT, SECRET)
        known = known or (not given and self.public and form.get("client_id") == CLIENT)
        proof = base64url(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if not known:
            self.say_json(handler, {"error": "invalid_client"}, 401)
        elif agreed is None or form.get("grant_type") != "authorization_code" or \
                proof != agreed["query"]["code_challenge"] or form.get("redirect_uri") != agreed["query"]["redirect_uri"]:
            self.say_json(handler, {"error": "invalid_grant"}, 400)
        else:
            self.say_json(handler, {"token_type": "Bearer", "access_token": secrets.token_urlsafe(8),
                                    "id_token": self.token(agreed)})


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        running = OpenIdProvider(folder, public=True)
        print(running.issuer, flush=True)
        sys.stdin.read()  # Until whoever started it ends.
        running.stop()
