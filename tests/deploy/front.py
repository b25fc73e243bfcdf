"""nginx with `deploy/nginx.conf` before a real server, on ports of its own and a certificate of the day."""

import os
import signal
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.support.installation import ROOT
from tests.support.needs import needs
from tests.support.server import Server, free_port

TIMEOUT_S = 20
POLL_S = 0.05


@dataclass(frozen=True)
class Front:
    """A running nginx: HTTPS at `url`, plain HTTP at `plain_url`."""

    url: str
    plain_url: str
    certificate: Path
    access_log: Path
    error_log: Path

    def client(self, *, key: str = "", address: str = "127.0.0.1", base: str = "") -> httpx.Client:
        """A client that trusts the certificate and calls from this address of the loopback."""
        headers = {"Authorization": f"Token {key}"} if key else {}
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        transport = httpx.HTTPTransport(verify=trusted, local_address=address)
        return httpx.Client(
            base_url=base or self.url, transport=transport, headers=headers, timeout=TIMEOUT_S
        )


@contextmanager
def fronted(server: Server, directory: Path) -> Iterator[Front]:
    """nginx before `server`, stopped at the end."""
    nginx = needs("nginx")
    certificate, key = _certificate(directory)
    ports = {"plain": free_port(), "tls": free_port()}
    front = Front(
        url=f"https://127.0.0.1:{ports['tls']}",
        plain_url=f"http://127.0.0.1:{ports['plain']}",
        certificate=certificate,
        access_log=directory / "access.log",
        error_log=directory / "error.log",
    )
    configuration = directory / "nginx.conf"
    configuration.write_text(_adapted(front, server, directory, key, ports), encoding="utf-8")
    words = [nginx, "-p", str(directory), "-e", str(front.error_log), "-c", str(configuration)]
    process = subprocess.Popen([*words, "-g", "daemon off;"], stdin=subprocess.DEVNULL)
    try:
        _wait(front, process)
        yield front
    finally:
        os.kill(process.pid, signal.SIGQUIT)
        process.wait(timeout=TIMEOUT_S)


def _certificate(directory: Path) -> tuple[Path, Path]:
    certificate, key = directory / "certificate.pem", directory / "key.pem"
    subprocess.run(
        [
            *(needs("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=topup.test", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key


def _adapted(front: Front, server: Server, directory: Path, key: Path, ports: dict[str, int]) -> str:
    """Our configuration with the paths and ports of a test; each must stand in it exactly once."""
    text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    for ours, theirs in {
        "pid /run/nginx.pid;": f"pid {directory}/nginx.pid;",
        "error_log /dev/stderr warn;": f"error_log {front.error_log} warn;",
        "access_log /dev/stdout main;": f"access_log {front.access_log} main; {_temporary(directory)}",
        "server web:8000;": f"server {server.url.removeprefix('http://')};",
        "listen 80;": f"listen 127.0.0.1:{ports['plain']};",
        "return 308 https://$host$request_uri;": f"return 308 https://$host:{ports['tls']}$request_uri;",
        "listen 443 ssl;": f"listen 127.0.0.1:{ports['tls']} ssl;",
        "ssl_certificate /run/secrets/tls_certificate;": f"ssl_certificate {front.certificate};",
        "ssl_certificate_key /run/secrets/tls_key;": f"ssl_certificate_key {key};",
    }.items():
        assert text.count(ours) == 1, ours
        text = text.replace(ours, theirs)
    return text


def _temporary(directory: Path) -> str:
    """Directories that an ordinary user may write to."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return " ".join(f"{kind}_temp_path {directory}/{kind};" for kind in kinds)


def _wait(front: Front, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + TIMEOUT_S
    while time.monotonic() < until:
        said = front.error_log.read_text(encoding="utf-8") if front.error_log.exists() else ""
        assert process.poll() is None, f"nginx ended:\n{said}"
        try:
            with front.client() as client:
                client.get("/api/health/")
        except httpx.TransportError:
            time.sleep(POLL_S)
        else:
            return
    raise AssertionError("nginx does not answer")
