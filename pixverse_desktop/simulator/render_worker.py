"""A renderer process: one JSON order a line on stdin, one JSON answer a line on stdout.

Order: `{"job", "clips", "frames", "work", "cached"}`; answer: `{"clip", "sha256", "bytes",
"seconds"}` or `{"error": words}`. It ends as soon as stdin does, even in mid-clip.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import sys
import threading
import time
from pathlib import Path

from pixverse_desktop.simulator.jsontypes import JsonObject, as_object, as_text, parse_object


def main(_arguments: list[str] | None = None) -> int:
    """Serve until stdin ends; there is nothing to choose."""
    _lower_priority()
    orders: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read_orders, args=(orders,), daemon=True).start()
    while True:
        answer = _answer(parse_object(orders.get()))
        try:
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
        except OSError:
            # Nobody listens any more; an ordinary end would wait for the reader's lock.
            os._exit(0)


def _read_orders(orders: queue.SimpleQueue[str]) -> None:
    for line in sys.stdin:
        orders.put(line)
    # The simulator is gone, perhaps by force: nobody waits for this clip any more.
    os._exit(0)


def _answer(order: JsonObject) -> JsonObject:
    started_s = time.monotonic()
    try:
        path = _render(order)
    except Exception as error:  # noqa: BLE001 - the process border: any bug is one failed job
        print(f"render failed: {error!r}", file=sys.stderr)
        return {"error": f"Rendering failed: {error}"}
    data = path.read_bytes()
    return {
        "clip": path.name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "seconds": round(time.monotonic() - started_s, 3),
    }


def _render(order: JsonObject) -> Path:
    # Heavy imports (numpy, Pillow, PyAV) wait for the first order.
    from pixverse_desktop.simulator.render.frames import open_pictures
    from pixverse_desktop.simulator.render.shot import ClipSpec, render_clip

    clips = Path(as_text(order.get("clips")))
    work = as_object(order.get("work"))
    pictures = open_pictures(work, Path(as_text(order.get("frames"))))
    spec = ClipSpec.from_work(work, pictures)
    name = f"{as_text(order.get('job'))}.clip"
    if order.get("cached"):
        name = f"cached-{spec.width}x{spec.height}-{spec.duration_s}-{int(spec.audio)}.clip"
        if (clips / name).exists():
            return clips / name
        spec = spec.as_stock()
    part = clips / f"{name}.{os.getpid()}.rendering"
    render_clip(spec, part)
    return part.replace(clips / name)


def _lower_priority() -> None:
    # The window and its player come first.
    nice = getattr(os, "nice", None)
    if nice is not None:
        nice(10)


if __name__ == "__main__":
    sys.exit(main())
