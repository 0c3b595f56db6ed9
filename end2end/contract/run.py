#!/usr/bin/env python3
"""Asks a server of its own everything that docs/reference/openapi.json allows and much that it does not.

Starts target/debug/sealdrop-server, sends one small object and makes a link to it, tells Schemathesis of both, and lets it
run: examples, boundary values, random requests, and sequences of them. A failure is a status that the document does not
name, an answer of another shape, a 5xx, or a valid request that is refused. The seed is fixed: CONTRACT_SEED for another
one, CONTRACT_EXAMPLES for more of them.
"""
import base64
import hashlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RECORD_SIZE = 262_144
# Without one there is no such route.
WEBHOOK_SECRET = "a secret of the contract's server, long enough"
STREAM = 65_380


def text(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def sealed_object(object_id):
    """What looks like a sealed object to who has no key (docs/design/format.md, section 2)."""
    header = b"\x89SD1\r\n\x1a\n" + bytes([1, 1, 0, 0]) + RECORD_SIZE.to_bytes(4, "big")
    header += object_id + os.urandom(32) + STREAM.to_bytes(8, "big") + bytes(24) + os.urandom(32)
    return header + os.urandom(STREAM + 28)


class Server:
    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        settings = {
            "SEALDROP_ADDR": self.address,
            "SEALDROP_DATA": f"{folder}/data",
            "SEALDROP_RATE_LIMITS": "off",
            "SEALDROP_MAX_DOWNLOADS": "unlimited",
            "SEALDROP_MAX_EXPIRES_IN": "316224000",
            "SEALDROP_GUEST_MAX_BYTES": "2000TiB",
            "BREVO_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "SEALDROP_LOG": "error",
        }
        self.url = f"http://{self.address}"
        self.process = subprocess.Popen(
            [ROOT / "target/debug/sealdrop-server", "serve"],
            cwd=folder,
            env=os.environ | settings,
            stdout=subprocess.PIPE,
        )
        # Its one line says that it is ready.
        if not self.process.stdout.readline():
            raise SystemExit("contract: the server did not start")

    def ask(self, method, path, body=None, token=None, data=None):
        headers = {"content-type": "application/json"} if data is None else {}
        if token:
            headers["Sealdrop-Token"] = token
        data = json.dumps(body).encode() if body is not None else data
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        with urllib.request.urlopen(request) as answer:
            said = answer.read()
            return answer.headers, json.loads(said) if said[:1] == b"{" else said

    def upload(self, token, finish):
        object_id = os.urandom(16)
        sealed = sealed_object(object_id)
        name = text(object_id)
        new = {"object_id": name, "sealed_len": len(sealed), "part_len": 10_485_760}
        self.ask("POST", "/api/v1/uploads", new, token)
        parts = {"parts": [{"n": 1, "len": len(sealed)}]}
        urls = self.ask("POST", f"/api/v1/uploads/{name}/urls", parts, token)[1]["urls"]
        etag = self.ask("PUT", urls[0]["url"], data=sealed)[0]["ETag"]
        sent = {"sealed_len": len(sealed), "parts": [{"n": 1, "etag": etag}]}
        while finish and self.ask("POST", f"/api/v1/uploads/{name}/complete", sent, token)[1]["state"] != "committed":
            time.sleep(0.02)
        return name

    def link(self):
        token, auth, seed = text(os.urandom(32)), os.urandom(32), os.urandom(16)
        link_id = text(hashlib.sha256(b"sealdrop/1/link/id\0" + seed).digest()[:16])
        self.upload(token, finish=True)
        verifier = text(hashlib.sha256(auth).digest())
        payload = text(os.urandom(84 + 64))
        new = {"link_seed": text(seed), "verifier": verifier, "payload": payload, "expires_in": 3600, "max_downloads": 1_000_000}
        self.ask("POST", "/api/v1/links", new, token)
        claim = text(os.urandom(16))
        taken = {"auth": text(auth), "claim_id": claim, "purpose": "download"}
        self.ask("POST", f"/api/v1/links/{link_id}/claims", taken)
        return {"token": token, "auth": text(auth), "link_id": link_id, "claim_id": claim}


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder)
        try:
            given = server.link()
            # A second transfer that goes on: parts of it can be asked for.
            given["upload_token"] = text(os.urandom(32))
            given["object_id"] = server.upload(given["upload_token"], finish=False)
            given["free_token"] = text(os.urandom(32))
            given["webhook_secret"] = WEBHOOK_SECRET
            command = [
                *(pathlib.Path(sys.executable).parent / "schemathesis", "--config-file", HERE / "schemathesis.toml", "run"),
                *(ROOT / "docs/reference/openapi.json", "--url", server.url),
                *("--seed", os.environ.get("CONTRACT_SEED", "1")),
                *("--max-examples", os.environ.get("CONTRACT_EXAMPLES", "15")),
                # For who reads only the end of a log (scripts/what-failed.mjs).
                *("--report", "junit", "--report-junit-path", ROOT / "target/contract-junit.xml"),
            ]
            hooks = os.environ | {"SCHEMATHESIS_HOOKS": str(HERE / "hooks.py"), "CONTRACT_GIVEN": json.dumps(given)}
            code = subprocess.call(command, cwd=folder, env=hooks)
            if server.process.poll() is not None:
                raise SystemExit("contract: the server has ended")
            # It still works after all of that.
            server.link()
            return code
        finally:
            server.process.terminate()
            server.process.wait(30)


if __name__ == "__main__":
    sys.exit(main())
