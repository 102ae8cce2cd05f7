"""The service's routes. Implements ``core.ports.Service``; blocks, so it runs on workers.

Only ``submit`` spends money: one POST on a fresh connection, no redirects, no repeats, and an
outcome that is NotSent, Rejected or Ambiguous when it is not an accepted job.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlsplit

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ReadTimeoutError,
)

from pixverse_desktop.api import http, wire
from pixverse_desktop.api.download import Downloader
from pixverse_desktop.api.error_bodies import refusal, says_busy
from pixverse_desktop.api.http import (
    BearerAuth,
    BodyTap,
    NoAuth,
    Sessions,
    TooLarge,
    parse_json,
    read_capped,
)
from pixverse_desktop.api.keys import Json, as_object, find
from pixverse_desktop.api.prices import listed_entries, listed_models, price_rule
from pixverse_desktop.api.rate_headers import rate_hint
from pixverse_desktop.api.schema import read_schema
from pixverse_desktop.api.surroundings import LOGINS, LoginWanted, NoWayOut
from pixverse_desktop.api.trust import causes
from pixverse_desktop.core.engine.rate_limit import RateHint
from pixverse_desktop.core.errors import (
    Ambiguous,
    NotSent,
    Problem,
    ProblemCode,
    Rejected,
    Unreachable,
    problem,
)
from pixverse_desktop.core.jobs.job import REMOTE_ID
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID, any_model
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.ports import (
    JobsPage,
    ListedModel,
    LiveModel,
    RemoteJob,
    Reply,
    Submission,
)
from pixverse_desktop.core.route import SYSTEM, Route
from pixverse_desktop.core.service import Origin, ServiceReport, is_loopback
from pixverse_desktop.core.text import plain

CONNECT_LIMIT_S = 10.0
SUBMIT_READ_LIMIT_S = 60.0
READ_LIMIT_S = 15.0
_PAGE_ROWS = 100

# Statuses by which the service says no to a submission for certain; all others are ambiguous.
_DEFINITE = frozenset({400, 401, 402, 403, 404, 405, 410, 413, 415, 422, 429})


class Client:
    """One service origin, with or without a key."""

    def __init__(
        self,
        origin: Origin,
        key: str | None,
        load_frame: Callable[[Frame], bytes],
        *,
        route: Route = SYSTEM,
        fallback_fields: tuple[str, str] = ("", ""),
    ) -> None:
        local = is_loopback(urlsplit(origin.api_url).hostname or "")
        self._base = origin.api_url.rstrip("/")
        self._auth = BearerAuth(key) if key else None
        self._load_frame = load_frame
        self._fallback_fields = fallback_fields
        route = route.to_this_machine() if local else route
        self._sessions = Sessions(route)
        media = self._media = Sessions(route)
        self._downloader = Downloader(media, allow_loopback=local)

    def key_fingerprint(self) -> str | None:
        """First 8 hex digits of the key's SHA-256; None without a key."""
        return self._auth.fingerprint() if self._auth else None

    def encode(self, request: ClipRequest, caps: ModelSpec) -> bytes:
        """The request body; reads frame files. Raises UserError (FRAME)."""
        caps = wire.with_fallback_names(caps, *self._fallback_fields)
        return json.dumps(wire.request_body(request, caps, self._load_frame)).encode()

    # --- the paid request ---

    def submit(self, body: bytes, attempt_id: str, model_id: str = MODEL_ID) -> Reply[Submission]:
        """POST once. Raises NotSent, Rejected or Ambiguous."""
        if self._auth is None:
            raise Rejected(problem(ProblemCode.KEY))
        tap = BodyTap(body)
        try:
            # A slow line may take its time to send: the answer's begins then.
            with self._sessions.fresh(SUBMIT_READ_LIMIT_S + http.TOTAL_LIMIT_S) as session:
                response = session.post(
                    f"{self._base}/models/{quote(model_id, safe='')}/run",
                    data=tap,
                    headers={
                        "Content-Type": "application/json",
                        "Connection": "close",
                        "Idempotency-Key": attempt_id,
                    },
                    auth=self._auth,
                    allow_redirects=False,
                    timeout=(CONNECT_LIMIT_S, SUBMIT_READ_LIMIT_S),
                    stream=True,
                )
                with response:
                    raw = self._auth.removed_from(read_capped(response))
        except (requests.RequestException, HTTPError, TooLarge, OSError, ValueError) as error:
            raise self._broken_submission(tap, error) from None
        return self._submission(response, raw)

    @staticmethod
    def _broken_submission(tap: BodyTap, error: Exception) -> NotSent | Ambiguous:
        # The text of an exception may quote headers: its type alone is kept.
        detail = f"{type(error).__name__} after {tap.reads} reads of the request"
        if tap.reads:
            return Ambiguous(problem(ProblemCode.UNCONFIRMED, detail=detail))
        return NotSent(_network_problem(error, detail))

    @staticmethod
    def _submission(response: requests.Response, raw: bytes) -> Reply[Submission]:
        status = response.status_code
        hint = rate_hint(status, response.headers, time.time())
        if status in _DEFINITE or says_busy(status, raw):
            refused = refusal(status, raw)
            if refused.code is ProblemCode.BUSY:
                hint = replace(hint, limited=False)  # it says nothing about the rate of requests
            raise Rejected(refused, hint)
        if 200 <= status < 300:
            try:
                accepted = wire.read_submission(parse_json(raw))
            except ValueError:
                accepted = None
            if accepted is not None:
                return Reply(accepted, hint)
        text = raw[:2000].decode("utf-8", errors="replace")
        raise Ambiguous(problem(ProblemCode.UNCONFIRMED, detail=f"HTTP {status}\n{text}"), hint)

    # --- free questions ---

    def job(self, remote_id: str) -> Reply[RemoteJob]:
        """One job. Raises Unreachable, or Rejected with KEY or JOB_UNKNOWN."""
        if not REMOTE_ID.fullmatch(remote_id):
            raise Rejected(problem(ProblemCode.JOB_UNKNOWN))
        value, hint = self._get(f"/jobs/{remote_id}", about_job=True)
        job = wire.read_job(value, remote_id)
        if job is None or job.remote_id != remote_id:
            raise Unreachable(_odd_answer("a job"), hint)
        return Reply(self._placed(job), hint)

    def jobs(self, page: int | None = None) -> Reply[JobsPage]:
        """The recent jobs, or one page of all. Raises Unreachable, Rejected: no such list."""
        path = "/jobs" if page is None else f"/jobs?limit={_PAGE_ROWS}&page={page}"
        value, hint = self._get(path)
        found = wire.read_jobs(value, page or 1)
        if found is None:
            raise Rejected(_odd_answer("a list of jobs"), hint)
        return Reply(replace(found, rows=tuple(map(self._placed, found.rows))), hint)

    def _placed(self, job: RemoteJob) -> RemoteJob:
        """``job`` with the whole address of its clip."""
        if job.video_url is None:
            return job
        return replace(job, video_url=wire.absolute_link(job.video_url, self._base))

    def model(self, model_id: str = MODEL_ID) -> Reply[LiveModel]:
        """The live schema and price of a model. Raises Unreachable or Rejected."""
        path = f"/models/{quote(model_id, safe='')}"
        try:
            value, hint = self._get(path)
        except Rejected as error:
            if error.problem.code is ProblemCode.KEY:
                raise
            value, hint = {}, error.rate  # perhaps its schema has a page of its own
        schema = read_schema(value, model_id)
        if schema is None:
            schema = read_schema(self._get(f"{path}/schema")[0], model_id)
        if schema is None:
            raise Rejected(_odd_answer("the model's schema"), hint)
        entry = as_object(value)
        if price_rule(entry) is None:
            entry = self._listed_entry(model_id)
        name = find(as_object(value), "name")
        base = any_model(model_id, plain(name, 80) if isinstance(name, str) else "")
        try:
            text = wire.cached_model(schema, entry.get("creditCost"))
            model = wire.model_of(json.loads(text), base=base)
        except RecursionError:
            model = None
        if model is None:
            raise Rejected(_odd_answer("the model's schema"), hint)
        return Reply(LiveModel(model, text), hint)

    def models(self) -> Reply[tuple[ListedModel, ...]]:
        """Every video model of the service. Raises Unreachable or Rejected."""
        value, hint = self._get("/models?detailed=true")
        return Reply(tuple(listed_models(value)), hint)

    def check_key(self) -> None:
        """Ask something only a key may ask, free of charge. Raises Unreachable, Rejected (KEY)."""
        try:
            self._get("/jobs/key-check", about_job=True)
        except Rejected as error:
            if error.problem.code is ProblemCode.KEY:
                raise

    def _listed_entry(self, model_id: str) -> Json:
        """What the list of all models says about one; nothing where it says nothing."""
        try:
            value, _ = self._get("/models?detailed=true")
        except (Unreachable, Rejected):
            return {}
        return next((entry for named, entry in listed_entries(value) if named == model_id), {})

    def _get(self, path: str, *, about_job: bool = False) -> tuple[object, RateHint]:
        try:
            response = self._sessions.get().get(
                self._base + path,
                auth=self._auth or NoAuth(),
                allow_redirects=False,
                timeout=(CONNECT_LIMIT_S, READ_LIMIT_S),
                stream=True,
            )
            with response:
                raw = read_capped(response)
            raw = self._auth.removed_from(raw) if self._auth else raw
        except (requests.RequestException, HTTPError, TooLarge, OSError, ValueError) as error:
            raise Unreachable(_network_problem(error, type(error).__name__)) from None
        status = response.status_code
        hint = rate_hint(status, response.headers, time.time())
        if 200 <= status < 300:
            try:
                return parse_json(raw), hint
            except ValueError:
                raise Unreachable(_odd_answer("JSON"), hint, status) from None
        if status == 408 or status == 429 or status >= 500 or status < 400:
            code = ProblemCode.RATE if status == 429 else ProblemCode.SERVICE
            raise Unreachable(problem(code, detail=f"HTTP {status}"), hint, status)
        raise Rejected(refusal(status, raw, about_job=about_job), hint)

    # --- what the check of the service asks ---

    def check(self) -> ServiceReport:
        """See the port; some seven free requests."""
        from pixverse_desktop.api.service_check import check_service

        return check_service(self)

    def check_connection(self) -> ServiceReport:
        """BLOCKING. Whether the service is reached and takes the key, in two free requests."""
        from pixverse_desktop.api.service_check import check_connection

        LOGINS.forget()
        return check_connection(self, with_key=self._auth is not None)

    def ask(self, path: str) -> tuple[object, RateHint]:
        """Any free question, by its path. Raises Unreachable or Rejected."""
        return self._get(path, about_job=path.startswith("/jobs/"))

    def reach(self, link: str) -> None:
        """Speak to the host of a clip, without the key. Raises DownloadFailed for an address that
        would not be fetched, Unreachable where nobody answers."""
        url = self._downloader.checked("", wire.absolute_link(link, self._base))
        parts, limits = urlsplit(url), (CONNECT_LIMIT_S, READ_LIMIT_S)
        root = f"{parts.scheme}://{parts.netloc}/"
        try:
            self._media.get().head(
                root, auth=NoAuth(), timeout=limits, allow_redirects=False
            ).close()
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise Unreachable(_network_problem(error, type(error).__name__)) from None

    # --- clips ---

    def download(self, url: str, part: Path, progress: Callable[[int, int | None], None]) -> str:
        """Fetch ``url`` into ``part``, without the key. Raises DownloadFailed, OSError."""
        return self._downloader.fetch(url, part, progress)


def _network_problem(error: Exception, detail: str) -> Problem:
    if isinstance(error, NoWayOut):
        certificate = isinstance(error, requests.exceptions.SSLError)
        code = ProblemCode.CERTIFICATE if certificate else ProblemCode.OFFLINE
        if isinstance(error, LoginWanted):
            code = ProblemCode.PROXY
        return problem(code, error.sentence, detail)
    return problem(ProblemCode.OFFLINE, _why_offline(error), detail)


def _why_offline(error: Exception) -> str:
    """Which step of the way to the service failed, "" where that cannot be told."""
    found = list(causes(error))
    if any(isinstance(one, socket.gaierror) for one in found):
        return Message("offline_name")
    if any(isinstance(one, ConnectionRefusedError) for one in found):
        return Message("offline_refused")
    slow = (TimeoutError, requests.Timeout, ConnectTimeoutError, ReadTimeoutError)
    if any(isinstance(one, slow) and not isinstance(one, NewConnectionError) for one in found):
        return Message("offline_slow")
    return ""


def _odd_answer(expected: str) -> Problem:
    return problem(ProblemCode.SERVICE, detail=f"The answer is not {expected}.")
