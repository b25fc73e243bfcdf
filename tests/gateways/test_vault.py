"""A secret at rest can be read with the SECRET_KEY that sealed it, now or earlier, and with nothing else."""

import pytest

from topup.config import Config, ConfigError
from topup.vault import CannotOpenError, Vault, derived

SECRET = b"hush"


def vault(key: str, *, earlier: str = "") -> Vault:
    return Vault(Config(secret_key=key, secret_key_fallbacks=earlier))


def test_what_was_sealed_is_opened_by_the_same_key_and_shows_nothing() -> None:
    sealed = vault("one").seal(SECRET)

    assert SECRET not in sealed
    assert sealed != vault("one").seal(SECRET)
    assert vault("one").open(sealed) == SECRET


def test_an_earlier_key_still_opens_and_never_seals() -> None:
    sealed = vault("one").seal(SECRET)
    after = vault("two", earlier="zero, one")

    assert after.open(sealed) == SECRET
    assert vault("two").open(after.seal(SECRET)) == SECRET


@pytest.mark.parametrize(
    "sealed",
    [vault("two").seal(SECRET), b"", b"hush", vault("one").seal(SECRET)[:-1]],
    ids=["of another key", "nothing", "not sealed", "cut"],
)
def test_another_key_or_a_changed_secret_says_what_to_do(sealed: bytes) -> None:
    with pytest.raises(CannotOpenError, match="SECRET_KEY_FALLBACKS") as refused:
        vault("one").open(sealed)

    assert "hush" not in str(refused.value)


def test_there_is_no_vault_without_a_key() -> None:
    with pytest.raises(ConfigError, match="SECRET_KEY"):
        Vault(Config(debug=False))


def test_each_purpose_has_a_key_of_its_own() -> None:
    assert derived("one", b"a") == derived("one", b"a")
    assert len({derived("one", b"a"), derived("one", b"b"), derived("two", b"a")}) == 3
