"""``make shots``: a screenshot of every screen state, in each theme and in six looks, for eyes.

Real program, real demo service, a virtual screen. Writes to ``out/shots/``. With ``LANGUAGE=de``
in that language; with ``LANGUAGE=pseudo`` every text that can be translated is marked, so that the
others are seen. With ``GUIDE=1`` those alone that the user's guide shows, which are put there.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import product
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from tests.show.screen import NoVirtualScreen, virtual_screen

OUT = Path("out/shots")
GUIDE = Path("docs/guide/pictures")
GUIDE_LOOK = "dark-1600x1000"
GUIDE_SHOTS = {  # what a picture shows, and what it is called there
    "01-first-run": "first-run",
    "10-playing": "playing",
    "11-palette-found": "palette",
    "11-takes-varied": "takes",
    "16-rescue": "rescue",
    "30-library": "library",
    "32-compared": "compared",
    "36-sheet": "sheet",
    "40-spend": "spend",
    "43-storyboard": "storyboard",
    "44-export-film": "export-film",
}
_GUIDE_WIDTH = 1280  # pixels
THEMES = ("dark", "light", "contrast")
_SCALED = "QT_SCALE_FACTOR"  # is read once by a process, so another one takes that look


class Look(NamedTuple):
    """Width and height of the window in its own pixels, and the text size in percent."""

    width: int
    height: int
    text: int = 100


LOOKS = {
    "1600x1000": Look(1600, 1000),
    "1024x640": Look(1024, 640),
    "1366x768": Look(1366, 768),
    "1600x1000-text-90": Look(1600, 1000, 90),
    "1366x768-text-200": Look(1366, 768, 200),
}
SCALED_LOOKS = {"2560x1440-scaled-150": Look(1706, 960)}
PROMPTS = (
    "Ocean waves at golden hour with a sailing boat",
    "Neon street after rain at night, tracking shot",
    "Clay village wakes up, soft morning light",
    "Desert dunes under a hot sun, pan right",
    "A planet among the stars, slow orbit",
    "Misty forest at dawn, light shafts",
)


def main() -> int:
    """Take all of them."""
    try:
        with virtual_screen("2700x1600") as display, tempfile.TemporaryDirectory() as folder:
            os.environ.update({"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"})
            guide = bool(os.environ.get("SHOTS_GUIDE"))
            if _SCALED not in os.environ and not guide:
                again = [sys.executable, "-m", "tests.show.shots"]
                subprocess.run(again, env={**os.environ, _SCALED: "1.5"}, check=True)
            os.environ.pop("WAYLAND_DISPLAY", None)
            with _language(os.environ.get("SHOTS_LANGUAGE", ""), Path(folder)):
                _take_all(Path(folder), guide=guide)
    except NoVirtualScreen as error:
        print(f"No pictures: {error}.", file=sys.stderr)
        return 1
    if guide:
        _put_into_guide()
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT.absolute()}")
    return 0


def _put_into_guide() -> None:
    GUIDE.mkdir(exist_ok=True)
    for shot, name in GUIDE_SHOTS.items():
        with Image.open(OUT / f"{shot}-{GUIDE_LOOK}.png") as image:
            height = round(image.height * _GUIDE_WIDTH / image.width)
            small = image.convert("RGB").resize((_GUIDE_WIDTH, height), Image.Resampling.LANCZOS)
            small.save(GUIDE / f"{name}.webp", quality=82, method=6)


@contextmanager
def _language(language: str, folder: Path) -> Iterator[None]:
    """Let every window that is opened speak it; "" is the system's."""
    if not language:
        yield
        return
    from PySide6.QtCore import QLocale

    from pixverse_desktop.services.paths import resources
    from pixverse_desktop.ui.base import theme
    from pixverse_desktop.ui.shell.application import make_application
    from tests.support.pseudo_language import speaking, write_pseudo_language

    _application = make_application()
    if language != "pseudo":
        QLocale.setDefault(QLocale(language))
    theme.install(resources(), THEMES[0])
    with speaking(write_pseudo_language(folder)) if language == "pseudo" else nullcontext():
        yield


def _take_all(folder: Path, *, guide: bool) -> None:
    from tests.show import driver

    OUT.mkdir(parents=True, exist_ok=True)
    full = folder / "full"
    driver.drive(_fill, full)
    looks = SCALED_LOOKS if _SCALED in os.environ else LOOKS
    for theme, (size, look) in product(THEMES, looks.items()):
        name = f"{theme}-{size}"
        if guide and name != GUIDE_LOOK:
            continue
        driver.drive(_script(_empty_states, theme, look, name), folder / f"empty-{name}")
        copy = folder / f"full-{name}"
        shutil.copytree(full, copy)
        driver.drive(_script(_full_states, theme, look, name), copy)


async def _fill(program: object) -> None:
    """A few clips of different shapes."""
    from tests.show import driver

    assert isinstance(program, driver.Program)
    await driver.ready(program)
    shapes = ("16:9", "9:16", "4:3", "16:9", "1:1", "16:9")
    for prompt, shape in zip(PROMPTS, shapes, strict=True):
        request = dataclasses.replace(
            program.window.compose.request(), prompt=prompt, aspect_ratio=shape,
            resolution="540p", duration_s=3,
        )  # fmt: skip
        program.bridge.generate(request)
    saved = driver.JobState.SAVED
    await driver.until(lambda: len(driver.jobs_in(program, saved)) == len(PROMPTS), "clips", 120)


States = Callable[[object, Callable[[str], Awaitable[None]]], Awaitable[None]]


def _script(
    states: States, theme: str, look: Look, name: str
) -> Callable[[object], Awaitable[None]]:
    from tests.show import driver

    async def script(program: object) -> None:
        assert isinstance(program, driver.Program)
        settings = dataclasses.replace(program.settings, theme=theme, text_size=look.text)
        program.commands.apply_settings(settings)
        program.window.move(20, 40)
        program.window.resize(look.width, look.height)
        await driver.ready(program)
        await asyncio.sleep(0.5)

        async def shot(what: str) -> None:
            await asyncio.sleep(0.4)
            driver.screenshot(program, OUT / f"{what}-{name}.png")

        await states(program, shot)

    return script


async def _empty_states(program: object, shot: Callable[[str], Awaitable[None]]) -> None:
    """What a newcomer sees, and what goes wrong first."""
    from tests.show import driver

    assert isinstance(program, driver.Program)
    window = program.window
    await shot("01-first-run")
    driver.press_generate(program)
    await shot("02-empty-prompt")
    wells = list(window.compose.frames.wells.values())
    driver.drop_file(wells[0], Path("pyproject.toml"))
    await shot("03-refused-drop")
    driver.drop_file(wells[0], Path("resources/demo/start.jpg"))
    driver.drop_file(wells[1], Path("resources/demo/end.jpg"))
    await driver.until(lambda: window.compose.request().end_frame, "the frames")
    window.compose.form.prompt.setPlainText("From dawn to dusk over the mountains, slow push in")
    window.compose.form.more.set_open(True)
    await shot("04-both-frames")
    driver.control(program, "refill", {"credits": 5})
    driver.press_generate(program)
    await driver.until(lambda: program.bridge.status.hold, "the hold")
    await shot("05-no-credits")
    window.user_actions.shortcuts_dialog.open()
    await shot("06-shortcuts")


async def _takes(program: object, shot: Callable[[str], Awaitable[None]]) -> None:
    """Several takes, with a clip that is there already and one that cannot be sent."""
    from tests.show import driver

    assert isinstance(program, driver.Program)
    window = program.window
    window.user_actions.open_takes()
    sheet = window.user_actions.takes_sheet
    sheet.form.lines.set_text("\n".join((*PROMPTS[:2], "A {red|blue} boat", "an open {brace")))
    await asyncio.sleep(1.0)
    await shot("11-takes")
    folder = Path(__file__).resolve().parents[2] / "resources" / "examples"
    sheet.form.start.on_files_selected([str(path) for path in sorted(folder.glob("*.jpg"))])
    sheet.form.vary.vary("style")
    sheet.form.seeds.set_value(2)
    await asyncio.sleep(2.0)
    await shot("11-takes-varied")
    sheet.reject()


async def _full_states(program: object, shot: Callable[[str], Awaitable[None]]) -> None:
    """A desk in use."""
    from tests.show import driver

    assert isinstance(program, driver.Program)
    window, state = program.window, driver.JobState
    newest = driver.jobs_in(program, state.SAVED)[0]
    window.player.show_job(newest)
    window.compose.form.prompt.setPlainText(PROMPTS[0])
    await asyncio.sleep(1.5)
    await shot("10-playing")
    window.player.step(1)
    await asyncio.sleep(0.6)
    await shot("11-one-frame")
    window.user_actions.open_palette()
    palette = window.user_actions.palette_opener.palette
    await shot("11-palette")
    palette.search.setText("fram")
    await shot("11-palette-found")
    palette.close()
    await _takes(program, shot)
    driver.control(program, "settings", {"min_job_s": 90, "list_mode": "none"})
    driver.control(program, "faults", [
        {"on": "run", "kind": "fail_job", "error": "The prompt was refused by the safety check."},
    ])  # fmt: skip
    driver.control(program, "faults", [{"on": "run", "kind": "drop_after_charge", "skip": 2}])
    for prompt in (*PROMPTS[:4], "Waiting for its turn"):
        program.bridge.generate(dataclasses.replace(window.compose.request(), prompt=prompt))
    await driver.until(lambda: driver.jobs_in(program, state.UNCONFIRMED), "an unconfirmed job")
    await asyncio.sleep(1.0)
    await shot("12-busy")
    window.user_actions.open_settings()
    await shot("13-settings")
    window.user_actions.settings_dialog.open_at("clips")
    await shot("15-daily-limit")
    driver.close_dialogs(window)
    await _rescue_states(program, shot)
    window.views.show_view("spend")
    await asyncio.sleep(0.5)
    await shot("40-spend")
    window.views.show_view("create")
    await _library_states(program, shot)
    await _storyboard_states(program, shot)
    window.close()
    await shot("14-closing")


async def _library_states(program: object, shot: Callable[[str], Awaitable[None]]) -> None:
    """Everything made so far, large, several, a search in vain, two clips compared, the sheet,
    the trash."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from pixverse_desktop.core.jobs.library_query import Collection
    from tests.show import driver

    assert isinstance(program, driver.Program)
    window = program.window
    window.views.show_view("library")
    library = window.views.pane("library")
    assert library is not None
    await driver.until(lambda: library.rows.rowCount() > 1, "the library")
    library.grid.setCurrentIndex(library.rows.index(0, 0))
    await asyncio.sleep(2.0)
    await shot("30-library")
    library.grid.setFocus()
    QTest.keyClick(library.grid, Qt.Key.Key_Space)
    await asyncio.sleep(0.5)
    await shot("34-preview")
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Escape)
    library.grid.selectAll()
    await shot("35-several")
    library.grid.clearSelection()
    library.filters.search.setText("nothing holds this")
    await driver.until(lambda: library.rows.rowCount() == 0, "the search")
    await shot("31-nothing-found")
    library.filters.clear()
    await driver.until(lambda: library.rows.rowCount() > 1, "the library again")
    saved = driver.jobs_in(program, driver.JobState.SAVED)
    window.views.compare(saved[0], saved[1])
    await asyncio.sleep(1.5)
    await shot("32-compared")
    window.views.close_comparison()
    window.views.show_view("sheet")
    await asyncio.sleep(1.5)
    for key in (Qt.Key.Key_P, Qt.Key.Key_X):
        QTest.keyClick(QApplication.focusWidget() or window, key)
    await asyncio.sleep(0.5)
    await shot("36-sheet")
    for _ in range(2):
        QTest.keyClick(
            QApplication.focusWidget() or window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier
        )
    window.views.show_view("library")
    library.sidebar.choose(Collection.TRASH)
    await asyncio.sleep(0.5)
    await shot("33-trash")
    library.sidebar.choose(Collection.ALL)
    window.views.show_view("create")


async def _storyboard_states(program: object, shot: Callable[[str], Awaitable[None]]) -> None:
    """No film, one of clips that are there and shots that are missing, and its export."""
    from tests.show import driver

    assert isinstance(program, driver.Program)
    window = program.window
    window.views.show_view("storyboard")
    await asyncio.sleep(0.5)
    await shot("41-no-film")
    board = window.views._views["storyboard"].board
    board.ask_text()
    board.text_dialog.text.setPlainText("\n".join(PROMPTS[:4]))
    await asyncio.sleep(0.5)
    await shot("42-shots-from-text")
    board.text_dialog.add()
    await driver.until(lambda: board.editor.shots, "the shots")
    board.add_clips(driver.jobs_in(program, driver.JobState.SAVED)[:3], 0)
    await driver.until(lambda: len(board.editor.shots) > 4, "the clips as shots")
    await asyncio.sleep(1.5)
    await shot("43-storyboard")
    board.export()
    await asyncio.sleep(0.5)
    await shot("44-export-film")
    driver.close_dialogs(window)
    window.views.show_view("create")


async def _rescue_states(program: object, shot: Callable[[str], Awaitable[None]]) -> None:
    """Lost clips, and a job id by hand."""
    from tests.show import driver

    assert isinstance(program, driver.Program)
    window, state = program.window, driver.JobState
    driver.control(program, "settings", {"list_mode": "echo"})
    clip = driver.jobs_in(program, state.SAVED)[0].clip
    assert clip is not None
    path = Path(clip.path)  # shared by all pictures: it is put back
    aside = path.rename(path.with_suffix(".away"))
    window.user_actions.open_rescue()
    await driver.until(window.user_actions.rescue_dialog.fetch_button.isVisible, "the survey")
    await shot("16-rescue")
    aside.rename(path)
    driver.close_dialogs(window)
    window.user_actions.add_by_id()
    window.user_actions.job_id_dialog.field.setText("job_unknown")
    window.user_actions.job_id_dialog.add_button.click()
    await driver.until(window.user_actions.job_id_dialog.answer.text, "the answer")
    await shot("17-job-id")
    driver.close_dialogs(window)


if __name__ == "__main__":
    sys.exit(main())
