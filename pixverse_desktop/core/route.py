"""How requests leave this machine: through which proxy, and trusting whom."""

from __future__ import annotations

from dataclasses import field

from pixverse_desktop.core.records import record


@record
class Route:
    """``proxy``: the URL of one that was chosen, with its name and password percent-encoded; "" for
    none; None for what the system says. ``roots``: a PEM file whose certificates are trusted beside
    the usual ones, "" for no more. ``environment``: whether the variables of requests count at all.
    """

    proxy: str | None = field(default=None, repr=False)
    roots: str = ""
    environment: bool = True

    def to_this_machine(self) -> Route:
        """Loopback never goes through a proxy, and no environment may send it elsewhere."""
        return Route("", self.roots, environment=False)


SYSTEM = Route()
