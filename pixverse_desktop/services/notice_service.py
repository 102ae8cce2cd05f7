"""The notification service of a Linux desktop, over the session's bus.

QtDBus cannot say the unsigned number in the call; jeepney, which the keyring brings, can.
"""

from __future__ import annotations

import html
import logging
import threading
from collections.abc import Callable
from concurrent.futures import TimeoutError as TooSlow
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.threading import DBusRouter

log = logging.getLogger(__name__)

_NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
_LIMIT_S = 3.0
_NO_LIMIT = -1  # how long it is shown is the desktop's own affair
_DESKTOP_ENTRY = "pixverse-desktop"


class NoticeService:
    """One notice at a time. Methods block; they run on workers, and may meet there.

    ``clicked`` hears of a click on it, on a thread, with what the desktop gives along so that our
    window may come to the front ("" for nothing). ``picture`` is the address of the program's icon.
    """

    def __init__(self, clicked: Callable[[str], None], picture: str) -> None:
        self._clicked = clicked
        self._picture = picture
        self._lock = threading.Lock()
        self._router: DBusRouter | None = None
        self._abilities: frozenset[str] = frozenset()
        self._shown = 0  # the service's number of it; 0: none
        self._token = ""

    def show(self, title: str, body: str, word: str) -> bool:
        """Show a notice in the place of the one before, without a sound; ``word`` says what a click
        does. False where there is no such service."""
        with self._lock:
            try:
                return self._show(title, body, word)
            except _failures() as error:
                log.info("no notice by the desktop's service: %s", type(error).__name__)
                self._leave()
                return False

    def withdraw(self) -> None:
        """Take the notice away: the user has seen the window."""
        with self._lock:
            try:
                if self._shown and self._router is not None:
                    self._call("CloseNotification", "u", (self._shown,))
            except _failures() as error:
                log.info("a notice stays: %s", type(error).__name__)
            self._shown = 0

    def close(self) -> None:
        """Leave the bus; safe to repeat."""
        with self._lock:
            self._leave()

    def _show(self, title: str, body: str, word: str) -> bool:
        if self._router is None:
            self._connect()
        plain = "body-markup" not in self._abilities
        actions = ["default", word] if "actions" in self._abilities else []
        hints = {
            "suppress-sound": ("b", True),
            "desktop-entry": ("s", _DESKTOP_ENTRY),
        }
        text = body if plain else html.escape(body, quote=False)
        given = (
            "Pixverse Desktop", self._shown, self._picture, title, text, actions, hints, _NO_LIMIT,
        )  # fmt: skip
        (self._shown,) = self._call("Notify", "susssasa{sv}i", given)
        return True

    def _connect(self) -> None:
        from jeepney import MatchRule, message_bus
        from jeepney.io.threading import DBusRouter, Proxy, open_dbus_connection

        router = self._router = DBusRouter(open_dbus_connection("SESSION"))
        (abilities,) = self._call("GetCapabilities", None, ())
        self._abilities = frozenset(abilities)
        bus = Proxy(message_bus, router, timeout=_LIMIT_S)
        for signal in ("ActivationToken", "ActionInvoked"):
            facts = {"type": "signal", "interface": _NAME, "member": signal, "path": _PATH}
            bus.AddMatch(MatchRule(sender=_NAME, **facts))
            router.filter(MatchRule(**facts), queue=_Hears(self._hear))

    def _leave(self) -> None:
        router, self._router, self._shown = self._router, None, 0
        if router is not None:
            router.close()
            router.conn.close()

    def _call(self, method: str, signature: str | None, body: tuple[object, ...]) -> list[Any]:
        from jeepney import DBusAddress, new_method_call
        from jeepney.wrappers import unwrap_msg

        assert self._router is not None
        service = DBusAddress(_PATH, _NAME, _NAME)
        message = new_method_call(service, method, signature, body)
        reply = self._router.send_and_get_reply(message, timeout=_LIMIT_S)
        return list(unwrap_msg(reply))

    def _hear(self, message: Message) -> None:
        """On the thread that listens."""
        from jeepney import HeaderFields

        number, value = (*message.body, None, None)[:2]
        if number != self._shown or not isinstance(value, str):
            return  # of another program
        if message.header.fields[HeaderFields.member] == "ActivationToken":
            self._token = value
            return
        token, self._token = self._token, ""
        self._clicked(token)


class _Hears:
    """In the place of a queue: hands on what comes at once."""

    def __init__(self, hear: Callable[[Message], None]) -> None:
        self.put_nowait = hear


def _failures() -> tuple[type[Exception], ...]:
    """What a bus that is not there, or does not answer, is known by."""
    from jeepney import DBusErrorResponse
    from jeepney.io.common import RouterClosed

    # KeyError: no bus of a session; RuntimeError: one that is reached in another way.
    return OSError, KeyError, RuntimeError, TooSlow, DBusErrorResponse, RouterClosed
