"""What keys, menus and buttons do with the shots of the film."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu

from pixverse_desktop.core.film import edit
from pixverse_desktop.core.film.film import Film, Shot, new_id
from pixverse_desktop.core.film.plan import ShotPlan, ShotState, Wish
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.model.request import ClipRequest, default_request
from pixverse_desktop.core.model.rules import IntRange
from pixverse_desktop.services.engine_bridge import EngineBridge
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.commands import for_menu, key_of
from pixverse_desktop.ui.jobs.job_text import one_line
from pixverse_desktop.ui.storyboard.film_editor import FilmEditor, Offer

_NAME = 60  # letters of a name that is taken from a prompt


class ShotActions(QObject):
    """The targets of the storyboard's commands; ``chosen`` tells the ids of the chosen shots."""

    name_wanted = Signal()
    prompt_wanted = Signal()

    def __init__(
        self, editor: FilmEditor, bridge: EngineBridge, chosen: Callable[[], list[str]]
    ) -> None:
        super().__init__(editor)
        self._editor = editor
        self._bridge = bridge
        self._chosen = chosen

    # --- shots ---

    def add_shot(self) -> None:
        """An empty one behind the chosen, asking for what that asks for; without a film, one."""
        shot = Shot(new_id(), self.shot_name(len(self._editor.shots) + 1), self.base())
        if self._editor.plan is None:
            self._editor.create(self.film_name(), [shot], self.prompt_wanted.emit)
        else:
            self.insert([shot], then=self.prompt_wanted.emit)

    def insert(
        self,
        shots: Sequence[Shot],
        row: int | None = None,
        then: Callable[[], object] = lambda: None,
    ) -> None:
        """Shots before a row, or behind the chosen one; then ``then`` is called."""
        chosen = self._editor.place_of(self._editor.chosen)
        place = chosen + 1 if row is None else row
        change = partial(_inserted, place, tuple(shots))
        self._editor.change(change, choose=shots[0].id if shots else "", then=then)

    def base(self) -> ClipRequest:
        """What a new shot asks for: what the chosen one does, without its words and pictures."""
        one = self._editor.chosen_shot
        if one is None:
            return default_request(self._bridge.status.model).changed(prompt="")
        nothing = {"prompt": "", "start_frame": None, "end_frame": None, "seed": None}
        return one.shot.request.changed(**nothing)

    def shot_name(self, number: int) -> str:
        """What a shot without a name is called."""
        return self.tr("Shot {number}").format(number=number)

    def text_name(self, number: int) -> str:
        """What the shots of a text are called, behind those that are there."""
        return self.shot_name(number + len(self._editor.shots))

    def film_name(self) -> str:
        """What a film without a name is called."""
        return self.tr("New film")

    def gap_name(self) -> str:
        """What a film is called that fills a gap."""
        return self.tr("Gap")

    def shot_of(self, job: Job) -> Shot:
        """A shot whose take is a clip that is there already."""
        request = job.request.changed(seed=None) if job.seed_drawn else job.request
        number = len(self._editor.shots) + 1
        name = one_line(job.label or job.request.prompt)[:_NAME] or self.shot_name(number)
        return Shot(new_id(), name, request, chosen=job.id, takes=(job.id,))

    def gap_after(self, shot: Shot) -> Shot:
        """A shot from the end of one to the beginning of the next."""
        request = shot.request.changed(start_frame=None, end_frame=None, seed=None)
        return Shot(new_id(), self.gap_name(), request, continues=True, meets=True)

    def fill_gap(self) -> None:
        """A shot between the chosen one and the next."""
        one = self._editor.chosen_shot
        if one is None or one.number == len(self._editor.shots):
            self._editor.said.emit(self.tr("Choose a shot that another one follows."))
            return
        self.insert([self.gap_after(one.shot)])

    def duplicate(self) -> None:
        """The chosen one once more, with its takes."""
        one = self._editor.chosen_shot
        if one is not None:
            takes = tuple(job.id for job in one.takes)
            self._editor.change(partial(edit.duplicated, shot_id=one.shot.id, takes=takes))

    def split(self) -> None:
        """Two in the place of the chosen one."""
        one = self._editor.chosen_shot
        if one is not None:
            change = partial(edit.split, shot_id=one.shot.id, least_s=self._least_s())
            self._editor.change(change)

    def remove(self) -> None:
        """Without the chosen ones; their clips stay in the library."""
        ids = self._chosen()
        left = [one.shot.id for one in self._editor.shots if one.shot.id not in ids]
        place = self._editor.place_of(ids[0]) if ids else 0
        following = left[min(place, len(left) - 1)] if left else ""
        if ids:
            self._editor.change(partial(edit.removed, shot_ids=ids), choose=following)
            text = self.tr("%Ln shots removed. {key} brings them back.", "", len(ids))
            self._editor.said.emit(text.format(key=key_of("story undo")))

    def rename(self) -> None:
        """The keyboard goes to the name."""
        self.name_wanted.emit()

    def edit(self) -> None:
        """The keyboard goes to the prompt."""
        self.prompt_wanted.emit()

    def move(self, by: int) -> None:
        """The chosen ones by one place."""
        ids = self._chosen()
        places = [self._editor.place_of(shot_id) for shot_id in ids]
        if not ids or (by < 0 and places[0] == 0):
            return
        target = places[0] - 1 if by < 0 else places[-1] + 2
        if target <= len(self._editor.shots):
            self.move_before(ids, target)

    def move_before(self, ids: Sequence[str], row: int) -> None:
        """Shots before the one in a row."""
        self._editor.change(partial(edit.moved, shot_ids=list(ids), place=row))

    def toggle_seam(self) -> None:
        """The chosen one begins with a cut, or goes on from the one before."""
        one = self._editor.chosen_shot
        if one is not None:
            self.toggle_seam_of(one)

    def toggle_seam_of(self, one: ShotPlan) -> None:
        """The same for any of them."""
        if one.number == 1:
            self._editor.said.emit(self.tr("The first shot begins with a cut."))
            return
        before = self._editor.shots[one.number - 2].shot.id
        self.go_on(one.shot.id, "" if one.shot.continues else before)

    def go_on(self, shot_id: str, parent_id: str) -> None:
        """A shot goes on from another; with "" it begins with a cut."""
        self._editor.change(partial(edit.going_on, shot_id=shot_id, parent_id=parent_id))

    def toggle_meets(self) -> None:
        """The chosen one ends on the first picture of the next, or is open."""
        one = self._editor.chosen_shot
        if one is not None:
            self.set_meets(one.shot.id, not one.shot.meets)

    def set_meets(self, shot_id: str, meets: bool) -> None:
        """Whether a shot ends on the first picture of the next."""
        self._editor.change(lambda film: film.with_shot(shot_id, meets=meets))

    def undo(self) -> None:
        """The version before."""
        self._editor.undo()

    def redo(self) -> None:
        """The version that was undone."""
        self._editor.redo()

    # --- what is out of date ---

    def keep(self) -> None:
        """Those of the chosen that are out of date stay as they are."""
        late = [one.shot.id for one in self._editor.shots if one.state is ShotState.OUT_OF_DATE]
        ids = [shot_id for shot_id in self._chosen() if shot_id in late]
        if ids:
            self._editor.keep(ids)

    def redo_offer(self, one: ShotPlan, *, following: bool) -> Offer:
        """What making a shot again would cost, alone or with what follows from it."""
        plan = self._editor.plan
        redo = plan.redone_with(one.shot.id) if plan is not None else set[str]()
        if not following:
            redo &= {one.shot.id}
        return self._editor.offer(Wish(redo=frozenset(redo), missing=False))

    # --- the menu ---

    def fill(self, menu: QMenu) -> None:
        """What can be done with the chosen shot."""
        menu.clear()
        one = self._editor.chosen_shot
        if one is None:
            return
        cut = self.tr("Begin with a cut")
        goes_on = self.tr("Go on from the shot before")
        seam = cut if one.shot.continues else goes_on
        meets = self.tr("End open") if one.shot.meets else self.tr("Meet the next shot")
        for text, name, run in (
            (self.tr("Insert a shot"), "story add", self.add_shot),
            (self.tr("Fill the gap to the next"), "story gap", self.fill_gap),
            (self.tr("Duplicate"), "story duplicate", self.duplicate),
            (self.tr("Split"), "story split", self.split),
            (self.tr("Rename"), "story rename", self.rename),
            (seam, "story seam", self.toggle_seam),
            (meets, "story meets", self.toggle_meets),
        ):
            action = menu.addAction(for_menu(text, name))
            action.triggered.connect(run)
            last = one.number == len(self._editor.shots)
            action.setEnabled({"story seam": one.number > 1, "story gap": not last}.get(name, True))
        self._fill_redo(menu, one)
        menu.addSeparator()
        removal = menu.addAction(for_menu(self.tr("Remove"), "story remove"))
        removal.triggered.connect(self.remove)

    def popup(self, menu: QMenu, place: QPoint) -> None:
        """Open the menu there."""
        self.fill(menu)
        if not menu.isEmpty():
            menu.popup(place)

    def _fill_redo(self, menu: QMenu, one: ShotPlan) -> None:
        offer = self.redo_offer(one, following=True)
        if offer.number:
            text = self.tr("Redo %Ln shots, {credits} credits", "", offer.number)
            price = localised.price_text(offer.price)
            menu.addSeparator()
            action = menu.addAction(text.format(credits=price))
            action.triggered.connect(partial(self._editor.make, offer))

    def _least_s(self) -> int:
        """The shortest clip of the model in use, in seconds."""
        spec = self._bridge.status.model.get("duration_s")
        rule = spec.rule if spec is not None else None
        if not isinstance(rule, IntRange):
            return 1
        return min(rule.allowed) if rule.allowed else rule.minimum


def _inserted(place: int, shots: Sequence[Shot], film: Film) -> Film:
    return edit.inserted(film, place, shots)
