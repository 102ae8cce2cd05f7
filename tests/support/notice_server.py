"""A desktop's notification service on a bus of its own: it writes down what it is asked for, and
clicks or closes when it is told to on standard input."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jeepney import (
    DBusAddress,
    HeaderFields,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.threading import DBusConnection, DBusRouter, Proxy, open_dbus_connection

_NAME, _PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"


def main() -> None:
    """Serve until standard input ends; argument: what the service can do."""
    connection = open_dbus_connection("SESSION")
    with DBusRouter(connection) as router:
        Proxy(message_bus, router).RequestName(_NAME)
    threading.Thread(target=_click, args=(connection,), daemon=True).start()
    print(json.dumps({"ready": True}), flush=True)
    count = 0
    while True:
        message = connection.receive()
        if message.header.message_type is not MessageType.method_call:
            continue
        method = message.header.fields[HeaderFields.member]
        if method == "GetCapabilities":
            answer = new_method_return(message, "as", (sys.argv[1:],))
        elif message.header.fields.get(HeaderFields.signature) == "susssasa{sv}i":
            count = message.body[1] or count + 1
            answer = new_method_return(message, "u", (count,))
        elif method == "CloseNotification":
            answer = new_method_return(message)
        else:
            answer = new_error(message, "org.freedesktop.DBus.Error.InvalidArgs")
        print(json.dumps({"method": method, "body": message.body}), flush=True)
        connection.send(answer)


def _click(connection: DBusConnection) -> None:
    for line in sys.stdin:
        number, token = line.split()
        service = DBusAddress(_PATH, interface=_NAME)
        if token != "-":
            connection.send(new_signal(service, "ActivationToken", "us", (int(number), token)))
        connection.send(new_signal(service, "ActionInvoked", "us", (int(number), "default")))
    os._exit(0)


class NoticeServer:
    """The other end of such a process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def next_call(self) -> dict[str, object]:
        """What it was asked for next; waits for it."""
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())  # type: ignore[no-any-return]

    def click(self, number: int, token: str = "-") -> None:
        """The user clicks a notice."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{number} {token}\n")
        self.process.stdin.flush()


@contextmanager
def bus_of_a_session() -> Iterator[str]:
    """The address of a new message bus."""
    assert shutil.which("dbus-daemon"), "dbus is needed (packaging/linux/system-deps.sh tests)"
    command = ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as daemon:
        assert daemon.stdout is not None
        try:
            yield daemon.stdout.readline().strip()
        finally:
            daemon.kill()


@contextmanager
def notice_server(address: str, *abilities: str) -> Iterator[NoticeServer]:
    """A service on that bus."""
    command = [sys.executable, "-m", "tests.support.notice_server", *abilities]
    env = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": address}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env,
        cwd=Path(__file__).parents[2],
    ) as process:  # fmt: skip
        server = NoticeServer(process)
        assert server.next_call() == {"ready": True}
        try:
            yield server
        finally:
            process.kill()


if __name__ == "__main__":
    main()
