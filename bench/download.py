"""Our download of a clip with its hash, against ``curl -o`` of the same file without one.

The file comes over loopback from another process that sends it as fast as the kernel can. Syncing
to the disk is left out on both sides. ``python -m bench.download FILE`` is that server.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench.child import ROOT
from bench.table import Row, at_least, spread

_RUNS = 5
_SIZE_MIB = 256


def rows(folder: Path) -> list[Row]:
    """Both in turns, in memory where there is room so that no disk is measured."""
    if shutil.which("curl") is None:
        raise OSError("curl is not installed")
    with tempfile.TemporaryDirectory(dir=_roomy(folder)) as name:
        place = Path(name)
        source, target = place / "source.bin", place / "target.part"
        source.write_bytes(os.urandom(1 << 20) * _SIZE_MIB)
        ours, curl = [], []
        with _server(source) as url:
            fetch = _downloader(url, target)
            for run in range(_RUNS + 1):
                pair = _rate(fetch, target), _rate(lambda: _curl(url, target), target)
                if run:  # the first one warmed both up
                    ours.append(pair[0])
                    curl.append(pair[1])
    ratio = median(ours) / median(curl)
    beside = f"{spread(curl, 'MiB/s', 0)} curl -o, no hash"
    what = f"download: {_SIZE_MIB} MiB with SHA-256"
    return [at_least(what, spread(ours, "MiB/s", 0), beside, ratio, 0.9)]


def _roomy(folder: Path) -> Path:
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free > 4 * _SIZE_MIB << 20:
        return memory
    return folder


def _rate(work: Callable[[], None], target: Path) -> float:
    """MiB a second of one fetch to a file that is not there yet."""
    for left in (target, target.with_suffix(".etag")):
        left.unlink(missing_ok=True)
    began = time.perf_counter()
    work()
    took = time.perf_counter() - began
    if target.stat().st_size != _SIZE_MIB << 20:
        raise OSError("a download is not whole")
    return _SIZE_MIB / took


def _downloader(url: str, target: Path) -> Callable[[], None]:
    """What the product does between a finished job and the commit, but for sync and probing."""
    from pixverse_desktop.api.download import Downloader
    from pixverse_desktop.api.http import Sessions
    from pixverse_desktop.core.route import SYSTEM

    downloader = Downloader(Sessions(SYSTEM.to_this_machine()), allow_loopback=True)

    def fetch() -> None:
        downloader.fetch(url, target, lambda _done, _total: None)

    return fetch


def _curl(url: str, target: Path) -> None:
    subprocess.run(["curl", "-sf", "--noproxy", "*", "-o", str(target), url], check=True)


@contextmanager
def _server(source: Path) -> Iterator[str]:
    """The address of ``source`` on a server of its own."""
    command = [sys.executable, "-m", "bench.download", str(source)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/clip.mp4"
        finally:
            process.terminate()


def _serve(source: Path) -> None:
    """Answer every request with the file."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_answer, args=(connection, source), daemon=True).start()


def _answer(connection: socket.socket, source: Path) -> None:
    size = source.stat().st_size
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\nContent-Type: video/mp4\r\n\r\n"
    with connection, connection.makefile("rb") as request:
        while request.readline().strip():
            while request.readline().strip():
                pass
            connection.sendall(head.encode())
            with source.open("rb") as file:
                connection.sendfile(file)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
