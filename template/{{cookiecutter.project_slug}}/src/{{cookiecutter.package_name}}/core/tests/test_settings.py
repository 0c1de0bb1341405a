"""Settings from the environment."""

import pytest

from {{ cookiecutter.package_name }}.core.settings import Settings, SettingsError

TOKEN = "t" * 40


def test_settings_are_read_from_the_environment() -> None:
    settings = Settings.from_environment({"APP_TOKENS": f"ops={TOKEN}, batch={'u' * 40}", "APP_INSECURE_COOKIES": "1"})
    assert sorted(settings.tokens) == ["batch", "ops"]
    assert not settings.secure_cookies


@pytest.mark.parametrize(
    "tokens",
    ["", "ops", "ops=short", f"Ops Team={TOKEN}", f"ops={TOKEN},ops={'u' * 40}", f"ops={TOKEN},batch={TOKEN}"],
    ids=["none", "no-token", "short", "bad-name", "same-owner", "same-token"],
)
def test_tokens_that_cannot_be_used_stop_the_start(tokens: str) -> None:
    with pytest.raises(SettingsError, match="APP_TOKENS") as caught:
        Settings.from_environment({"APP_TOKENS": tokens})
    assert TOKEN not in str(caught.value)


def test_a_switch_is_0_or_1() -> None:
    with pytest.raises(SettingsError, match="APP_INSECURE_COOKIES"):
        Settings.from_environment({"APP_TOKENS": f"ops={TOKEN}", "APP_INSECURE_COOKIES": "yes"})
