"""What is picked and rejected on the sheet, where the ring goes, and the way back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.marks import Mark, Verdict
from pixverse_desktop.ui.sheet.judging import Counts, Judging
from tests.support.factories import demo_status, saved_job
from tests.support.window_fakes import QueueBus

PICK, REJECT = Mark(Verdict.PICKED), Mark(Verdict.REJECTED)


class SlowBus(QueueBus):
    """A mark is answered when the test says so."""

    def mark(self, marks: object, then: object = None) -> None:
        self.calls.append(("mark", marks))


@pytest.fixture
def bus(qtbot: QtBot) -> QueueBus:
    return QueueBus(demo_status())


def judging_of(bus: QueueBus, count: int, **first: object) -> Judging:
    jobs = [saved_job(number) for number in range(1, count + 1)]
    jobs[0] = replace(jobs[0], **first)  # type: ignore[arg-type]
    bus.jobs = {job.id: job for job in jobs}
    judging = Judging(bus, bus)  # type: ignore[arg-type]
    judging.begin(jobs)
    return judging


def focus(judging: Judging) -> str:
    return judging.focused.id if judging.focused else ""


def shown(judging: Judging) -> list[str]:
    return [job.id for job in judging.shown]


def test_a_verdict_is_of_the_one_with_the_ring_which_goes_on(bus: QueueBus) -> None:
    judging = judging_of(bus, 3)
    judging.judge(PICK)
    judging.judge(REJECT)
    judging.judge(Mark(stars=4), stay=True)
    marked = [call[1] for call in bus.calls if call[0] == "mark"]
    assert marked == [{"job1": PICK}, {"job2": REJECT}, {"job3": Mark(stars=4)}]
    assert focus(judging) == "job3"
    assert judging.counts == Counts(picked=1, rejected=1, starred=1, open=0)
    assert [job.verdict for job in judging.jobs[:2]] == [Verdict.PICKED, Verdict.REJECTED]


def test_a_mark_is_shown_before_it_is_kept_and_news_of_others_leave_it(qtbot: QtBot) -> None:
    bus = SlowBus(demo_status())
    judging = judging_of(bus, 3)
    judging.judge(PICK)
    assert judging.jobs[0].is_picked
    bus.show_job(bus.jobs["job2"].marked(Mark(stars=2)))
    assert judging.jobs[0].is_picked
    assert judging.jobs[1].stars == 2


def test_what_could_not_be_kept_is_shown_as_it_is(qtbot: QtBot) -> None:
    bus = SlowBus(demo_status())
    judging = judging_of(bus, 2)
    judging.judge(PICK)
    bus.notice.emit(object())
    assert not judging.jobs[0].is_picked


def test_after_the_last_it_stays_and_says_so(bus: QueueBus) -> None:
    judging = judging_of(bus, 2)
    judging.judge(PICK)
    judging.judge(PICK)
    assert (focus(judging), judging.message) == ("job2", "All judged.")
    judging.focus_on("job1")
    assert judging.message == ""


def test_after_the_last_it_says_what_was_passed_over(bus: QueueBus) -> None:
    judging = judging_of(bus, 3)
    judging.focus_on("job3")
    judging.judge(REJECT)
    assert focus(judging) == "job3"
    assert judging.message.startswith("The last one. 2 ")


def test_undo_brings_verdict_and_ring_back(bus: QueueBus) -> None:
    judging = judging_of(bus, 3, verdict=Verdict.REJECTED, stars=2)
    judging.judge(PICK)
    judging.judge(PICK)
    judging.focus_on("job1")
    judging.undo()
    assert (focus(judging), judging.jobs[1].verdict) == ("job2", Verdict.NONE)
    judging.undo()
    assert focus(judging) == "job1"
    assert judging.jobs[0].mark == Mark(Verdict.REJECTED, 2)
    assert bus.jobs["job1"].mark == Mark(Verdict.REJECTED, 2)
    judging.undo()
    assert focus(judging) == "job1"


def test_all_but_the_best_are_rejected_in_one_step(bus: QueueBus) -> None:
    judging = judging_of(bus, 20)
    judging.judge(PICK)
    judging.judge(Mark(stars=3))
    judging.reject_others()
    assert judging.counts == Counts(1, 18, 1, 0)
    assert focus(judging) == "job3"
    assert bus.jobs["job20"].verdict is Verdict.REJECTED
    judging.reject_others()  # nothing is left to be rejected
    judging.undo()
    assert judging.counts == Counts(1, 0, 1, 18)
    assert bus.jobs["job20"].verdict is Verdict.NONE


def test_pages_of_sixteen_and_the_ring_turns_them(bus: QueueBus) -> None:
    judging = judging_of(bus, 20)
    assert (judging.pages, len(judging.shown)) == (2, 16)
    judging.focus_on("job16")
    judging.judge(PICK)
    assert shown(judging) == [f"job{number}" for number in range(17, 21)]
    judging.undo()
    assert (judging.page, focus(judging)) == (0, "job16")
    judging.turn(1)
    assert focus(judging) == "job17"
    judging.turn(1)
    assert focus(judging) == "job17"


def test_only_unjudged_has_no_empty_page(bus: QueueBus) -> None:
    judging = judging_of(bus, 3, verdict=Verdict.PICKED)
    judging.toggle_only_open()
    assert shown(judging) == ["job2", "job3"]
    judging.focus_on("job3")
    judging.judge(PICK)
    assert shown(judging) == ["job2"]  # what was passed over
    judging.judge(PICK)
    assert shown(judging) == ["job2"]
    assert judging.message == "All judged."
    judging.toggle_only_open()
    assert shown(judging) == ["job1", "job2", "job3"]
    judging.toggle_only_open()
    assert not judging.only_open
    assert shown(judging) == ["job1", "job2", "job3"]
    assert judging.message == "All judged."


def test_the_best_so_far_stays_left_and_the_others_come(bus: QueueBus) -> None:
    judging = judging_of(bus, 4, stars=3)
    judging.focus_on("job4")
    judging.toggle_champion()
    assert (judging.champion, shown(judging)) == ("job1", ["job1", "job2"])
    judging.judge(REJECT)
    assert shown(judging) == ["job1", "job3"]
    judging.judge(PICK)  # better than the best so far
    assert shown(judging) == ["job3", "job4"]
    judging.undo()
    assert shown(judging) == ["job1", "job3"]
    judging.judge(PICK)
    judging.judge(REJECT)
    assert judging.message.startswith("All compared")
    assert focus(judging) == "job3"
    judging.toggle_champion()
    assert len(judging.shown) == 4


def test_what_was_rejected_before_challenges_no_champion(bus: QueueBus) -> None:
    judging = judging_of(bus, 4)
    judging.judge(PICK)
    judging.judge(REJECT)
    judging.toggle_champion()
    assert shown(judging) == ["job1", "job3"]
    judging.judge(REJECT)
    assert shown(judging) == ["job1", "job4"]


def test_a_champion_that_is_rejected_makes_room(bus: QueueBus) -> None:
    judging = judging_of(bus, 3)
    judging.toggle_champion()
    judging.focus_on("job1")
    judging.judge(REJECT)
    assert judging.champion == "job2"
    assert shown(judging) == ["job2", "job3"]


def test_the_thrown_come_back_together(bus: QueueBus) -> None:
    judging = judging_of(bus, 4)
    judging.judge(REJECT)
    judging.judge(REJECT)
    ids = [job.id for job in judging.rejected]
    judging.remember_thrown(ids)
    for job_id in ids:
        bus.remove(job_id)
    assert shown(judging) == ["job3", "job4"]
    judging.undo()
    assert shown(judging) == ["job1", "job2", "job3", "job4"]
    assert [job.id for job in judging.rejected] == ids
    judging.undo()
    assert focus(judging) == "job2"
    assert judging.jobs[1].verdict is Verdict.NONE


def test_a_clip_thrown_away_elsewhere_leaves_the_ring_in_its_place(bus: QueueBus) -> None:
    judging = judging_of(bus, 3)
    judging.focus_on("job2")
    bus.remove("job2")
    assert (shown(judging), focus(judging)) == (["job1", "job3"], "job3")
    bus.remove("job3")
    assert focus(judging) == "job1"
    bus.remove("job1")
    assert (shown(judging), judging.focused) == ([], None)
    judging.judge(PICK)
    assert not [call for call in bus.calls if call[0] == "mark"]


def test_nothing_is_judged_of_nothing(qtbot: QtBot, bus: QueueBus) -> None:
    judging = Judging(bus, bus)  # type: ignore[arg-type]
    jobs: list[Job] = []
    judging.begin(jobs)
    judging.judge(PICK)
    judging.undo()
    judging.turn(1)
    judging.toggle_champion()
    judging.toggle_only_open()
    assert (judging.shown, judging.counts) == ([], Counts(0, 0, 0, 0))
