"""I1-I16: what must hold after every kill, and after everything has come to rest."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pixverse_desktop.core.film.film import film_to_text
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.ledger import ledger_of
from pixverse_desktop.core.jobs.parents import ancestors
from pixverse_desktop.core.jobs.states import TRANSITIONS, JobState
from pixverse_desktop.media.mp4_check import NotMp4, check_mp4
from pixverse_desktop.store.job_rows import job_from_row
from pixverse_desktop.store.job_store import JobStore
from pixverse_desktop.store.journal import Journal
from tests.support.films import ENCODED_ONCE, start_frame_error

_FILMS_SINCE = 7  # versions of the database
_SETTLED_WITHOUT_CLIP = (JobState.FAILED, JobState.EXPIRED, JobState.UNCONFIRMED)


@dataclass(frozen=True)
class Server:
    """What the service saw: its charges and the requests it received."""

    charges: list[dict[str, Any]]
    requests: list[dict[str, Any]]

    def of_app(self) -> list[dict[str, Any]]:
        """The charges that the program under test made."""
        return [c for c in self.charges if str(c["input"].get("prompt")).startswith("job ")]


class Disk:
    """A copy of a data folder's records, looked at without disturbing the original."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.jobs: list[Job] = []
        self.films: list[tuple[str, str | None]] = []
        self.transitions: list[tuple[str, str | None, str]] = []
        self.problems: list[str] = []
        with tempfile.TemporaryDirectory() as folder:
            for path in data_dir.glob("pixverse.db*"):
                with contextlib.suppress(FileNotFoundError):
                    shutil.copy(path, folder)
            if (Path(folder) / "pixverse.db").exists():
                self._read(Path(folder) / "pixverse.db")

    def _read(self, path: Path) -> None:
        connection = sqlite3.connect(path)
        try:
            check = connection.execute("PRAGMA integrity_check").fetchall()
            if check != [("ok",)] or connection.execute("PRAGMA foreign_key_check").fetchall():
                self.problems.append(f"I1 the database is damaged: {check[:1]}")
            if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return  # killed before the very first table
            if connection.execute("SELECT count(*) FROM meta").fetchone()[0] == 0:
                self.problems.append("I1 the sentinel is gone")
            if connection.execute("PRAGMA user_version").fetchone()[0] >= _FILMS_SINCE:
                self.films = connection.execute("SELECT id, data FROM films").fetchall()
            columns = "id, origin, state, remote_id, position, created_at, updated_at, prompt, data"
            self.jobs = [job_from_row(r) for r in connection.execute(f"SELECT {columns} FROM jobs")]
            self.transitions = connection.execute(
                "SELECT job_id, old_state, new_state FROM transitions ORDER BY number"
            ).fetchall()
        except sqlite3.DatabaseError as error:
            self.problems.append(f"I1 {error}")
        finally:
            connection.close()


def after_kill(
    data_dir: Path, server: Server, key: str, started_at: float, resubmits: int = 0
) -> list[str]:
    """The broken ones of I1-I9; ``started_at`` is when the killed process began."""
    disk = Disk(data_dir)
    found = list(disk.problems)
    found += _charges(server, resubmits)
    found += _files(disk)
    # Who queued a job in this life had recovered before.
    recovered = any(job.created_at >= started_at for job in disk.jobs)
    for job in disk.jobs:
        old = (job.submitted_at or 0) < started_at - 0.01
        if job.state is JobState.SUBMITTING and old and recovered:
            found.append(f"I5 job {job.request.prompt} is still submitting")
    found += _paths(disk)
    remote = Counter(job.remote_id for job in disk.jobs if job.remote_id)
    found += [f"I7 two jobs hold {remote_id}" for remote_id, n in remote.items() if n > 1]
    found += _intents(data_dir, server)
    found += _key(data_dir, server, key)
    order = data_dir.parent / "order.log"
    if order.exists():
        found += order.read_text().splitlines()
    return found


def _charges(server: Server, resubmits: int) -> list[str]:
    found = []
    # An edit before it was sent is the same intention still.
    charged = Counter(c["input"]["prompt"].split(" edited")[0] for c in server.of_app())
    extra = sum(n - 1 for n in charged.values())
    if extra > resubmits:
        twice = [prompt for prompt, n in charged.items() if n > 1]
        found.append(f"I2 charged more than once: {twice}")
    sent = Counter(
        (str(r["body"].get("prompt")), r["headers"].get("idempotency-key"))
        for r in server.requests
        if r["method"] == "POST" and isinstance(r.get("body"), dict)
    )
    found += [
        f"I2 sent more than once: {prompt}" for (prompt, key), n in sent.items() if key and n > 1
    ]
    return found


def _files(disk: Disk) -> list[str]:
    found = []
    rows = {job.clip.path: job for job in disk.jobs if job.clip is not None}
    for path in disk.data_dir.rglob("*.mp4"):
        if "simulator" in path.parts:
            continue
        try:
            check_mp4(path)
        except NotMp4 as error:
            found.append(f"I3 {path.name} is torn: {error}")
        job = rows.get(str(path))
        if job is None or job.clip is None:
            found.append(f"I3 {path.name} has no row")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != job.clip.sha256:
            found.append(f"I3 {path.name} is not what its row says")
    for job in disk.jobs:
        if job.state is JobState.SAVED and (job.clip is None or not Path(job.clip.path).exists()):
            found.append(f"I4 {job.request.prompt} is saved and has no file")
    return found


def _paths(disk: Disk) -> list[str]:
    found = []
    last: dict[str, str] = {}
    for job_id, old, new in disk.transitions:
        if old is None:
            last[job_id] = new
            continue
        if last.get(job_id) != old or JobState(new) not in TRANSITIONS[JobState(old)]:
            found.append(f"I6 {last.get(job_id)} then {old} -> {new}")
        last[job_id] = new
    found += [
        f"I6 {job.request.prompt} is {job.state}, its log says {last.get(job.id)}"
        for job in disk.jobs
        if last.get(job.id) != job.state
    ]
    return found


def _intents(data_dir: Path, server: Server) -> list[str]:
    written = {
        entry.job.request.seed
        for entry in Journal(data_dir / "journal.jsonl").entries()
        if entry.job.state is JobState.SUBMITTING
    }
    return [
        f"I8 {charge['input']['prompt']} was charged without an intent on disk"
        for charge in server.of_app()
        if charge["input"].get("seed") not in written
    ]


def _key(data_dir: Path, server: Server, key: str) -> list[str]:
    needle = key.encode()
    found = [
        f"I9 the key is in {path.name}"
        for path in data_dir.rglob("*")
        if path.is_file() and needle in path.read_bytes()
    ]
    leaked = [r["path"] for r in server.requests if r["origin"] != "api" and r["has_authorization"]]
    return found + [f"I9 the key was sent to {path}" for path in leaked]


def after_rest(data_dir: Path, server: Server, list_mode: str) -> list[str]:
    """The broken ones of I10-I16, when everything has come to rest."""
    disk = Disk(data_dir)
    found = _all_charged_is_here(disk, server, list_mode)
    found += [
        f"I5 {job.request.prompt} is still submitting"
        for job in disk.jobs
        if job.state is JobState.SUBMITTING
    ]
    of_server = {c["jobId"]: c["input"] for c in server.charges}
    for job in disk.jobs:
        # Without an attempt it was not sent from here: a rescue brought it in as it is.
        theirs = of_server.get(job.remote_id) if job.attempt_id else None
        # What was matched by time alone says so, and the user is asked to look at it; but never
        # may it be another job of this very program.
        wrong = theirs is not None and theirs.get("seed") != job.request.seed
        ours = theirs is not None and str(theirs.get("prompt")).startswith("job ")
        if theirs is not None and wrong and (ours or not job.matched_by_time):
            found.append(f"I11 {job.request.prompt} adopted the job of {theirs.get('prompt')}")
    found += _ledger_agrees(disk, server)
    found += _continues(disk, server, list_mode)
    left = [p.name for s in ("*.part", "*.etag", "*.tmp") for p in data_dir.rglob(s)]
    found += [f"I12 {name} was left" for name in left]
    found += _rebuilt(data_dir, disk)
    return found


def _continues(disk: Disk, server: Server, list_mode: str) -> list[str]:
    """I16: what goes on from another clip started from the very last picture of that, encoded once,
    and nothing waits any more but behind what may or may not have been sent."""
    jobs = {job.id: job for job in disk.jobs}
    # What was matched by time alone may be another program's: I11 looks at that.
    sent = {c["jobId"]: c["input"].get("start_image_url") for c in server.of_app()}
    found = []
    for child in disk.jobs:
        doubtful = any(one.state is JobState.UNCONFIRMED for one in ancestors(child, jobs.get))
        if child.state is JobState.QUEUED and list_mode == "echo" and not doubtful:
            found.append(f"I16 {child.request.prompt} waits still")
        if child.remote_id is None or not child.after:
            continue
        frame, parent = child.request.start_frame, jobs[child.after]
        if frame is None or parent.clip is None:
            found.append(f"I16 {child.request.prompt} was sent without its frame")
            continue
        error, allowed = start_frame_error(
            Path(parent.clip.path), (disk.data_dir / "frames" / frame.value).read_bytes()
        )
        if error > allowed + ENCODED_ONCE:
            found.append(f"I16 {child.request.prompt} does not start where its parent ends")
        if child.remote_id not in sent:
            continue
        body = sent[child.remote_id] or {}
        if body.get("data_uri_sha256") != frame.value.removesuffix(".jpg"):
            found.append(f"I16 {child.request.prompt} was sent with another picture")
    return found


def _ledger_agrees(disk: Disk, server: Server) -> list[str]:
    """I15: a charge that the service named is in our ledger, to the hundredth, and no other."""
    theirs = {c["jobId"]: Decimal(str(c["amount"])) for c in server.charges}
    found = []
    for row in ledger_of(disk.jobs).rows:
        if row.job is None or row.charged is None:
            continue
        if theirs.get(row.job.remote_id or "") != row.charged:
            found.append(f"I15 {row.job.request.prompt} is in the ledger with {row.charged}")
    return found


def _all_charged_is_here(disk: Disk, server: Server, list_mode: str) -> list[str]:
    by_seed = {job.request.seed: job for job in disk.jobs}
    found = []
    for charge in server.of_app():
        job = by_seed.get(charge["input"].get("seed"))
        prompt = charge["input"]["prompt"]
        if job is None:
            found.append(f"I10 {prompt} was charged and is unknown")
        elif job.state is not JobState.SAVED and (
            list_mode == "echo" or job.state not in _SETTLED_WITHOUT_CLIP
        ):
            found.append(f"I10 {prompt} was charged and is {job.state}")
    return found


def _rebuilt(data_dir: Path, disk: Disk) -> list[str]:
    """I14: without its database, with copies or without, the folder still knows every job and
    film."""
    known = {job.id: (job.remote_id, job.state) for job in disk.jobs}
    if not known:
        return []
    for harm, copies in (("deleted", True), ("deleted", False), ("zero-byte", False)):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            shutil.copy(data_dir / "journal.jsonl", folder)
            if copies and (data_dir / "backups").exists():
                shutil.copytree(data_dir / "backups", folder / "backups")
            if harm == "zero-byte":
                (folder / "pixverse.db").touch()
            store = JobStore(folder)
            store.open()
            rebuilt = {job.id: (job.remote_id, job.state) for job in store.load_jobs()}
            films = {film.id: film_to_text(film) for film in store.films.load()}
            store.close()
            if films != {film_id: text for film_id, text in disk.films if text is not None}:
                return [f"I14 {harm}, copies {copies}: the films differ"]
            if rebuilt != known:
                odd = [k for k in known if rebuilt.get(k) != known[k]]
                return [f"I14 {harm}, copies {copies}: {len(odd)} of {len(known)} jobs differ"]
    return []


def states_of(data_dir: Path) -> dict[str, str]:
    """Every job's state and remote id, to compare before and after (I13)."""
    return {
        job.id: json.dumps([job.state, job.remote_id, job.hidden]) for job in Disk(data_dir).jobs
    }
