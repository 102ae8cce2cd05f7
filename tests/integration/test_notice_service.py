"""Notices through a real message bus, to a notification service of another process."""

from __future__ import annotations

import queue
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from pixverse_desktop.services.notice_service import NoticeService
from tests.support.notice_server import bus_of_a_session, notice_server

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="this service is Linux's")


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with bus_of_a_session() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address


@pytest.fixture
def clicks() -> queue.Queue[str]:
    return queue.Queue()


@pytest.fixture
def service(clicks: queue.Queue[str]) -> Iterator[NoticeService]:
    made = NoticeService(clicks.put, "file:///icon.svg")
    yield made
    made.close()
    made.close()


def test_a_notice_is_silent_changes_and_is_clicked(
    bus: str, service: NoticeService, clicks: queue.Queue[str]
) -> None:
    with notice_server(bus, "actions", "body", "body-markup") as server:
        assert service.show("“<b>” is ready.", "a <b> & c", "Show")
        assert server.next_call()["method"] == "GetCapabilities"
        told = server.next_call()["body"]
        assert told[:3] == ["Pixverse Desktop", 0, "file:///icon.svg"]
        assert told[3:6] == ["“<b>” is ready.", "a &lt;b&gt; &amp; c", ["default", "Show"]]
        assert told[6] == {
            "suppress-sound": ["b", True],
            "desktop-entry": ["s", "pixverse-desktop"],
        }
        assert service.show("Two clips", "", "Show")
        assert server.next_call()["body"][1] == 1  # in the place of the first
        server.click(7)  # of another program
        service._hear(SimpleNamespace(body=(1,)))  # type: ignore[arg-type]
        service._hear(SimpleNamespace(body=()))  # type: ignore[arg-type]
        service._hear(SimpleNamespace(body=(1, 2)))  # type: ignore[arg-type]
        server.click(1)
        assert clicks.get(timeout=10) == ""
        server.click(1, "token")
        assert clicks.get(timeout=10) == "token"
        assert clicks.empty()
        service.withdraw()
        assert server.next_call() == {"method": "CloseNotification", "body": [1]}
        assert service.show("A third", "", "Show")
        assert server.next_call()["body"][1] == 0


def test_a_plain_service_gets_plain_text_and_no_button(bus: str, service: NoticeService) -> None:
    with notice_server(bus, "body") as server:
        assert service.show("title", "a <b> & c", "Show")
        server.next_call()
        told = server.next_call()["body"]
        assert told[4:6] == ["a <b> & c", []]


def test_without_a_service_or_a_bus_nothing_is_shown(
    bus: str, service: NoticeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not service.show("title", "", "Show")
    with notice_server(bus, "actions"):
        assert service.show("title", "", "Show")  # one that came later is found
    assert not service.show("title", "", "Show")
    service.withdraw()
    for address in ("unix:path=/nowhere/bus", "tcp:host=localhost,port=1"):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        assert not service.show("title", "", "Show")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    assert not service.show("title", "", "Show")
