"""The settings of one installation: the only reader of environment variables.

Everything else receives a `Config`. A value is read from the environment first, then from a
`.env` file in the working directory, then from the default below. The table of settings in
`docs/reference/settings.md` and `.env.example` are held to this module by a test.
"""

import ipaddress
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit

import msgspec
from dotenv import dotenv_values

# Where PostgreSQL keeps its files and what it is called, inside `TOPUP_HOME`.
EMBEDDED_DATABASE = "topup"
APP_ROLE = "topup_app"
OWNER_ROLE = "topup_owner"
SUPERUSER_ROLE = "topup_super"
# A Unix socket's path may have 107 bytes on Linux and 103 on macOS; the file name takes 15.
SOCKET_DIRECTORY_MAX_BYTES = 86
SEARCH_PATH = "public,ledger,recharges,credit,audit"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class ConfigError(ValueError):
    """A setting is wrong. The message names the variable and says what it accepts."""


def _setting(description: str, **limits: Any) -> Any:  # Meta's own keywords, and a Meta
    return msgspec.Meta(description=description, **limits)


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting, by the lower-case name of its environment variable."""

    topup_home: Annotated[str, _setting("Directory of the data, logs and socket of this installation")] = (
        "./var"
    )
    host: Annotated[str, _setting("Address to listen on")] = "127.0.0.1"
    port: Annotated[
        int, _setting("Port to listen on; if it is taken, `topup up` takes the next free one", ge=1, le=65535)
    ] = 8000
    database_url: Annotated[
        str, _setting("PostgreSQL to use, as the application's role; empty: the embedded server")
    ] = ""
    database_owner_url: Annotated[
        str, _setting("The same database as the role that owns the tables; only `topup migrate` uses it")
    ] = ""
    wal_archive: Annotated[
        str,
        _setting(
            "Directory to which the embedded server copies its log of writes, so that `topup restore` can go "
            "to any moment since a backup; best on another disk. Empty: it keeps none"
        ),
    ] = ""
    redis_url: Annotated[
        str,
        _setting(
            "Redis for shared rate limits and a shared cache: redis://, rediss:// or unix://; empty: each "
            "process has its own. Everything works while it is away"
        ),
    ] = ""
    seller_lock: Annotated[
        Literal["row", "redis"],
        _setting("`redis`: a lock in Redis as well, in front of the row lock, which protects alone"),
    ] = "row"
    distributed_lock_timeout: Annotated[
        int,
        _setting(
            "Seconds that a lock in Redis lives where its holder died, and that a batch waits for one before "
            "it goes on without",
            ge=1,
            le=60,
        ),
    ] = 2
    secret_key: Annotated[
        str, _setting("Signs sessions; made and kept under `TOPUP_HOME` while `DEBUG` is on, else required")
    ] = ""
    secret_key_fallbacks: Annotated[
        str,
        _setting(
            "Earlier values of `SECRET_KEY`, separated by commas, so that secrets kept under them can still "
            "be read"
        ),
    ] = ""
    debug: Annotated[bool, _setting("Development mode")] = True
    allowed_hosts: Annotated[
        str, _setting("Host names served, separated by commas; empty with `DEBUG`: loopback")
    ] = ""
    admin_username: Annotated[str, _setting("Name of the first staff user", min_length=1)] = "admin"
    admin_password: Annotated[
        str, _setting("Password of the first staff user; empty: made and shown once")
    ] = ""
    api_workers: Annotated[int, _setting("Processes that serve HTTP", ge=1, le=64)] = 2
    lanes: Annotated[int, _setting("Database connections per process that sell", ge=1, le=32)] = 1
    database_pool_size: Annotated[
        int,
        _setting(
            "Database connections at most, per process, for the API beside selling, and as many for pages",
            ge=2,
            le=64,
        ),
    ] = 8
    open_registration: Annotated[bool, _setting("Whether anyone may register as a seller")] = False
    default_currency: Annotated[Literal["IRR"], _setting("Currency of a new seller")] = "IRR"
    double_spending_timeout: Annotated[
        int,
        _setting(
            "Seconds in which the same number and amount is not sold again under another key; 0: no such "
            "window. A seller may have its own",
            ge=0,
            le=604800,
        ),
    ] = 0
    time_zone: Annotated[str, _setting("Where a seller's day begins, for daily limits")] = "Asia/Tehran"
    rate_limit_per_second: Annotated[
        int,
        _setting("Requests a second of one user in one process, with `REDIS_URL` in all; 0: no limit", ge=0),
    ] = 20000
    login_limit_per_minute: Annotated[
        int,
        _setting(
            "Log-ins a minute from one address in one process, with `REDIS_URL` in all; 0: no limit", ge=0
        ),
    ] = 30
    wrong_keys_per_minute: Annotated[
        int,
        _setting(
            "Keys a minute from one address (of IPv6: one network of 64 bits) that may turn out wrong in one "
            "process; after that only keys that it knows are served from there; 0: no limit",
            ge=0,
        ),
    ] = 120

    login_failures_max: Annotated[
        int,
        _setting(
            "Wrong passwords of one user from one address before that user is locked out from there",
            ge=1,
            le=1000,
        ),
    ] = 5
    login_lock_minutes: Annotated[int, _setting("Minutes that such a lock lasts", ge=1, le=1440)] = 15
    staff_two_factor: Annotated[
        Literal["off", "required"],
        _setting("`required`: staff set up a second factor of their log-in before the console opens"),
    ] = "off"
    credit_four_eyes_above: Annotated[
        int,
        _setting(
            "Rials above which a credit request needs the approvals of two different staff; 0: one is enough",
            ge=0,
        ),
    ] = 0
    reconcile_minor_limit: Annotated[
        int,
        _setting(
            "Rials under which a book's difference from its whole journal is minor, so that "
            "`topup reconcile_balances --fix` mends it; 0: no difference is minor",
            ge=0,
        ),
    ] = 10000
    trusted_proxies: Annotated[
        str,
        _setting(
            "Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, "
            "separated by commas; empty: nobody's"
        ),
    ] = ""

    webhook_allowed_hosts: Annotated[
        str,
        _setting(
            "Host names or addresses that webhooks may be sent to though they are private, separated by "
            "commas; empty: public addresses only"
        ),
    ] = ""
    review_four_eyes_above: Annotated[
        int,
        _setting(
            "Rials above which an unknown recharge is marked failed by two of staff, one after the other; "
            "0: one is enough",
            ge=0,
        ),
    ] = 0

    log_dir: Annotated[str, _setting("Directory of the log files; empty: `logs` under `TOPUP_HOME`")] = ""
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        _setting("What application.log has; the other logs are always whole"),
    ] = "INFO"
    metrics_token: Annotated[
        str, _setting("Bearer token that may read `/api/metrics/`; empty: only the key of staff may")
    ] = ""

    @property
    def home(self) -> Path:
        return Path(self.topup_home).expanduser().resolve()

    @property
    def embedded(self) -> bool:
        return not self.database_url

    @property
    def proxies(self) -> tuple[Network, ...]:
        """The networks of TRUSTED_PROXIES. Raises ConfigError."""
        written = [each.strip() for each in self.trusted_proxies.split(",") if each.strip()]
        try:
            return tuple(ipaddress.ip_network(each) for each in written)
        except ValueError as error:
            raise ConfigError(
                f"TRUSTED_PROXIES: {error}. Write addresses or networks such as 10.0.0.7,10.1.0.0/16."
            ) from error

    @property
    def older_secret_keys(self) -> tuple[str, ...]:
        return tuple(each.strip() for each in self.secret_key_fallbacks.split(",") if each.strip())

    @property
    def webhook_hosts(self) -> tuple[str, ...]:
        return tuple(each.strip() for each in self.webhook_allowed_hosts.split(",") if each.strip())

    @property
    def logs(self) -> Path:
        return Path(self.log_dir).expanduser().resolve() if self.log_dir else self.home / "logs"

    @property
    def archive(self) -> Path | None:
        return Path(self.wal_archive).expanduser().resolve() if self.wal_archive else None

    @property
    def socket_dir(self) -> Path:
        """Where the embedded server's socket is: under home, or in /tmp where that path is too long."""
        inside = self.home / "run"
        if len(os.fsencode(inside)) <= SOCKET_DIRECTORY_MAX_BYTES:
            return inside
        return Path("/tmp") / f"topup-{_path_digest(self.home)}"  # noqa: S108  # its mode is 0700, and its owner is checked

    def dsn(self, role: Literal["app", "owner", "super"] = "app") -> str:
        """The connection URL of a role. `super` exists only for the embedded server."""
        if self.embedded:
            user = {"app": APP_ROLE, "owner": OWNER_ROLE, "super": SUPERUSER_ROLE}[role]
            return f"postgresql://{user}@/{EMBEDDED_DATABASE}?host={quote(str(self.socket_dir), safe='')}"
        if role == "app":
            return self.database_url
        if role == "owner" and self.database_owner_url:
            return self.database_owner_url
        raise ConfigError(
            "DATABASE_OWNER_URL is not set. This command runs as the role that owns the tables: "
            "set it to a connection URL of that role, for this command only."
        )


def _path_digest(path: Path) -> str:
    import hashlib  # noqa: PLC0415  # needed only for paths too long for a socket

    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def load(environ: Mapping[str, str] | None = None, *, dotenv: str | Path | None = ".env") -> Config:
    """Read the settings. Unknown variables are not ours and are passed over.

    Raises ConfigError, naming the variable and what it accepts.
    """
    given: dict[str, str] = {}
    if dotenv is not None:
        given.update({k: v for k, v in dotenv_values(dotenv).items() if v is not None})
    given.update(os.environ if environ is None else environ)
    values: dict[str, str] = {}
    for field in msgspec.structs.fields(Config):
        value = given.get(field.encode_name.upper())
        if value not in (None, ""):
            values[field.name] = str(value)
    try:
        config = msgspec.convert(values, Config, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(_explain(str(error))) from error
    _check_redis(config)
    _ = config.proxies  # said at the start rather than by each worker
    return config


def _check_redis(config: Config) -> None:
    """Raise ConfigError for what no Redis can be reached by. The message never repeats the password."""
    if not config.redis_url:
        if config.seller_lock == "redis":
            raise ConfigError("SELLER_LOCK: redis needs REDIS_URL. See .env.example.")
        return
    try:
        url = urlsplit(config.redis_url)
        well = (url.scheme in ("redis", "rediss") and bool(url.hostname) and url.port != 0) or (
            url.scheme == "unix" and len(url.path) > 1
        )
        database = url.path.strip("/") if url.scheme != "unix" else ""
    except ValueError:  # a port that is no number
        well, database = False, ""
    if not well or (database and not (database.isascii() and database.isdecimal())):
        raise ConfigError(
            "REDIS_URL: expected redis://[user:password@]host[:port][/number], the same with rediss:// for "
            "TLS, or unix:///path/to/redis.sock. See .env.example."
        )


def _explain(message: str) -> str:
    reason, _, path = message.partition(" - at `$.")
    name = path.rstrip("`").upper() or "a setting"
    return f"{name}: {reason[:1].lower()}{reason[1:]}. See .env.example."


def secret_key(config: Config) -> str:
    """The key that signs sessions: the one configured or, in development, one made once and kept."""
    if config.secret_key:
        return config.secret_key
    if not config.debug:
        raise ConfigError("SECRET_KEY is not set. With DEBUG=False, set it to 50 random characters or more.")
    kept = config.home / "secret_key"
    try:
        return kept.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        config.home.mkdir(parents=True, exist_ok=True)
        return _keep_secret(kept)


def _keep_secret(path: Path) -> str:
    made = secrets.token_urlsafe(50)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(made)
    try:
        os.link(unfinished, path)  # whole or not at all: others may read it at any moment
    except FileExistsError:  # another process was first
        return path.read_text(encoding="ascii").strip()
    finally:
        unfinished.unlink()
    return made
