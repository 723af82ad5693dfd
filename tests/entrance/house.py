"""A small OpenID provider on this machine: it signs in whoever it is told to, and may misbehave."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "desk", "only-for-tests"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class House:
    """`person` is who sits before the browser; `lies` overrides what the token says."""

    person: dict[str, Any]
    key: rsa.RSAPrivateKey = field(default_factory=new_key)
    lies: dict[str, Any] = field(default_factory=dict)
    signs_with: Any = None
    algorithm: str = "RS256"
    asked: dict[str, dict[str, str]] = field(default_factory=dict)  # by code
    url: str = ""

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]}

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes on to."""
        code = secrets.token_urlsafe(8)
        self.asked[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        asked = self.asked.pop(form.get("code", ""), None)
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        bound = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        if not asked or asked["code_challenge"] != bound or form["client_secret"] != SECRET:
            return None
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60}
        claims |= {"nonce": asked["nonce"]} | self.person | self.lies
        claims = {name: value for name, value in claims.items() if value is not None}
        key = self.signs_with if self.signs_with is not None else self.key
        signed = jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": "one"})
        return {"access_token": "unused", "token_type": "Bearer", "id_token": signed}


def serve(house: House) -> ThreadingHTTPServer:
    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            if address.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", house.authorize(query))
                self.end_headers()
            else:
                self.say(house.keys() if address.path == "/keys" else house.configuration())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.say(house.token({name: values[0] for name, values in parse_qs(body).items()}))

        def say(self, answer: dict[str, Any] | None) -> None:
            self.send_response(400 if answer is None else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer or {"error": "invalid_grant"}).encode())

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    house.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
