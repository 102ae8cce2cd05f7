"""Settings, secrets, logs and paths."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from pixverse_desktop.core import redaction
from pixverse_desktop.core.service import custom_origin, demo_origin, pixeldojo_origin
from pixverse_desktop.services import logs, secrets
from pixverse_desktop.services.paths import paths_below, resources
from pixverse_desktop.services.runtime import trim_cache
from pixverse_desktop.services.settings import (
    Settings,
    WindowState,
    load_settings,
    load_window_state,
    proxy_problem,
    save_json,
)


def test_settings_come_back(tmp_path: Path) -> None:
    mine = Settings("pixeldojo", "/clips", 7, "http://proxy:3128", "light", "a", "b", "off", False)
    save_json(tmp_path / "s.json", mine)
    assert load_settings(tmp_path / "s.json") == mine
    window = WindowState("abc", (1, 2), {"prompt": "x"}, 0.5, False, True, 2.0)
    save_json(tmp_path / "w.json", window)
    assert load_window_state(tmp_path / "w.json") == window


@pytest.mark.logs_warnings
@pytest.mark.parametrize(
    "text",
    ['{"jobs_at_a_time": 500, "theme": "pink", "service": "x", "proxy": "::", "extra": 1}',
     '{"jobs_at_a_time": "4", "clip_folder": 5}', "{}"],
)  # fmt: skip
def test_senseless_values_become_defaults(tmp_path: Path, text: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(text)
    loaded = load_settings(path)
    assert 1 <= loaded.jobs_at_a_time <= 20
    assert (loaded.theme, loaded.service, loaded.proxy, loaded.clip_folder) == (
        "system", "demo", "", "",
    )  # fmt: skip


@pytest.mark.logs_warnings
@pytest.mark.parametrize("data", [b"{", b"\xff\xfe", b"[" * 100_000, b"[]"])
def test_a_damaged_file_is_set_aside(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "s.json"
    path.write_bytes(data)
    assert load_settings(path) == Settings()
    assert path.with_name("s.json.damaged").read_bytes() == data


def test_proxies() -> None:
    assert proxy_problem("") == proxy_problem("http://h:1") == ""
    assert proxy_problem("h:1")
    assert proxy_problem("http://h:99999999")


@pytest.mark.parametrize(
    "pasted", ["{}", " {}\n", '"{}"', "Bearer {}", "Authorization: Bearer {}", "\u200b{}", "“{}”"]
)
def test_pasted_keys_are_cleaned(pasted: str, key: str) -> None:
    assert secrets.clean_key(pasted.format(key)) == key


@pytest.mark.parametrize("pasted", ["", "  ", "two words", "a\nb12", "ключ-ключ", "abc"])
def test_what_is_no_key_is_refused(pasted: str) -> None:
    with pytest.raises(ValueError):
        secrets.clean_key(pasted)


def test_what_is_wrong_with_a_key_is_said_as_it_is() -> None:
    for pasted, said in (("abc", "too short"), ("x" * 513, "too long"), ("a b", "holds spaces")):
        with pytest.raises(ValueError, match=said):
            secrets.clean_key(pasted)


class MemoryKeyring(KeyringBackend):
    """A backend of an allowed name whose behaviour a test scripts."""

    priority = 1

    def __init__(self, keeps: bool = True, hangs: threading.Event | None = None) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.keeps = keeps
        self.hangs = hangs

    def get_password(self, service: str, username: str) -> str | None:
        if self.hangs:
            self.hangs.wait()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.keeps:
            self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class AllowedKeyring(MemoryKeyring):
    """Passes for the Secret Service."""


AllowedKeyring.__module__ = "keyring.backends.SecretService"


@pytest.fixture
def use_keyring():
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def test_a_key_is_kept_for_its_own_origin_alone(use_keyring, key: str) -> None:
    use_keyring(AllowedKeyring())
    real = pixeldojo_origin()
    assert secrets.Secrets().save(real, key) == "keyring"
    found = secrets.Secrets().find(real)
    assert found is not None
    assert (found.key, found.source) == (key, "keyring")
    assert key not in repr(found)
    assert secrets.Secrets().find(custom_origin("https://other.example")) is None
    assert secrets.Secrets().find(demo_origin("http://127.0.0.1:1")) is None
    secrets.Secrets().remove(real)
    assert secrets.Secrets().find(real) is None


@pytest.mark.parametrize("backend", [AllowedKeyring(keeps=False), MemoryKeyring()])
def test_without_a_real_keyring_the_key_lasts_a_session(use_keyring, key: str, backend) -> None:
    use_keyring(backend)
    mine = secrets.Secrets()
    assert mine.save(pixeldojo_origin(), key) == "session"
    found = mine.find(pixeldojo_origin())
    assert found is not None
    assert found.source == "session"
    assert secrets.Secrets().find(pixeldojo_origin()) is None


def test_a_hanging_keyring_is_given_up(use_keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    use_keyring(AllowedKeyring(hangs=release))
    monkeypatch.setattr(secrets, "_LIMIT_S", 0.05)
    assert secrets.Secrets().find(pixeldojo_origin()) is None
    release.set()


def test_the_environment_wins_but_not_on_the_demo(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv(secrets.ENVIRONMENT_VARIABLE, f" {key}\n")
    found = secrets.Secrets().find(pixeldojo_origin())
    assert found is not None
    assert (found.key, found.source) == (key, "environment")
    assert secrets.Secrets().find(demo_origin("")) is None


def test_the_log_holds_no_secrets(tmp_path: Path, key: str) -> None:
    redaction.register_secret(key)
    running = logs.Logs(tmp_path)
    log = logging.getLogger("pixverse_desktop.test")
    log.info("key %s, Bearer %s, https://h/a.mp4?sig=%s", key, "abcdef", "secret-part")
    try:
        raise RuntimeError(f"failed with {key}")
    except RuntimeError:
        log.info("trace", exc_info=True)
    running.close()
    text = (tmp_path / "pixverse-desktop.log").read_text()
    assert "trace" in text
    for secret in (key, "abcdef", "secret-part"):
        assert secret not in text


def test_paths_stay_below_the_data_folder(tmp_path: Path) -> None:
    paths = paths_below(tmp_path)
    for path in (paths.frames, paths.simulator, paths.lock, paths.settings,
                 paths.window, paths.cache, paths.logs, paths.clips):  # fmt: skip
        assert path.is_relative_to(tmp_path)
    assert (resources() / "style.qss").is_file()


def test_a_cache_loses_its_oldest_files(tmp_path: Path) -> None:
    for number in range(10):
        path = tmp_path / str(number % 3) / f"{number}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.touch()
        os.utime(path, (number, number))
    assert trim_cache(tmp_path, 10) == 0
    assert trim_cache(tmp_path, 8) == 6
    assert sorted(path.stem for path in tmp_path.rglob("*.jpg")) == ["6", "7", "8", "9"]
    assert trim_cache(tmp_path / "none", 8) == 0
