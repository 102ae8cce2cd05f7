"""The form of the chosen shot: what is typed there is the shot's request, a moment later."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Slot

from pixverse_desktop.core.errors import ProblemCode, problem
from pixverse_desktop.core.film import edit
from pixverse_desktop.core.film.film import Film, links_of
from pixverse_desktop.core.film.plan import ShotPlan, Wish
from pixverse_desktop.core.jobs.job import A_STILL
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.services.engine_bridge import EngineBridge
from pixverse_desktop.ui.base.composing import finish_composing
from pixverse_desktop.ui.storyboard.film_editor import FilmEditor, Offer
from pixverse_desktop.ui.storyboard.shot_actions import ShotActions
from pixverse_desktop.ui.storyboard.shot_head import ShotHead

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance
    from PySide6.QtWidgets import QWidget

_SAVE_AFTER_MS = 400


class Form(Protocol):
    """What is asked of the form, which is of the same kind as that of Create."""

    @property
    def changed(self) -> SignalInstance:
        """Signal: something else stands in it."""

    @property
    def generate_requested(self) -> SignalInstance:
        """Signal: ClipRequest, the button was pressed and nothing is wrong."""

    def serve_as(
        self, head: QWidget, word: str, tip: str, as_sent: Callable[[ClipRequest], ClipRequest]
    ) -> None:
        """Be the form of something else than a new clip."""

    def set_given_frames(self, start: str, end: str) -> None:
        """Start and end frame come from elsewhere."""

    def request(self) -> ClipRequest:
        """What stands in it."""

    def set_request(self, request: ClipRequest) -> None:
        """Let something else stand in it."""

    def is_unready(self, *, but_for_frames: bool = False) -> bool:
        """Whether it is not yet what it will be; the picture of before counts while one is read."""

    def focus_field(self, name: str, sentence: str = "") -> None:
        """The keyboard goes to a field."""

    def setEnabled(self, enabled: bool) -> None:
        """Whether anything can be entered."""


class ShotForm(QObject):
    """Keeps form and chosen shot at one; nothing that was typed is lost between two shots."""

    def __init__(
        self, form: Form, editor: FilmEditor, actions: ShotActions, bridge: EngineBridge
    ) -> None:
        super().__init__(editor)
        self._form = form
        self._editor = editor
        self._bridge = bridge
        self._shot_id = ""  # whose request stands in the form
        self._stored: ClipRequest | None = None  # that request as it is in the film
        self._shown: ClipRequest | None = None  # and as the form shows it
        self._filling = self._settling = False
        self._given = ("", "")
        self._awake = False
        self.head = ShotHead()
        form.serve_as(
            self.head,
            self.tr("Make another take"),
            self.tr("Make this shot once more; the newest take counts unless you chose one"),
            self._as_sent,
        )
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SAVE_AFTER_MS)
        self._timer.timeout.connect(self.save)
        form.changed.connect(self.on_form_changed)
        form.generate_requested.connect(self.on_form_generate_requested)
        editor.shot_chosen.connect(self.on_editor_shot_chosen)
        editor.changed.connect(self.on_editor_changed)
        self.head.name_given.connect(self.on_head_name_given)
        self.head.step_requested.connect(editor.step)
        self.head.parent_chosen.connect(lambda parent: actions.go_on(self._shot_id, parent))
        self.head.meets_chosen.connect(lambda meets: actions.set_meets(self._shot_id, meets))
        actions.name_wanted.connect(self.focus_name)
        actions.prompt_wanted.connect(self.focus_prompt)

    def set_awake(self, awake: bool) -> None:
        """Whether the form is in sight; out of sight nothing of it is kept."""
        if awake == self._awake:
            return
        self._leave()
        self._awake = awake
        self._shot_id = ""  # filled anew: another form may have changed the model in use

    @Slot()
    def save(self) -> None:
        """What stands in the form is the shot's request from now on."""
        self._timer.stop()
        finish_composing()
        if not self._awake or self._settling or self._stored is None:
            return
        if self._form.is_unready(but_for_frames=True):
            return
        request = self._form.request()
        if request == self._shown:
            return
        self._shown = request
        shot_id = self._shot_id
        kept = {}  # pictures that another one takes the place of for now
        if self._given[0]:
            kept["start_frame"] = self._stored.start_frame
        if self._given[1]:
            kept["end_frame"] = self._stored.end_frame
        self._stored = stored = request.changed(**kept)
        self._editor.change(
            lambda film: film.with_shot(shot_id, request=stored), tag=f"form {shot_id}"
        )

    @Slot()
    def focus_name(self) -> None:
        """The keyboard goes to the name."""
        self.head.name.setFocus()
        self.head.name.selectAll()

    @Slot()
    def focus_prompt(self) -> None:
        """The keyboard goes to the prompt."""
        self._form.focus_field("prompt")

    # --- news ---

    @Slot()
    def on_form_changed(self) -> None:
        if self._filling or not self._awake:
            return
        if self._settling:
            if not self._form.is_unready():
                self._settling = False
                self._shown = self._form.request()
            return
        if self._form.request() != self._shown:
            self._timer.start()

    @Slot(str)
    def on_editor_shot_chosen(self, _shot_id: str) -> None:
        self._leave()
        self._fill(self._editor.chosen_shot)

    @Slot()
    def on_editor_changed(self) -> None:
        one = self._editor.chosen_shot
        self.head.show_shot(one, self._editor.plan)
        if one is None or one.shot.id != self._shot_id:
            self._leave()
            self._fill(one)
        elif one.shot.request != self._stored and not self._timer.isActive():
            self._fill(one)
        else:
            self._show_given(one)

    @Slot(object)
    def on_form_generate_requested(self, _request: ClipRequest) -> None:
        """One more take, of what stands in the form now."""
        self.save()
        one = self._editor.chosen_shot
        if one is None:
            return
        price = self._bridge.price(self._as_sent(self._form.request()))
        wish = Wish(again=frozenset({one.shot.id}), missing=False)
        self._editor.make(Offer(wish, 1, price.low, price.high))

    @Slot(str)
    def on_head_name_given(self, name: str) -> None:
        shot_id = self._shot_id
        self._editor.change(lambda film: edit.renamed(film, shot_id, name))

    # --- inside ---

    def _leave(self) -> None:
        """Another shot's request will stand in the form."""
        self.save()
        mine = self._awake and not self._settling and self._stored is not None
        reading = self._form.is_unready() and not self._form.is_unready(but_for_frames=True)
        if mine and reading:
            self._bridge.notice.emit(problem(ProblemCode.FRAME, Message("picture_unread")))

    def _fill(self, one: ShotPlan | None) -> None:
        if not self._awake:
            return
        self._timer.stop()
        self._form.setEnabled(one is not None)
        self._shot_id = one.shot.id if one is not None else ""
        self._stored = one.shot.request if one is not None else None
        self.head.show_shot(one, self._editor.plan)
        if one is None:
            return
        self._filling = True
        self._show_given(one)
        self._form.set_request(one.shot.request)
        self._filling = False
        self._settling = self._form.is_unready()
        self._shown = self._form.request()

    def _show_given(self, one: ShotPlan) -> None:
        """Which pictures come from other shots."""
        plan = self._editor.plan
        if plan is None:
            return
        link = links_of(plan.film)[one.shot.id]
        start = end = ""
        if link.start is not None:
            text = self.tr("The end of shot {number}")
            start = text.format(number=plan.film.place(link.start.id) + 1)
        if one.shot.meets and one.number < len(plan.shots):
            end = self.tr("The beginning of shot {number}").format(number=one.number + 1)
        if (start, end) != self._given:
            self._given = start, end
            filling, self._filling = self._filling, True
            self._form.set_given_frames(start, end)
            self._filling = filling
            if not filling:
                self._shown = self._form.request()

    def _as_sent(self, request: ClipRequest) -> ClipRequest:
        """With a picture wherever one will be."""
        plan, shot_id = self._editor.plan, self._shot_id
        if plan is None or all(one.shot.id != shot_id for one in plan.shots):
            return request
        link = links_of(_asking(plan.film, shot_id, request))[shot_id]
        frames = {
            name: A_STILL
            for name, parent in (("start_frame", link.start), ("end_frame", link.end))
            if parent is not None
        }
        return link.request.changed(**frames) if frames else link.request


def _asking(film: Film, shot_id: str, request: ClipRequest) -> Film:
    return film.with_shot(shot_id, request=request)
