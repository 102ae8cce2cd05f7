"""The page of the network: a draft of proxy and certificates is tried out, then used."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from pixverse_desktop.core.errors import ProblemCode, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.service import ServiceReport
from pixverse_desktop.services.settings import Settings
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.dialogs.network_page import NetworkPage
from pixverse_desktop.ui.shell.main_window import MainWindow


@pytest.fixture
def page(window: MainWindow) -> NetworkPage:
    dialog = window.user_actions.settings_dialog
    dialog.open_at("network")
    return dialog.network


def enter(page: NetworkPage, host: str, port: str = "", name: str = "", secret: str = "") -> None:
    page.use.set_value("own")
    page.own.host.setText(host)
    page.own.on_host_editing_finished()
    for field, text in (
        (page.own.port, port),
        (page.own.name, name),
        (page.own.secret, secret),
    ):
        if text:
            field.setText(text)


def used(context: UiContext) -> Settings:
    return context.commands.settings


def test_a_proxy_is_used_by_a_click_and_its_password_leaves_the_field(
    page: NetworkPage, context: UiContext
) -> None:
    assert not page.own.isVisible()
    assert not page.use_button.isEnabled()
    enter(page, "proxy.example", "8080", "jane", "hush")
    assert page.own.secret.echoMode() is QLineEdit.EchoMode.Password
    assert page.state.text() == "Not in use yet."
    assert used(context).proxy == ""
    page.use_button.click()
    name, _, typed = context.commands.calls[-1]
    assert (name, typed) == ("use", "hush")
    assert (used(context).proxy_use, used(context).proxy) == (
        "own", "http://jane@proxy.example:8080",
    )  # fmt: skip
    assert page.own.secret.text() == ""
    assert page.own.secret.placeholderText() == "Saved in the keyring"
    assert page.state.text() == "In use."
    assert not page.use_button.isEnabled()
    page.own.host.setText("other.example")
    assert page.own.secret.placeholderText() == ""


def test_without_a_keyring_that_is_said(page: NetworkPage, context: UiContext) -> None:
    context.commands.key_storage = "session"
    enter(page, "proxy.example", "8080", "jane", "hush")
    QTest.keyClick(page.own.secret, Qt.Key.Key_Return)
    assert "for this session only" in page.state.text()


@pytest.mark.parametrize(
    ("given", "kind", "parts"),
    [
        ("http://jane:hu%2Fsh@proxy:3128", "http", ("proxy", "3128", "jane", "hu/sh")),
        ("socks5://proxy:1080", "socks5h", ("proxy", "1080", "", "")),
        ("proxy:99", "http", ("proxy", "99", "", "")),
        ("[::1]:99", "http", ("::1", "99", "", "")),
        ("proxy", "http", ("proxy", "", "", "")),
        ("::1", "http", ("::1", "", "", "")),
    ],
)
def test_a_whole_address_is_taken_apart(
    page: NetworkPage, given: str, kind: str, parts: tuple[str, ...]
) -> None:
    enter(page, given)
    assert page.own.values() == (kind, *parts)


@pytest.mark.parametrize(
    ("host", "port", "name", "secret", "said", "field"),
    [
        ("", "80", "", "", "Name the host", "host"),
        ("a b", "80", "", "", "The host is a name", "host"),
        ("http://", "80", "", "", "The host is a name", "host"),
        ("proxy", "", "", "", "The port is a number", "port"),
        ("proxy", "0", "", "", "The port is a number", "port"),
        ("proxy", "99999", "", "", "The port is a number", "port"),
        ("proxy", "٣", "", "", "The port is a number", "port"),
        ("proxy", "80", "", "hush", "A password needs a name", "name"),
    ],
)
def test_what_is_no_proxy_is_said_and_stays(
    page: NetworkPage, context: UiContext, host: str, port: str, name: str, secret: str,
    said: str, field: str,
) -> None:  # fmt: skip
    enter(page, host, port, name, secret)
    before = page.own.values()
    for button in (page.use_button, page.test_button):
        button.click()
        assert said in page.own.error.text()
        assert getattr(page.own, field).property("invalid")
    assert page.own.values() == before
    assert context.commands.names() == []
    page.own.kind.set_value("socks5h")
    assert page.own.error.text() == ""


def test_a_draft_is_still_there_when_the_dialog_comes_back(
    window: MainWindow, page: NetworkPage, context: UiContext
) -> None:
    enter(page, "proxy.example", "8080")
    window.user_actions.settings_dialog.close()
    window.user_actions.settings_dialog.open_at("network")
    assert page.own.host.text() == "proxy.example"
    assert page.state.text() == "Not in use yet."
    assert context.commands.names() == []


def test_another_proxy_is_kept_while_none_is_used(page: NetworkPage, context: UiContext) -> None:
    enter(page, "proxy.example", "8080")
    page.use_button.click()
    page.use.set_value("none")
    page.use_button.click()
    assert (used(context).proxy_use, used(context).proxy) == ("none", "http://proxy.example:8080")
    page.use.set_value("own")
    assert page.own.host.text() == "proxy.example"


def test_a_draft_is_tried_out_before_it_is_used(page: NetworkPage, context: UiContext) -> None:
    enter(page, "proxy.example", "8080", "jane", "hush")
    page.test_button.click()
    page.test_button.click()
    ((name, settings, typed),) = context.commands.calls
    assert (name, settings.proxy, typed) == ("test", "http://jane@proxy.example:8080", "hush")
    assert used(context).proxy == ""
    assert page.result.text() == "Reaching the service…"
    context.commands.answers[-1](
        ServiceReport([Message("check_unreached", why=Message("why_proxy_login"))], reached=False)
    )
    assert "wants a name and a password" in page.result.text()
    assert page.result.property("role") == "error"
    page.test_button.click()
    context.commands.answers[-1](problem(ProblemCode.KEY, Message("key_too_short")))
    assert "too short" in page.result.text()
    page.test_button.click()
    context.commands.answers[-1](ServiceReport([Message("check_no_models")]))
    assert page.result.property("role") == "note"
    page.test_button.click()
    context.commands.answers[-1](ServiceReport())
    assert page.result.text() == "The service answers. There is no key yet to try."
    context.commands.key = "pd_key"
    page.test_button.click()
    context.commands.answers[-1](ServiceReport())
    assert "accepts the key" in page.result.text()
    assert page.result.property("role") == "good"


def test_the_answer_to_an_earlier_draft_is_not_shown(page: NetworkPage, context: UiContext) -> None:
    page.test_button.click()
    page.use.set_value("none")
    assert page.result.text() == ""
    context.commands.answers[-1](ServiceReport())
    assert page.result.text() == ""
    page.test_button.click()
    context.commands.answers[-1](ServiceReport())
    assert page.result.text() != ""


def test_a_certificate_file_is_checked_when_it_is_chosen(
    page: NetworkPage, context: UiContext, tmp_path: Path
) -> None:
    good, bad = str(tmp_path / "good.pem"), str(tmp_path / "bad.pem")
    context.commands.bad_files[bad] = Message("own_certificates_empty", path=bad)
    page.choose_button.click()
    assert page._dialog is not None
    page._dialog.fileSelected.emit(bad)
    assert "holds no certificate" in page.file_error.text()
    assert not page.use_button.isEnabled()
    page._dialog.fileSelected.emit(good)
    page._dialog.close()
    assert page.file_error.text() == ""
    page.use_button.click()
    assert used(context).certificates == good
    page.none_button.click()
    page.use_button.click()
    assert used(context).certificates == ""
    assert not page.none_button.isVisible()
