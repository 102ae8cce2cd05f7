"""Presets in the window: saved from the form, put into it, changed, given away and taken in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from pixverse_desktop.core.model.preset import Preset, preset_to_json
from pixverse_desktop.services.preset_files import write_preset
from pixverse_desktop.services.settings import Settings
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compose.presets import PresetButton
from pixverse_desktop.ui.dialogs.presets import PresetsDialog
from pixverse_desktop.ui.shell.main_window import MainWindow

FINAL = Preset("Final", {"resolution": "1080p", "duration_s": 10})


@pytest.fixture(autouse=True)
def _none_at_first(context: UiContext) -> None:
    settings = context.commands.settings
    context.commands.apply_settings(replace(settings, presets=()))


def test_a_draft_is_there_from_the_beginning(window: MainWindow, context: UiContext) -> None:
    context.commands.apply_settings(Settings())
    (draft,) = window.compose.presets.presets()
    before = window.compose.request()
    window.compose.presets.use(draft)
    made = before.changed(resolution="360p", duration_s=3, audio=False)
    assert window.compose.request() == made


@pytest.fixture
def presets(window: MainWindow) -> PresetButton:
    return window.compose.presets


@pytest.fixture
def dialog(window: MainWindow) -> PresetsDialog:
    window.user_actions.open_presets()
    return window.user_actions.presets_dialog


def names(context: UiContext) -> list[str]:
    return [str(one["name"]) for one in context.commands.settings.presets]


def save(dialog: PresetsDialog, name: str) -> None:
    dialog.name.setFocus()
    QTest.keyClicks(dialog.name, name)
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)


def test_the_form_is_saved_and_comes_back_by_one_key(
    window: MainWindow, context: UiContext, dialog: PresetsDialog
) -> None:
    draft = window.compose.request()
    save(dialog, "Draft")
    dialog.reject()
    final = draft.changed(resolution="1080p", duration_s=10, prompt="kept", seed=5)
    window.compose.set_request(final)
    window.user_actions.open_presets()
    save(dialog, "Final")
    dialog.reject()
    assert names(context) == ["Draft", "Final"]
    for wanted in ("720p", "1080p", "720p"):
        window.user_actions.menus.actions["other preset"].trigger()
        assert window.compose.request().resolution == wanted
    assert window.compose.request() == draft.changed(prompt="kept", seed=5)


def test_the_menu_offers_them(
    window: MainWindow, context: UiContext, presets: PresetButton, dialog: PresetsDialog
) -> None:
    dialog.take(Preset("Salt & pepper", {"style": "clay"}))
    menu = presets.open_menu()
    action = menu.actions()[0]
    assert action.text() == "Salt && pepper"
    action.trigger()
    assert window.compose.request().style == "clay"
    assert context.commands.settings.presets_used[0] == "Salt & pepper"


def test_one_is_used_from_the_dialog(window: MainWindow, dialog: PresetsDialog) -> None:
    assert not dialog.use_button.isEnabled()
    dialog.take(Preset("Clay", {"style": "clay"}))
    dialog.use_button.click()
    assert window.compose.request().style == "clay"
    assert not dialog.isVisible()


def test_the_same_name_is_an_update(context: UiContext, dialog: PresetsDialog) -> None:
    save(dialog, "Draft")
    dialog.parts.item(0).setCheckState(Qt.CheckState.Unchecked)
    dialog.name.setText("Draft")
    assert dialog.save_button.text() == "Update"
    dialog.save_button.click()
    assert names(context) == ["Draft"]
    assert "resolution" not in context.commands.settings.presets[0]["values"]


def test_they_are_ordered_renamed_deleted_and_put_back(
    context: UiContext, dialog: PresetsDialog
) -> None:
    for name in ("one", "two", "three"):
        save(dialog, name)
    dialog.up_button.click()
    assert names(context) == ["one", "three", "two"]
    dialog.list.currentItem().setText("drei")
    assert names(context) == ["one", "drei", "two"]
    dialog.list.currentItem().setText("two")
    assert names(context) == ["one", "drei", "two"]
    assert "already" in dialog.note.text()
    dialog.delete_button.click()
    assert names(context) == ["one", "two"]
    dialog.undo_button.click()
    assert names(context) == ["one", "drei", "two"]
    assert dialog.undo_button.isHidden()


def test_one_that_is_taken_in_gets_a_free_name(
    context: UiContext, dialog: PresetsDialog, tmp_path: Path
) -> None:
    write_preset(FINAL, tmp_path / "final.json")
    for _ in range(2):
        dialog._import(str(tmp_path / "final.json"))
    assert names(context) == ["Final", "Final 2"]
    dialog._import(str(tmp_path / "gone.json"))
    assert "cannot be read" in dialog.note.text()


def test_what_a_newer_version_made_survives_every_change(
    window: MainWindow, context: UiContext, dialog: PresetsDialog
) -> None:
    newer = preset_to_json(FINAL) | {"version": 9, "name": "Future"}
    context.commands.apply_settings(type(context.commands.settings)(presets=(newer,)))
    window.user_actions.open_presets()
    assert dialog.list.count() == 0
    save(dialog, "Draft")
    dialog.delete_button.click()
    assert context.commands.settings.presets == (newer,)


def test_a_value_that_the_model_does_not_take_is_said(
    window: MainWindow, presets: PresetButton
) -> None:
    before = window.compose.request()
    presets.use(Preset("Odd", {"resolution": "8k", "style": "clay"}))
    assert window.compose.request() == before.changed(style="clay")
    assert window.compose.model.note.text() == (
        "Odd: PixVerse V6 takes no such value for resolution."
    )


def test_without_any_the_key_opens_the_dialog(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert window.user_actions.presets_dialog.isVisible()
