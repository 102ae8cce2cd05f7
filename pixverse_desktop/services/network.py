"""How requests leave this machine by the settings, with the password that is in the keyring."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, unquote, urlsplit

from pixverse_desktop.core.errors import Problem, ProblemCode, UserError, problem
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.redaction import register_secret
from pixverse_desktop.core.route import Route
from pixverse_desktop.services.secrets import Secrets, proxy_entry
from pixverse_desktop.services.settings import Settings, SettingsFiles
from pixverse_desktop.services.slot_border import SlotTasks

if TYPE_CHECKING:
    from pixverse_desktop.core.service import Origin, ServiceReport
    from pixverse_desktop.services.engine_bridge import EngineBridge
    from pixverse_desktop.services.paths import Paths
    from pixverse_desktop.services.qt_workers import Workers


# Where one's own proxy is wanted and none is named: nothing goes around it.
_NO_ADDRESS = "none:"


def find_route(settings: Settings, secrets: Secrets, typed: str = "") -> Route:
    """BLOCKING. The way by ``settings``; ``typed`` is a password that is not saved yet."""
    match settings.proxy_in_use:
        case "own":
            proxy = settings.proxy or _NO_ADDRESS
            kept = settings.keeps_key(proxy_entry(proxy))
            password = typed or secrets.proxy_password(proxy, keyring=kept and "@" in proxy)
            return Route(_with_password(proxy, password), settings.certificates)
        case "none":
            return Route("", settings.certificates)
        case _:
            return Route(None, settings.certificates)


def _with_password(proxy: str, password: str) -> str:
    """The address as requests takes it; a password is of use with a name alone."""
    scheme, _, rest = proxy.partition("://")
    name, at, place = rest.rpartition("@")
    if not at or not password:
        return proxy
    encoded = quote(password, safe="")
    # As they travel: in an address, and in a header.
    pair = f"{unquote(name)}:{password}".encode()
    for form in (password, encoded, base64.b64encode(pair).decode()):
        register_secret(form)
    return f"{scheme}://{name}:{encoded}@{place}"


def proxy_parts(proxy: str) -> tuple[str, str, int | None, str]:
    """Kind, host, port and name in the address of a proxy, which may lack some."""
    parts = urlsplit(proxy)
    kind = "socks5h" if parts.scheme.startswith("socks") else parts.scheme
    return kind, parts.hostname or "", parts.port, unquote(parts.username or "")


class NetworkHost(Protocol):
    """The running program, as far as the network is concerned."""

    settings: Settings
    paths: Paths
    secrets: Secrets
    workers: Workers
    bridge: EngineBridge

    def key_origin(self) -> Origin: ...

    def apply_settings(self, settings: Settings) -> bool: ...

    async def use_service(self, *, ask: bool = False) -> None: ...


class NetworkCommands:
    """Tries out how the paid service would be reached, and changes it. Nothing here blocks."""

    def __init__(self, host: NetworkHost, kept: SettingsFiles) -> None:
        self._host = host
        self._kept = kept
        self._tasks = SlotTasks()

    def check_file(self, path: str, then: Callable[[str], None]) -> None:
        """Hand over why a file holds no certificates to trust, "" when it does."""
        self._host.workers.call(Lane.FILES, _problem_of_certificates, path, then=then)

    def test(
        self, settings: Settings, typed: str, then: Callable[[ServiceReport | Problem], None]
    ) -> None:
        """Reach the paid service by ``settings``, which need not be saved; two free requests."""
        host = self._host
        self._host.workers.call(
            Lane.NETWORK, _check_route, settings, typed, host.secrets, host.key_origin(),
            host.paths, then=then, otherwise=lambda error: then(error.problem),
        )  # fmt: skip

    def use(self, settings: Settings, typed: str, then: Callable[[str], None]) -> None:
        """Reach services by ``settings`` from now on; ``then`` hears where a password that was
        ``typed`` is kept: "keyring", "session", or "" without one.

        What is being sent is waited for first: nothing is sent twice.
        """

        def tell(error: UserError) -> None:
            self._host.bridge.notice.emit(error.problem)

        self._tasks.start(self._use(settings, typed, then), tell)

    async def _use(self, settings: Settings, typed: str, then: Callable[[str], None]) -> None:
        host = self._host
        save = partial(_save_password, host.secrets, host.settings, settings, typed)
        stored = await host.workers.run(Lane.FILES, save)
        made = replace(
            host.settings,
            proxy_use=settings.proxy_use,
            proxy=settings.proxy,
            certificates=settings.certificates,
        )
        if host.settings.proxy != made.proxy:
            made = made.with_key(proxy_entry(host.settings.proxy), False)
        if typed:
            made = made.with_key(proxy_entry(made.proxy), stored == "keyring")
        anew = host.apply_settings(made)
        self._kept.save(host.paths.settings, made)
        then(stored)
        if anew or typed:
            await host.use_service()


def _save_password(secrets: Secrets, before: Settings, after: Settings, typed: str) -> str:
    """BLOCKING. Keep a password, and forget that of a proxy that is no longer named."""
    if before.proxy and before.proxy != after.proxy:
        kept = proxy_entry(before.proxy) in before.keys_kept
        secrets.remove_proxy_password(before.proxy, keyring=kept)
    return secrets.save_proxy_password(after.proxy, typed) if typed else ""


def _problem_of_certificates(path: str) -> str:
    from pixverse_desktop.api.trust import certificate_file_problem

    return certificate_file_problem(path)


def _check_route(
    settings: Settings, typed: str, secrets: Secrets, origin: Origin, paths: Paths
) -> ServiceReport:
    """BLOCKING. Raises UserError when the environment's key cannot be one."""
    from pixverse_desktop.services.runtime import find_key, make_client

    try:
        found = find_key(secrets, origin, settings, paths)
    except ValueError as error:
        raise UserError(problem(ProblemCode.KEY, error.args[0])) from None
    route = find_route(settings, secrets, typed)
    client = make_client(origin, found.key if found else None, paths, settings, route)
    return client.check_connection()
