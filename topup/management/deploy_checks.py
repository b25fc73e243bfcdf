"""The production list, item by item, for `topup doctor --deploy`.

Owns what can be told from the settings and the machine; `deployed_data.py` asks the database. What
no program can tell (whether a backup was ever restored) stands in docs/howto/deploy.md.
"""

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from topup.config import Config
from topup.management import children
from topup.management.demo import FILE_NAME as DEMO_FILE
from topup.management.finding import Finding, ok, problem, remark

SECRET_KEY_MIN_CHARACTERS = 50
SECRET_KEY_MIN_DIFFERENT = 10
"""Fewer different characters are no random key."""
PLACEHOLDERS = (
    "django-insecure",
    "change",
    "secret",
    "example",
    "placeholder",
    "your-",
    "xxx",
    "only-for-tests",
)
PASSWORD_MIN_CHARACTERS = 12
COMMON_PASSWORDS = frozenset({"admin", "password", "topup", "changeme", "secret", "123456", "12345678"})
ANYBODY_PREFIX = 8
"""A trusted network this wide or wider is no proxy of ours."""
CHECK_TIMEOUT_S = 120
CLOCK_TIMEOUT_S = 10
READABLE_BY_OTHERS = stat.S_IRGRP | stat.S_IROTH


def debug(config: Config) -> Finding:
    if not config.debug:
        return ok("DEBUG", "off")
    return problem("DEBUG", "on, so that pages tell strangers about errors", remedy="set DEBUG=false")


def secret_key(config: Config) -> Finding:
    remedy = "set SECRET_KEY to the output of `openssl rand -base64 48`, and keep it secret"
    key = config.secret_key
    if not key:
        return problem("SECRET_KEY", "not set", remedy=remedy)
    if len(key) < SECRET_KEY_MIN_CHARACTERS:
        short = f"has {len(key)} characters, fewer than {SECRET_KEY_MIN_CHARACTERS}"
        return problem("SECRET_KEY", short, remedy=remedy)
    if len(set(key)) < SECRET_KEY_MIN_DIFFERENT or key.lower().startswith(PLACEHOLDERS):
        return problem("SECRET_KEY", "looks like a placeholder", remedy=remedy)
    return ok("SECRET_KEY", f"has {len(key)} characters")


def allowed_hosts(config: Config) -> Finding:
    names = [name.strip() for name in config.allowed_hosts.split(",") if name.strip()]
    remedy = "set ALLOWED_HOSTS to the host names that you serve, separated by commas"
    if not names:
        return problem("ALLOWED_HOSTS", "not set", remedy=remedy)
    if "*" in names:
        return problem("ALLOWED_HOSTS", "* serves any name that a client makes up", remedy=remedy)
    return ok("ALLOWED_HOSTS", ", ".join(names))


def database_url(config: Config) -> Finding:
    if config.embedded:
        remedy = "use a server of its own, with backups: docs/howto/external-database.md"
        return problem("DATABASE_URL", "not set: the embedded server is for development", remedy=remedy)
    given = conninfo_to_dict(config.database_url)
    host = str(given.get("host", ""))
    if _is_here(host) or given.get("sslmode") in ("require", "verify-ca", "verify-full"):
        return ok("DATABASE_URL", f"set, host {host or 'local'}")
    advice = "add ?sslmode=verify-full, unless the network between is yours alone"
    return remark("DATABASE_URL", f"TLS to {host} is not required", remedy=advice)


def owner_url(config: Config) -> Finding:
    if not config.database_owner_url:
        return ok("DATABASE_OWNER_URL", "not set here")
    remedy = "give it to `topup migrate` alone, for the length of a migration"
    return problem("DATABASE_OWNER_URL", "set where the server runs", remedy=remedy)


def proxies(config: Config) -> Finding:
    """TLS ends at a proxy; without it cookies and addresses are wrong."""
    if not config.proxies:
        remedy = "put nginx with TLS in front (deploy/nginx.conf), and its address into TRUSTED_PROXIES"
        return problem("TRUSTED_PROXIES", "not set: no request counts as HTTPS", remedy=remedy)
    wide = [str(network) for network in config.proxies if network.prefixlen < ANYBODY_PREFIX]
    if wide:
        remedy = "name the addresses of the proxies alone"
        return problem("TRUSTED_PROXIES", f"{wide[0]} lets strangers say who they are", remedy=remedy)
    return ok("TRUSTED_PROXIES", config.trusted_proxies)


def admin_password(config: Config) -> Finding:
    given = config.admin_password
    if not given:
        return ok("ADMIN_PASSWORD", "not set; `topup createsuperuser` asks for one")
    if len(given) < PASSWORD_MIN_CHARACTERS or given.lower() in {*COMMON_PASSWORDS, config.admin_username}:
        remedy = "unset it, and change the password in the console"
        return problem("ADMIN_PASSWORD", "easy to guess", remedy=remedy)
    return remark("ADMIN_PASSWORD", "still set", remedy="unset it: only the first start reads it")


def demonstration(config: Config) -> Finding:
    kept = config.home / DEMO_FILE
    if not kept.exists():
        return ok("Demonstration file", "none")
    remedy = f"delete {kept}, and revoke the keys in it"
    return problem("Demonstration file", f"{kept} has passwords and keys", remedy=remedy)


def environment_file(_: Config) -> Finding:
    path = Path(".env")
    if not path.exists() or not path.stat().st_mode & READABLE_BY_OTHERS:
        return ok("Settings file", "no .env here that others may read")
    return problem("Settings file", "others may read .env", remedy=f"chmod 600 '{path.resolve()}'")


def workers(config: Config) -> Finding:
    cores = os.cpu_count() or 1
    detail = f"{config.api_workers} on {cores} cores"
    if config.api_workers <= cores:
        return ok("API_WORKERS", detail)
    return remark("API_WORKERS", detail, remedy="as many as cores, less one or two for the database")


def log_directory(config: Config) -> Finding:
    try:
        config.logs.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=config.logs):
            pass
    except OSError as error:
        return problem("LOG_DIR", str(error), remedy=f"give {config.logs} to this user, or set LOG_DIR")
    return ok("LOG_DIR", f"{config.logs} is writable")


def rate_limits(config: Config) -> Finding:
    limits = {
        "RATE_LIMIT_PER_SECOND": config.rate_limit_per_second,
        "LOGIN_LIMIT_PER_MINUTE": config.login_limit_per_minute,
    }
    off = [name for name, limit in limits.items() if not limit]
    if off:
        remedy = "set it to more than your largest seller needs, but not to 0"
        return problem("Rate limits", f"{' and '.join(off)} is off", remedy=remedy)
    return ok("Rate limits", ", ".join(f"{name} {limit:,}" for name, limit in limits.items()))


def registration(config: Config) -> Finding:
    if not config.open_registration:
        return ok("OPEN_REGISTRATION", "off; staff register sellers")
    remedy = "set OPEN_REGISTRATION=false unless strangers are welcome"
    return remark("OPEN_REGISTRATION", "on: anybody may register as a seller", remedy=remedy)


def synchronised(_: Config) -> Finding:
    """Whether this machine's clock follows NTP, where systemd can tell."""
    program = shutil.which("timedatectl")
    said = ""
    if program:
        words = [program, "show", "--property=NTPSynchronized", "--value"]
        answer = subprocess.run(words, capture_output=True, text=True, check=False, timeout=CLOCK_TIMEOUT_S)
        said = answer.stdout.strip()
    if said == "yes":
        return ok("Time", "synchronised by NTP")
    if said == "no":
        return problem("Time", "this machine's clock is not synchronised", remedy="timedatectl set-ntp true")
    advice = "make sure that chrony or systemd-timesyncd runs on the host"
    return remark("Time", "nothing here tells whether the clock is synchronised", remedy=advice)


def django(config: Config) -> Finding:
    """Django's own list, in a process of its own, with these settings."""
    answer = subprocess.run(
        children.command("check", "--deploy", "--fail-level", "WARNING"),
        capture_output=True,
        text=True,
        check=False,
        timeout=CHECK_TIMEOUT_S,
        env=children.environment({"TOPUP_HOME": str(config.home)}),
    )
    if answer.returncode == 0:
        return ok("Django", "`check --deploy` finds nothing")
    lines = [line for line in answer.stderr.splitlines() if line.startswith(("?:", "topup:"))]
    detail = "; ".join(lines) or answer.stderr.strip()[-500:]
    return problem("Django", detail, remedy="run `topup check --deploy` for the whole text")


CHECKS: tuple[Callable[[Config], Finding], ...] = (
    debug,
    secret_key,
    allowed_hosts,
    database_url,
    owner_url,
    proxies,
    admin_password,
    demonstration,
    environment_file,
    workers,
    log_directory,
    rate_limits,
    registration,
    synchronised,
    django,
)


def _is_here(host: str) -> bool:
    return not host or host.startswith("/") or host in ("localhost", "127.0.0.1", "::1")
