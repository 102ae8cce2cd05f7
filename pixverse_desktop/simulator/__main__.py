"""`python -m pixverse_desktop.simulator`: opens both origins, says where, and serves.

The only line on stdout is `{"api_url", "media_url", "pid"}`, printed once both listen.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import threading
from pathlib import Path

from pixverse_desktop.simulator.api_server import ApiHandler
from pixverse_desktop.simulator.control import apply_scenario
from pixverse_desktop.simulator.http_base import SimulatorServer
from pixverse_desktop.simulator.jobs import Service
from pixverse_desktop.simulator.jsontypes import parse_object
from pixverse_desktop.simulator.media_server import MediaHandler
from pixverse_desktop.simulator.names import API_PREFIX, KEY_VARIABLE
from pixverse_desktop.simulator.render_pool import RenderPool
from pixverse_desktop.simulator.state import FolderInUse, State


def main(argv: list[str] | None = None) -> int:
    """Serve until told to end; 0 after a clean end, 2 when it could not begin."""
    options = _parse(argv)
    folder = Path(options.state_dir)
    if options.until_stdin_closes:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    try:
        return _serve(options, folder)
    except FolderInUse:
        print(f"simulator: another one is using {folder}", file=sys.stderr)
    except (OSError, ValueError) as error:
        print(f"simulator: {error}", file=sys.stderr)
    return 2


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="simulator", description="A loopback stand-in for the video service, play money only."
    )
    parser.add_argument("--state-dir", required=True, help="where jobs, charges and clips are kept")
    parser.add_argument("--port", type=int, default=0, help="port of the API (0: any free one)")
    parser.add_argument("--media-port", type=int, default=0, help="port that serves the clips")
    parser.add_argument(
        "--scenario",
        help="JSON file with settings, faults and credits; or flat-10: every clip costs 10 credits",
    )
    parser.add_argument(
        "--until-stdin-closes", action="store_true", help="end as soon as standard input ends"
    )
    parser.add_argument("--render-workers", type=int, default=2, help="renderer processes")
    return parser.parse_args(argv)


def _serve(options: argparse.Namespace, folder: Path) -> int:
    state = State(folder)  # may wait for another one to end, and is ended itself meanwhile
    ending = _ending_on_signals()
    # Taken out of the environment: renderers have no use for it.
    service = Service(state, os.environ.pop(KEY_VARIABLE, ""))
    if options.scenario:
        apply_scenario(service, parse_object(Path(options.scenario).read_bytes()))
    api = SimulatorServer(options.port, ApiHandler, service)
    media = SimulatorServer(options.media_port, MediaHandler, service)
    service.api_url, service.media_url = api.url + API_PREFIX, media.url
    for server in (api, media):
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    pool = RenderPool(service, max(1, options.render_workers))
    pool.start()
    ready = {"api_url": service.api_url, "media_url": service.media_url, "pid": os.getpid()}
    print(json.dumps(ready), flush=True)
    while not ending.wait(1.0):
        pass
    api.shutdown()
    media.shutdown()
    pool.stop()
    return 0


def _ending_on_signals() -> threading.Event:
    ending = threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda signum, frame: ending.set())
    return ending


def _end_with_stdin() -> None:
    # Whoever started us holds the other end; when it dies, however it dies, so do we.
    # Read past Python's own buffer: its lock, held here, would abort an ordinary end.
    with contextlib.suppress(OSError, ValueError):
        while os.read(sys.stdin.fileno(), 4096):
            pass
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
