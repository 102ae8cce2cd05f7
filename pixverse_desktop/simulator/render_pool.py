"""Renderer processes: started when first needed, fed one job at a time, gone when we are."""

from __future__ import annotations

import json
import queue
import subprocess
import threading

from pixverse_desktop.simulator import processes
from pixverse_desktop.simulator.jobs import Service
from pixverse_desktop.simulator.jsontypes import JsonObject, as_text, parse_object
from pixverse_desktop.simulator.state import Job

_ATTEMPTS = 2


class RenderPool:
    """Threads that each own one renderer process and write what it did into the state."""

    def __init__(self, service: Service, workers: int) -> None:
        self._service = service
        self._queue: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._processes: set[subprocess.Popen[str]] = set()
        service.on_job = self._queue.put
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(workers)]

    def start(self) -> None:
        """Begin with the jobs that an earlier process left."""
        for job in self._service.state.unfinished():
            self._queue.put(job.id)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End every renderer at once; what it was making is made again at the next start."""
        self._stopping.set()
        with self._lock:
            for process in self._processes:
                process.kill()

    def _work(self) -> None:
        process: subprocess.Popen[str] | None = None
        while not self._stopping.is_set():
            job = self._service.state.job(self._queue.get())
            if job is not None and job.status == "pending":
                self._service.state.set_status(job.id, "processing")
                process = self._render(job, process)

    def _render(
        self, job: Job, process: subprocess.Popen[str] | None
    ) -> subprocess.Popen[str] | None:
        order = self._order(job)
        for _ in range(_ATTEMPTS):
            if process is None or process.poll() is not None:
                process = self._start()
            answer = _ask(process, order)
            if self._stopping.is_set():
                return process
            if answer is not None:
                self._finish(job, answer)
                return process
            self._forget(process)
            process = None
        self._service.state.fail(job.id, "The renderer stopped unexpectedly.")
        return process

    def _order(self, job: Job) -> JsonObject:
        return {
            "job": job.id,
            "clips": str(self._service.state.clips),
            "frames": str(self._service.state.frames),
            "work": job.work,
            "cached": self._service.settings.render == "cached",
        }

    def _finish(self, job: Job, answer: JsonObject) -> None:
        state = self._service.state
        flaw = job.flaw or {}
        if "error" in answer:
            state.fail(job.id, answer["error"])
        elif flaw.get("kind") == "fail_job":
            state.fail(job.id, flaw.get("error"))
        else:
            state.complete(job.id, as_text(answer.get("clip")), as_text(answer.get("sha256")))

    def _start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            processes.command("renderer"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        with self._lock:
            self._processes.add(process)
        return process

    def _forget(self, process: subprocess.Popen[str]) -> None:
        process.kill()
        process.wait()
        with self._lock:
            self._processes.discard(process)


def _ask(process: subprocess.Popen[str], order: JsonObject) -> JsonObject | None:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        return parse_object(line) if line else None
    except (OSError, ValueError):
        return None
