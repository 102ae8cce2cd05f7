"""The library with many clips against one with few: opening, scrolling, searching, memory.

Opening: time of the main thread from the click on Library until every tile in sight has its
picture, with 24 clips, 10,000 and 100,000, in turns. The clips are links to a few real MP4 files;
no picture is cached before. Thumbnails: pictures of as many clips by the program's own function,
on two threads as in the program, against ``ffmpegthumbnailer``, one process a file.

``python -m bench.library open|scroll|bare|memory DATA_DIR`` measures once.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import random
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from bench.child import measure, report
from bench.table import Row, at_least, at_most, spread, under
from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState

if TYPE_CHECKING:
    from pixverse_desktop.app import Program
    from pixverse_desktop.store.job_store import JobStore

_PAGE, _MANY, _MOST = 24, 10_000, 100_000
_RUNS = 5
_SCROLL_S = 12.0
_THUMBNAILS = 60
_WORDS = (
    "red", "fox", "snow", "ocean", "wave", "golden", "hour", "neon", "street", "rain", "clay",
    "village", "leaf", "macro", "dew", "city", "light", "slow", "orbit", "camera", "film",
    "morning", "breath", "lighthouse", "storm", "tram", "bridge", "river", "boat",
)  # fmt: skip
_TYPED = ("f", "fo", "fox", "fox s", "fox sn", "a", "neon street", "w4242", "zzz", "ligh stor")


def rows(folder: Path) -> list[Row]:
    """All of it."""
    clips = make_clips(folder / "made")
    bytecode, few, many, most = (folder / n for n in ("bytecode", "few", "many", "most"))
    for template, count in ((few, _PAGE), (many, _MANY), (most, _MOST)):
        fill(template, count, clips)
    return [
        *_openings(folder, bytecode, {_PAGE: few, _MANY: many, _MOST: most}),
        _scrolling(folder, bytecode, many),
        _memory(folder, bytecode, few, many),
        _searching(most),
        *_thumbnails(folder, clips),
    ]


def _openings(folder: Path, bytecode: Path, templates: dict[int, Path]) -> list[Row]:
    found: dict[int, list[float]] = {count: [] for count in templates}
    for run in range(_RUNS + 1):
        for count, template in templates.items():
            data_dir = _copied(template, folder / f"open-{count}-{run}")
            result = measure(bytecode, "bench.library", "open", str(data_dir), limit_s=240)
            if run:  # the first one compiled every module
                found[count].append(result["main_thread_ms"])
            shutil.rmtree(data_dir)
    beside = f"{spread(found[_PAGE], 'ms', 0)} with {_PAGE}"
    return [
        at_most(
            f"library: main thread until {count:,} clips stand open",
            spread(found[count], "ms", 0), beside, median(found[count]) / median(found[_PAGE]),
            limit,
        )
        for count, limit in ((_MANY, 1.3), (_MOST, 1.6))
    ]  # fmt: skip


def _scrolling(folder: Path, bytecode: Path, many: Path) -> Row:
    waits, bare = [], []
    for run in range(3):
        data_dir = _copied(many, folder / f"scroll-{run}")
        waits.append(measure(bytecode, "bench.library", "scroll", str(data_dir))["p99"])
        bare.append(measure(bytecode, "bench.library", "bare", str(data_dir))["p99"])
        shutil.rmtree(data_dir)
    return at_most(
        f"library: {_MANY:,} clips scrolled from top to bottom, p99", spread(waits, "ms"),
        f"{spread(bare, 'ms')} bare QListView", median(waits) / median(bare), 1.5,
    )  # fmt: skip


def _memory(folder: Path, bytecode: Path, few: Path, many: Path) -> Row:
    found: dict[str, list[float]] = {"few": [], "many": []}
    for run in range(3):
        for name, template in (("few", few), ("many", many)):
            data_dir = _copied(template, folder / f"memory-{name}-{run}")
            result = measure(bytecode, "bench.library", "memory", str(data_dir))
            found[name].append(result["resident_mib"])
            shutil.rmtree(data_dir)
    ours, beside = median(found["many"]), median(found["few"])
    return at_most(
        f"library: memory with {_MANY:,} clips",
        spread(found["many"], "MiB", 0), f"{spread(found['few'], 'MiB', 0)} with {_PAGE}",
        ours / beside, 1.3,
    )  # fmt: skip


def _searching(most: Path) -> Row:
    from pixverse_desktop.core.jobs.library_query import ClipQuery
    from pixverse_desktop.store.job_store import JobStore

    store = JobStore(most)
    store.open()
    waits = []
    for _ in range(4):
        for text in _TYPED:
            began = time.perf_counter()
            store.library.find(ClipQuery(text=text), 0, 100)
            waits.append((time.perf_counter() - began) * 1000)
    store.close()
    worst = quantiles(waits, n=20)[-1]
    row = under(f"library: first page of a search in {_MOST:,} prompts, p95", [worst], 50.0)
    return dataclasses.replace(row, beside=f"{len(_TYPED)} texts as they are typed")


def _thumbnails(folder: Path, clips: list[Path]) -> list[Row]:
    tool = shutil.which("ffmpegthumbnailer")
    if tool is None:
        return [Row("library: thumbnails", "", "ffmpegthumbnailer is missing", None, "", None)]
    from PySide6.QtCore import QCoreApplication

    from pixverse_desktop.ui.jobs.thumbnails import read_clip

    # Qt's picture formats belong to an application's main thread, as they do in the program.
    application = QCoreApplication.instance() or QCoreApplication([])
    files = [clips[number % len(clips)] for number in range(_THUMBNAILS)]
    ours, beside = [], []
    for run in range(3):
        cache = folder / f"thumbnails-{run}"
        began = time.perf_counter()
        with ThreadPoolExecutor(2) as threads:
            links = [_linked(clip, folder / f"t{run}-{n}.mp4") for n, clip in enumerate(files)]
            list(threads.map(read_clip, [cache] * len(links), links))
        ours.append(_THUMBNAILS / (time.perf_counter() - began))
        began = time.perf_counter()
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(_by_tool, [tool] * len(files), files, [folder] * len(files)))
        beside.append(_THUMBNAILS / (time.perf_counter() - began))
    application.shutdown()
    ratio = median(ours) / median(beside)
    words = f"{spread(beside, '/s', 0)} ffmpegthumbnailer, two at a time"
    return [at_least("library: thumbnails, kept on disk", spread(ours, "/s", 0), words, ratio, 3.0)]


def _by_tool(tool: str, clip: Path, folder: Path) -> None:
    target = folder / f"tool-{clip.stem}-{time.perf_counter_ns()}.jpg"
    subprocess.run([tool, "-i", clip, "-o", target, "-s", "400", "-t", "10"], check=True)


# --- what is measured with ---


def make_clips(folder: Path) -> list[Path]:
    """Eight different clips, 720p and upright too."""
    import av
    import numpy as np

    folder.mkdir(parents=True)
    random_pixels = np.random.default_rng(1)
    found = []
    for number in range(8):
        width, height = (1280, 720) if number % 4 else (720, 1280)
        path = folder / f"{number}.mp4"
        small = random_pixels.integers(0, 255, (height // 80, width // 80, 3), np.uint8)
        still = small.repeat(80, axis=0).repeat(80, axis=1)
        with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as out:
            video = out.add_stream("libx264", rate=24, options={"preset": "veryfast"})
            video.width, video.height, video.pix_fmt = width, height, "yuv420p"
            for shift in range(48):
                picture = np.roll(still, shift * 9, axis=1)
                out.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            out.mux(video.encode(None))
        found.append(path)
    return found


def fill(folder: Path, count: int, clips: list[Path]) -> None:
    """A data folder of the demo with ``count`` saved clips."""
    from pixverse_desktop.core.model.request import ClipRequest
    from pixverse_desktop.store.database import COLUMNS
    from pixverse_desktop.store.job_rows import job_to_row
    from pixverse_desktop.store.job_store import JobStore

    store: JobStore = JobStore(folder)
    store.open()
    dice, now, links = random.Random(1), time.time(), folder / "clips"
    links.mkdir()

    def job(n: int) -> Job:
        words = " ".join(dice.choices(_WORDS, k=12))
        request = ClipRequest(prompt=f"a {words} w{n}", seed=n)
        path = links / f"{n}.mp4"
        source = clips[n % len(clips)]
        if n < 2 * _MANY:
            _linked(source, path)
        clip = Clip(str(path), source.stat().st_size, "00", 1280, 720, 2.0, 24.0, False)
        made = now - n
        return Job(
            f"{n:032x}", "demo", request, JobState.SAVED, made, made, 10, count - n,
            finished_at=made, remote_id=f"r{n}", clip=clip,
        )  # fmt: skip

    with store._database.transaction() as connection:
        marks = ", ".join("?" * 9)
        statement = f"INSERT INTO jobs ({COLUMNS}) VALUES ({marks})"
        connection.executemany(statement, (job_to_row(job(n)) for n in range(count)))
    store.close()


def _linked(source: Path, link: Path) -> Path:
    os.link(source, link)
    return link


def _copied(template: Path, folder: Path) -> Path:
    """The database alone: its clips stay where they are."""
    shutil.copytree(template, folder, ignore=shutil.ignore_patterns("clips", "cache"))
    return folder


# --- one measurement each ---


async def _settled(program: Program) -> None:
    from tests.show import driver

    program.window.resize(1600, 1000)
    await driver.ready(program)
    await asyncio.sleep(3.0)  # the list of recent clips has its pictures


async def _opened(program: Program) -> None:
    from tests.show import driver

    program.window.views.show_view("library")
    library = program.window.views.pane("library")
    assert library is not None

    def whole() -> bool:
        sight = library.grid.rows_in_sight()
        jobs = [library.rows.job_in(row) for row in sight]
        return len(sight) > 0 and all(job and library.pictures.has_clip(job) for job in jobs)

    await driver.until(whole, "the first page of pictures")


async def _open(program: Program) -> None:
    await _settled(program)
    began = time.thread_time()
    await _opened(program)
    report({"main_thread_ms": (time.thread_time() - began) * 1000})


async def _scroll(program: Program) -> None:
    from bench.stall import Watchdog

    await _settled(program)
    await _opened(program)
    await asyncio.sleep(0.5)
    library = program.window.views.pane("library")
    assert library is not None
    bar, watchdog = library.grid.verticalScrollBar(), Watchdog()
    began = time.monotonic()
    while (share := (time.monotonic() - began) / _SCROLL_S) < 1.0:
        bar.setValue(round(bar.maximum() * share))
        await asyncio.sleep(0.016)
    report(watchdog.stop())


def _bare() -> None:
    """A QListView with as many items in tiles of that size, each with a pixmap that is ready."""
    from PySide6.QtCore import QSize, QStringListModel, Qt
    from PySide6.QtGui import QColor, QPixmap
    from PySide6.QtWidgets import QApplication, QListView, QStyledItemDelegate
    from qasync import QEventLoop

    from bench.stall import Watchdog

    application = QApplication(sys.argv[:1])
    loop = QEventLoop(application)
    asyncio.set_event_loop(loop)
    pixmaps = []
    for number in range(60):
        pixmaps.append(QPixmap(232, 130))
        pixmaps[-1].fill(QColor.fromHsv(number * 6, 120, 160))

    class Delegate(QStyledItemDelegate):
        def sizeHint(self, _option, _index):  # type: ignore[no-untyped-def]
            return QSize(232, 156)

        def paint(self, painter, option, index):  # type: ignore[no-untyped-def]
            painter.drawPixmap(option.rect.topLeft(), pixmaps[index.row() % len(pixmaps)])

    view = QListView()
    view.setModel(QStringListModel([str(number) for number in range(_MANY)]))
    view.setItemDelegate(Delegate(view))
    view.setViewMode(QListView.ViewMode.IconMode)
    view.setUniformItemSizes(True)
    view.setSpacing(12)
    view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
    view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
    view.resize(900, 860)
    view.show()

    async def scrolled() -> None:
        await asyncio.sleep(1.5)
        bar, watchdog = view.verticalScrollBar(), Watchdog()
        began = time.monotonic()
        while (share := (time.monotonic() - began) / _SCROLL_S) < 1.0:
            bar.setValue(round(bar.maximum() * share))
            await asyncio.sleep(0.016)
        report(watchdog.stop())

    loop.run_until_complete(scrolled())


async def _resident(program: Program) -> None:
    await _settled(program)
    await _opened(program)
    await asyncio.sleep(1.0)
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            report({"resident_mib": int(line.split()[1]) / 1024})


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        _bare()
    from tests.show.driver import drive

    drive({"open": _open, "scroll": _scroll, "memory": _resident}[sys.argv[1]], Path(sys.argv[2]))
