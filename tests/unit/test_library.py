"""Finding clips: words, filters, shelves and orders, in a real database."""

from __future__ import annotations

import contextlib
import dataclasses
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pixverse_desktop.core.jobs.library_query import (
    Board,
    ClipQuery,
    Collection,
    CollectionCounts,
    Count,
    Family,
    Order,
)
from pixverse_desktop.core.jobs.marks import Mark, Verdict
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.store import clip_search as library_module
from pixverse_desktop.store.job_rows import job_to_row
from pixverse_desktop.store.job_store import JobStore
from pixverse_desktop.store.schema import MIGRATIONS, Corruption, corruption_of, migrate
from tests.support.databases import PATH_TO_CLIP, moved
from tests.support.factories import make_job, plain_job, saved_job

FRAME = Frame(FrameKind.URL, "https://example.com/a.jpg")
CLIPS = [
    saved_job(1, "A red fox in the snow", resolution="1080p", length_s=9),
    saved_job(2, "Ocean waves at golden hour", aspect_ratio="9:16"),
    saved_job(3, "Füchse tanzen", style="anime", start_frame=FRAME, length_s=2),
    saved_job(4, "the fox and the ocean"),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    made = JobStore(tmp_path)
    made.open()
    for job in CLIPS:
        made.add_jobs(job)
    made.add_jobs(plain_job(id="waits", position=9))
    yield made
    made.close()


def ids(store: JobStore, **query: object) -> list[str]:
    wanted = ClipQuery(**query)  # type: ignore[arg-type]
    page = store.library.find(wanted, 0, 100)
    assert store.library.count(wanted) == Count(len(page.jobs), len(page.jobs))
    return [job.id for job in page.jobs]


def test_saved_clips_newest_first(store: JobStore) -> None:
    assert ids(store) == ["job4", "job3", "job2", "job1"]
    assert ids(store, order=Order.OLDEST) == ["job1", "job2", "job3", "job4"]
    assert ids(store, order=Order.LONGEST) == ["job1", "job4", "job2", "job3"]
    assert store.library.counts() == CollectionCounts(4, 0, 0, 0)


@pytest.mark.parametrize(
    ("text", "found"),
    [("fox", ["job4", "job1"]), ("FOX red", ["job1"]), ("oce", ["job4", "job2"]), ("fuchse", ["job3"]),
     ("Füch", ["job3"]), ("fox -ocean", ["job4"]), ('"', []), ("nothing", []),
     ("  ", ["job4", "job3", "job2", "job1"]), ("AND OR NOT", []), ("x" * 5000, [])],
)  # fmt: skip
def test_words_are_found_as_they_are_typed(store: JobStore, text: str, found: list[str]) -> None:
    assert ids(store, text=text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("🦊", True),
        ("🐻", False),
        ("走る", True),
        ("猫 夜", True),
        ("犬", False),
        ("100%", True),
        ("%_", False),
    ],
)
def test_signs_and_scripts_without_spaces_are_found(
    store: JobStore, text: str, found: bool
) -> None:
    store.add_jobs(saved_job(5, "夜に猫が走る 🦊 100% ja"))
    assert ids(store, text=text) == (["job5"] if found else [])


@pytest.mark.parametrize(
    "state",
    [JobState.WITHDRAWN, JobState.REJECTED, JobState.FAILED],
)
def test_what_was_never_a_clip_is_in_the_trash_too(store: JobStore, state: JobState) -> None:
    store.add_jobs(plain_job(id="gone", state=state, position=5, created_at=5.0, hidden=True))
    assert ids(store, collection=Collection.TRASH) == ["gone"]
    assert "gone" not in ids(store, collection=Collection.ALL)
    deleted = plain_job(
        id="gone", state=state, position=5, created_at=5.0, hidden=True, deleted=True
    )
    store.update_job(deleted, state)
    assert ids(store, collection=Collection.TRASH) == []
    assert store.library.counts().trash == 0


@pytest.mark.parametrize(
    "state", [JobState.UNCONFIRMED, JobState.NO_FILE, JobState.EXPIRED, JobState.ACCEPTED]
)
def test_a_paid_job_without_a_clip_is_in_the_trash_when_removed(
    store: JobStore, state: JobState
) -> None:
    store.add_jobs(plain_job(id="paid", state=state, position=5, created_at=5.0, hidden=True))
    assert ids(store, collection=Collection.TRASH) == ["paid"]
    assert store.library.counts().trash == 1
    assert ids(store, collection=Collection.UNSAVED) == []


def test_filters(store: JobStore) -> None:
    assert ids(store, resolution="1080p") == ["job1"]
    assert ids(store, ratio="9:16") == ["job2"]
    assert ids(store, style="anime") == ["job3"]
    assert ids(store, with_frame=True) == ["job3"]
    assert ids(store, text="fox", resolution="1080p") == ["job1"]


def pick(store: JobStore, *places: int) -> None:
    store.change_jobs([CLIPS[place].marked(Mark(Verdict.PICKED)) for place in places])


def test_picked_clips_and_the_trash(store: JobStore) -> None:
    pick(store, 0, 2)
    assert ids(store, collection=Collection.PICKED) == ["job3", "job1"]
    store.change_jobs([CLIPS[2]])
    picked = CLIPS[0].marked(Mark(Verdict.PICKED))
    store.update_job(dataclasses.replace(picked, hidden=True), JobState.SAVED)
    assert ids(store, collection=Collection.TRASH) == ["job1"]
    assert ids(store, collection=Collection.PICKED) == []
    assert store.library.counts() == CollectionCounts(3, 0, 0, 1)
    store.update_job(picked, JobState.SAVED)
    assert ids(store, collection=Collection.PICKED) == ["job1"]  # its mark outlived the trash


def test_boards_hold_clips_and_give_them_back(store: JobStore) -> None:
    library = store.library
    winter, loops = library.add_board("winter film"), library.add_board("Loops")
    library.put_on_board(winter, ["job1", "job4"], True)
    library.put_on_board(winter, ["job1"], True)
    assert library.boards() == (Board(loops, "Loops", 0), Board(winter, "winter film", 2))
    assert ids(store, board=winter) == ["job4", "job1"]
    assert ids(store, board=winter, text="red") == ["job1"]
    library.put_on_board(winter, ["job4"], False)
    store.update_job(dataclasses.replace(CLIPS[0], hidden=True), JobState.SAVED)
    assert ids(store, board=winter) == []
    assert [board.clips for board in library.boards()] == [0, 0]
    library.rename_board(loops, "Product loops")
    library.remove_board(winter)
    assert [board.name for board in library.boards()] == ["Product loops"]
    assert ids(store) == ["job4", "job3", "job2"]


def test_a_batch_is_a_collection(store: JobStore) -> None:
    def batch(number: int, name: str, **changes: object) -> None:
        job = saved_job(number, f"take {number}")
        given = {"batch": name, "row": number, **changes}
        store.add_jobs(dataclasses.replace(job, **given))  # type: ignore[arg-type]

    batch(11, "b", label="Portraits")
    batch(12, "b")
    batch(13, "b", hidden=True)
    batch(14, "alone")
    batch(15, "later")
    batch(16, "later")
    batch(17, "shots", film="f")
    batch(18, "shots", film="f")
    later, first = store.library.batches(8)
    assert later == Board("later", "take 15", 2, is_batch=True)
    assert first == Board("b", "Portraits", 2, is_batch=True)
    assert ids(store, board="b") == ["job12", "job11"]
    assert len(store.library.batches(1)) == 1


def test_a_job_under_way_has_its_place_already(store: JobStore) -> None:
    going = plain_job(
        id="going", state=JobState.ACCEPTED, remote_id="r", position=8, created_at=3.5
    )
    lost = plain_job(id="lost", state=JobState.UNCONFIRMED, position=7, created_at=3.6)
    store.add_jobs(going)
    store.add_jobs(lost)
    assert ids(store) == ["job4", "going", "job3", "job2", "job1"]
    assert ids(store, collection=Collection.UNSAVED) == ["lost", "going"]
    done = dataclasses.replace(going, state=JobState.SAVED, finished_at=99.0)
    store.update_job(done, JobState.ACCEPTED)
    assert ids(store) == ["job4", "going", "job3", "job2", "job1"]
    assert ids(store, since=3.0) == ["job4", "going", "job3"]


def test_a_clip_knows_how_many_go_on_from_it(store: JobStore) -> None:
    frame = Frame(FrameKind.FILE, "f.jpg", 16, 9, "last", "job1")
    store.add_jobs(saved_job(20, "goes on", start_frame=frame))
    store.add_jobs(saved_job(21, "goes on, too", start_frame=frame))
    family = store.library.family("job1", [], 1)
    assert (family.count, [job.id for job in family.children]) == (2, ["job21"])
    assert [job.id for job in store.library.family("job20", ["job1"], 9).parents] == ["job1"]
    assert store.library.family("job2", [], 9) == Family((), (), 0)
    assert {job.id for job in store.library.get(["job1", "none", "job20"]).jobs} == {
        "job1",
        "job20",
    }


def test_a_word_of_nearly_all_clips_is_found_the_other_way(
    store: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "_BROAD", 1)
    monkeypatch.setattr(library_module, "_WALK", 2)
    assert ids(store, text="the") == ["job4", "job1"]
    page = store.library.find(ClipQuery(text="o"), 1, 1)
    assert [job.id for job in page.jobs] == ["job2"]


def test_pages_make_the_whole(store: JobStore) -> None:
    pages = [store.library.find(ClipQuery(), at, 3) for at in (0, 3)]
    assert [job.id for page in pages for job in page.jobs] == ["job4", "job3", "job2", "job1"]


def test_a_changed_prompt_is_found_by_its_new_words(store: JobStore) -> None:
    request = dataclasses.replace(CLIPS[0].request, prompt="a blue whale")
    store.update_job(dataclasses.replace(CLIPS[0], request=request), JobState.SAVED)
    assert ids(store, text="whale") == ["job1"]
    assert ids(store, text="red") == []


@settings(derandomize=True, database=None, deadline=None, max_examples=150)
@given(text=st.text(max_size=60))
def test_no_text_breaks_the_search(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    store = JobStore(tmp_path_factory.mktemp("library"))
    store.open()
    store.add_jobs(saved_job(1, "one"))
    assert store.library.count(ClipQuery(text=text)).clips in (0, 1)
    assert len(store.library.find(ClipQuery(text=text), 0, 5).jobs) in (0, 1)
    store.close()


def test_a_damaged_row_keeps_no_other_away_and_can_be_mended(tmp_path: Path) -> None:
    store = JobStore(tmp_path)
    store.open()
    for job in CLIPS:
        store.add_jobs(job)
    with store._database.transaction() as connection:
        connection.execute("UPDATE jobs SET data = '{damaged' WHERE id = 'job2'")
    assert "job1" in ids_of(store)
    assert "job2" not in ids_of(store)
    assert store.library.counts().all == 4
    assert store.update_job(CLIPS[1], JobState.SAVED)
    assert ids_of(store) == ["job4", "job3", "job2", "job1"]
    store.close()


def test_a_value_of_another_kind_does_not_condemn_the_list(tmp_path: Path) -> None:
    store = JobStore(tmp_path)
    store.open()
    for job in CLIPS:
        store.add_jobs(job)
    pick(store, 2)
    with store._database.transaction() as connection:
        for path in ("clip.duration_s", "hidden", "request.aspect_ratio"):
            connection.execute(
                f"UPDATE jobs SET data = json_set(data, '$.{path}', 'abc') WHERE id = 'job2'"
            )
    store.close()
    path = tmp_path / "pixverse.db"
    assert corruption_of(path, thorough=True) is Corruption.NONE
    again = JobStore(tmp_path)
    assert again.open() is None
    assert again.library.counts().picked == 1
    again.close()


def test_a_clip_on_several_boards_is_of_the_first_by_name(store: JobStore) -> None:
    zoo, fox = store.library.add_board("zoo"), store.library.add_board("Fox")
    store.library.put_on_board(zoo, ["job1", "job2"], True)
    store.library.put_on_board(fox, ["job2", "job3"], True)
    assert store.library.board_of_clips() == {
        "job1": Board(zoo, "zoo"), "job2": Board(fox, "Fox"), "job3": Board(fox, "Fox"),
    }  # fmt: skip


@pytest.mark.logs_warnings
def test_a_damaged_search_index_is_built_anew(tmp_path: Path) -> None:
    store = JobStore(tmp_path)
    store.open()
    for job in CLIPS:
        store.add_jobs(job)
    store.close()
    with contextlib.closing(sqlite3.connect(tmp_path / "pixverse.db")) as connection:
        connection.execute("UPDATE prompts_data SET block = x'00' WHERE id >= 10")
        connection.commit()
    store.open()
    assert ids(store, text="fox") == ["job4", "job1"]
    store.add_jobs(saved_job(5, "one more fox"))
    assert ids(store, text="fox") == ["job5", "job4", "job1"]
    store.close()


def test_an_older_database_with_a_damaged_row_is_brought_up(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "old.db", isolation_level=None)
    for number, script in enumerate(MIGRATIONS[:2], start=1):
        connection.executescript(f"{script} PRAGMA user_version = {number};")
    marks = ", ".join("?" * 9)
    for job in CLIPS:
        row = job_to_row(job)
        row = (*row[:-1], "{damaged") if job.id == "job2" else row
        connection.execute(f"INSERT INTO jobs VALUES ({marks})", row)
    migrate(connection)
    found = connection.execute("SELECT id FROM jobs WHERE listed = 1 ORDER BY created_at")
    assert [row[0] for row in found] == ["job1", "job2", "job3", "job4"]
    found = connection.execute("SELECT rowid FROM prompts WHERE prompts MATCH 'fox'").fetchall()
    assert len(found) == 2
    connection.close()


def ids_of(store: JobStore) -> list[str]:
    return [job.id for job in store.library.find(ClipQuery(), 0, 100).jobs]


# --- takes of the same prompt and pictures ---


@pytest.fixture
def takes(tmp_path: Path) -> Iterator[JobStore]:
    """Three takes of a fox, of which job2 is the newest, one of a start frame, and two others."""
    store = JobStore(tmp_path)
    store.open()
    frame = Frame(FrameKind.FILE, "f.jpg", 16, 9, "a label")
    same = Frame(FrameKind.FILE, "f.jpg", 16, 9, "another label")
    for number, made, length, request in (
        (1, 1.0, 9.0, {"prompt": "a fox", "seed": 1}),
        (2, 30.0, 5.0, {"prompt": "a fox", "seed": 2, "style": "anime"}),
        (3, 3.0, 5.0, {"prompt": "a fox", "seed": 3}),
        (4, 4.0, 7.0, {"prompt": "a fox", "start_frame": frame}),
        (5, 5.0, 5.0, {"prompt": "a fox", "start_frame": same}),
        (6, 6.0, 6.0, {"prompt": "A fox"}),
    ):
        job = saved_job(number, length_s=length, **request)
        store.add_jobs(dataclasses.replace(job, created_at=made))
    yield store
    store.close()


def test_clips_of_which_no_prompt_is_known_are_no_takes_of_each_other(takes: JobStore) -> None:
    for number in (7, 8):
        takes.add_jobs(saved_job(number, prompt=""))
    assert {("job7", 1), ("job8", 1)} <= set(stacks(takes))


def stacks(store: JobStore, **query: object) -> list[tuple[str, int]]:
    found = store.library.find(ClipQuery(stacked=True, **query), 0, 100)  # type: ignore[arg-type]
    return [(job.id, found.takes.get(job.id, 1)) for job in found.jobs]


def test_the_newest_take_stands_for_all_of_the_same_prompt_and_pictures(takes: JobStore) -> None:
    assert stacks(takes) == [("job2", 3), ("job6", 1), ("job5", 2)]
    assert takes.library.count(ClipQuery(stacked=True)) == Count(tiles=3, clips=6)
    assert stacks(takes, order=Order.OLDEST) == [("job5", 2), ("job6", 1), ("job2", 3)]
    assert stacks(takes, order=Order.LONGEST) == [("job6", 1), ("job2", 3), ("job5", 2)]
    page = takes.library.find(ClipQuery(stacked=True), 1, 1)
    assert [job.id for job in page.jobs] == ["job6"]


def test_a_stack_is_of_what_is_found(takes: JobStore) -> None:
    assert stacks(takes, style="none", text="fox") == [("job6", 1), ("job5", 2), ("job3", 2)]
    assert stacks(takes, style="anime") == [("job2", 1)]
    (top,) = takes.library.get(["job2"]).jobs
    takes.update_job(dataclasses.replace(top, hidden=True), top.state)
    assert stacks(takes)[-1] == ("job3", 2)
    assert stacks(takes, collection=Collection.TRASH) == [("job2", 1)]


def test_an_opened_stack_has_its_takes_alone(takes: JobStore) -> None:
    for job_id, found in (("job1", ["job2", "job3", "job1"]), ("job6", ["job6"])):
        query = ClipQuery(stacked=True, takes_of=job_id)
        assert [job.id for job in takes.library.find(query, 0, 9).jobs] == found
        assert takes.library.count(query) == Count(len(found), len(found))


def test_what_may_have_to_be_decided_never_stands_behind_another(takes: JobStore) -> None:
    for number in (7, 8):
        takes.add_jobs(make_job(number, JobState.UNCONFIRMED, request=ClipRequest("a doubt")))
    assert len(stacks(takes, collection=Collection.UNSAVED)) == 2


# --- clips that were never played ---


def test_a_clip_is_new_from_its_first_saving_until_it_was_played(tmp_path: Path) -> None:
    store = JobStore(tmp_path)
    store.open()
    store.add_jobs(saved_job(1))  # imported, with a clip from the beginning
    going = plain_job(id="j2", position=2)
    store.add_jobs(going)
    saved = moved(store, going, *PATH_TO_CLIP)
    assert store.library.unplayed() == {"j2"}
    store.library.mark_played("j2")
    assert store.library.unplayed() == frozenset()
    again = moved(store, saved, JobState.ACCEPTED, JobState.VERIFIED, JobState.SAVED)
    store.update_job(dataclasses.replace(again, hidden=True), JobState.SAVED)
    assert store.library.unplayed() == frozenset()  # fetched once more, and thrown away
    store.close()


def test_a_clip_of_an_earlier_version_counts_as_played(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.create_function("fold", 1, lambda text: text.decode(), deterministic=True)
        for number, script in enumerate(MIGRATIONS[:4], start=1):
            connection.executescript(f"{script} PRAGMA user_version = {number};")
        marks = ", ".join("?" * 9)
        row = job_to_row(saved_job(1, "made before"))
        connection.execute(f"INSERT INTO jobs VALUES ({marks})", row)
        migrate(connection)
        assert connection.execute("SELECT count(*) FROM unplayed").fetchone() == (0,)
        found = connection.execute("SELECT take FROM jobs").fetchone()
        assert found[0].startswith("made before")
    assert corruption_of(path, thorough=True) is Corruption.NONE
