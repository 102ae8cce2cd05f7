"""The network is changed in the window: at once, never in the middle of a payment, and with the
password in the keyring alone."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from pixverse_desktop.app import Program
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import custom_origin
from pixverse_desktop.services.application import KeyOutcome
from pixverse_desktop.services.network import find_route
from pixverse_desktop.services.secrets import Secrets
from pixverse_desktop.services.settings import Settings, load_settings
from tests.show import driver
from tests.support.certificates import Authority
from tests.support.keyrings import GoodKeyring, ScriptedKeyring, UseKeyring
from tests.support.paid_service import PaidService

PASSWORD = "hush-canary/7f3e9d"
PROXY = "http://jane@proxy.example:8080"
ENTRY = ("pixverse-desktop", f"proxy {PROXY}")


def own(settings: Settings, proxy: str = PROXY) -> Settings:
    return replace(settings, proxy_use="own", proxy=proxy)


def test_a_change_waits_for_the_answer_that_is_paid_for(
    data_dir: Path, key: str, monkeypatch: pytest.MonkeyPatch, use_keyring: UseKeyring
) -> None:
    use_keyring(GoodKeyring())
    monkeypatch.setenv("PIXELDOJO_API_KEY", key)
    came, go_on = threading.Event(), threading.Event()

    with PaidService() as service:

        def late(connection: socket.socket, request: bytes) -> None:
            came.set()
            go_on.wait(20)
            service.receipt()(connection, request)

        service.next["run"].append(late)

        async def script(program: Program) -> None:
            await driver.ready(program)
            before = program.engine
            program.window.compose.form.prompt.set_text("a fox")
            driver.press_generate(program)
            await driver.until(came.is_set, "the request")
            kept: list[str] = []
            program.commands.network().use(own(program.settings), PASSWORD, kept.append)
            await driver.until(lambda: kept, "the change")
            assert program.engine is before  # it still waits for the answer
            go_on.set()
            await driver.until(lambda: program.engine not in (None, before), "the new engine")
            await driver.until(lambda: driver.jobs_in(program, JobState.SAVED), "the clip")
            assert kept == ["keyring"]

        try:
            driver.drive(script, data_dir, fixed=custom_origin(f"{service.url}/api/v1"))
        finally:
            go_on.set()
        assert len(service.charges) == len(service.posts()) == 1


def test_the_password_is_in_the_keyring_alone_and_goes_with_its_proxy(
    data_dir: Path, use_keyring: UseKeyring
) -> None:
    backend = GoodKeyring()
    use_keyring(backend)

    async def script(program: Program) -> None:
        await driver.ready(program)
        done: list[str] = []
        network = program.commands.network()
        network.use(own(program.settings), PASSWORD, done.append)
        await driver.until(lambda: len(done) == 1, "the proxy")
        assert backend.kept == {ENTRY: PASSWORD}
        await driver.ready(program)

    driver.drive(script, data_dir)
    for path in data_dir.rglob("*"):
        assert not path.is_file() or PASSWORD.encode() not in path.read_bytes(), path
    kept = load_settings(data_dir / "settings.json")
    assert kept.proxy == PROXY
    # As the next start finds it.
    assert find_route(kept, Secrets()).proxy == (
        "http://jane:hush-canary%2F7f3e9d@proxy.example:8080"
    )

    async def other(program: Program) -> None:
        await driver.ready(program)
        done: list[str] = []
        changed = own(program.settings, "http://jane@other.example:1")
        program.commands.network().use(changed, "", done.append)
        await driver.until(lambda: done, "the other proxy")
        assert find_route(program.settings, program.secrets).proxy == changed.proxy

    driver.drive(other, data_dir)
    assert backend.kept == {}
    assert load_settings(data_dir / "settings.json").keys_kept == ()


def test_a_key_that_cannot_be_tested_says_what_is_in_the_way(
    data_dir: Path, tmp_path: Path, key: str
) -> None:
    authority = Authority(tmp_path)
    outcomes: list[KeyOutcome] = []

    async def script(program: Program) -> None:
        await driver.until(lambda: program.engine, "the service")
        program.commands.set_key(key, outcomes.append)
        await driver.until(lambda: outcomes, "the refusal")
        trusting = replace(program.settings, certificates=str(authority.root))
        program.commands.network().use(trusting, "", lambda stored: None)
        await driver.until(lambda: program.settings == trusting, "the certificate file")
        program.commands.set_key(key, outcomes.append)
        await driver.until(lambda: len(outcomes) == 2, "the key")

    with PaidService(tls=authority.server("127.0.0.1")) as service:
        driver.drive(script, data_dir, fixed=custom_origin(f"{service.url}/api/v1"))
    assert outcomes[0].problem is not None
    said = outcomes[0].problem.message
    assert "signed by nobody" in said
    assert said.endswith("The key could not be tested and was not kept.")
    assert outcomes[1].ok


@pytest.mark.parametrize("trouble", ["none", "locked", "forgets"])
def test_without_a_keyring_it_is_kept_for_the_session(
    data_dir: Path, use_keyring: UseKeyring, trouble: str
) -> None:
    use_keyring(GoodKeyring(trouble))
    secrets = Secrets()
    assert secrets.save_proxy_password(PROXY, PASSWORD) == "session"
    settings = own(Settings(keys_kept=()))
    assert "hush-canary" in (find_route(settings, secrets).proxy or "")
    assert find_route(settings, Secrets()).proxy == PROXY


def test_a_keyring_that_is_opened_later_has_the_password(use_keyring: UseKeyring) -> None:
    backend = GoodKeyring()
    use_keyring(backend)
    assert Secrets().save_proxy_password(PROXY, PASSWORD) == "keyring"
    secrets, settings = Secrets(), own(Settings())
    use_keyring(GoodKeyring("locked"))
    assert find_route(settings, secrets).proxy == PROXY
    use_keyring(backend)
    assert "hush-canary" in (find_route(settings, secrets).proxy or "")


def test_a_keyring_is_not_asked_for_a_password_that_nobody_saved(use_keyring: UseKeyring) -> None:
    backend: ScriptedKeyring = GoodKeyring()
    use_keyring(backend)
    find_route(own(Settings(keys_kept=())), Secrets())
    find_route(own(Settings(), "http://proxy.example:8080"), Secrets())
    assert backend.callers == []


def test_an_address_with_a_password_of_an_older_version_is_kept_without_it(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"proxy": f"http://jane:{PASSWORD.replace('/', '%2F')}@p:80"}))
    found = load_settings(path)
    assert (found.proxy, found.proxy_in_use) == ("http://jane@p:80", "own")
    assert Settings().proxy_in_use == "system"
