"""Every setting is in `.env.example` and in the reference, as `topup.config` has it."""

from pathlib import Path

from topup import config
from topup.management import settings_reference

ROOT = Path(__file__).parents[2]
REMEDY = "run `python -m topup.management.settings_reference`"


def test_env_example_lists_every_setting_with_its_default() -> None:
    text = (ROOT / settings_reference.ENV_EXAMPLE).read_text(encoding="utf-8")

    assert text == settings_reference.env_example(), REMEDY


def test_the_reference_lists_every_setting() -> None:
    text = (ROOT / settings_reference.TABLE).read_text(encoding="utf-8")

    assert text == settings_reference.table(), REMEDY


def test_the_example_as_it_stands_changes_nothing(tmp_path: Path) -> None:
    copied = tmp_path / ".env"
    copied.write_text(settings_reference.env_example(), encoding="utf-8")

    assert config.load({}, dotenv=copied) == config.Config()


def test_every_default_is_accepted_when_it_is_written_out(tmp_path: Path) -> None:
    uncommented = tmp_path / ".env"
    lines = settings_reference.env_example().splitlines()
    settings = [line.removeprefix("# ") for line in lines if "=" in line and line.startswith("# ")]
    uncommented.write_text("\n".join(settings), encoding="utf-8")

    assert config.load({}, dotenv=uncommented) == config.Config()
