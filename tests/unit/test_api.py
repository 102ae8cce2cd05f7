"""Reading and writing the service's language."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixverse_desktop.api import wire
from pixverse_desktop.api.error_bodies import refusal
from pixverse_desktop.api.http import BearerAuth, BodyTap, parse_json
from pixverse_desktop.api.prices import listed_models, price_rule
from pixverse_desktop.api.rate_headers import parse_retry_after, rate_hint
from pixverse_desktop.core.errors import ProblemCode
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.parameters import Source
from pixverse_desktop.core.model.pixverse_v6 import END_KEYS, PIXVERSE_V6, START_KEYS
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.ports import Phase

NOW = 1_700_000_000.0
JPEG = b"\xff\xd8jpeg"
FILE = Frame(FrameKind.FILE, "f.jpg", 10, 10)
URL = Frame(FrameKind.URL, "https://example.com/p.png")


def body(request: ClipRequest, caps=PIXVERSE_V6) -> dict[str, object]:
    return wire.request_body(request, caps, lambda frame: JPEG)


def test_every_parameter_under_its_own_name() -> None:
    request = ClipRequest(
        "p", resolution="360p", duration_s=3, aspect_ratio="1:1", negative_prompt="n", seed=9,
        audio=False, thinking="enabled", multi_clip=True, style="clay",
    )  # fmt: skip
    assert body(request) == {
        "prompt": "p", "resolution": "360p", "duration": 3, "aspect_ratio": "1:1",
        "negative_prompt": "n", "seed": 9, "generate_audio": False, "thinking_type": "enabled",
        "multi_clip": True, "style": "clay",
    }  # fmt: skip


def test_what_is_left_out_and_what_is_not() -> None:
    sent = body(ClipRequest("p", negative_prompt="", start_frame=URL))
    assert sent["negative_prompt"] == ""
    assert not {"style", "seed", "aspect_ratio", "end_image_url"} & set(sent)
    assert sent["start_image_url"] == URL.value


def test_frames_as_data_under_the_schemas_names() -> None:
    caps = PIXVERSE_V6.changed(start_frame={"wire": "first_frame"}, end_frame={"wire": "tail"})
    sent = body(ClipRequest("p", start_frame=FILE, end_frame=URL), caps)
    assert sent["first_frame"] == "data:image/jpeg;base64,/9hqcGVn"
    assert sent["tail"] == URL.value


def test_one_array_takes_both_frames() -> None:
    caps = wire.model_from_schema({"properties": {"image_urls": {"type": "array"}}})
    assert body(ClipRequest("p", start_frame=URL, end_frame=URL), caps)["image_urls"] == [
        URL.value,
        URL.value,
    ]


def test_only_keys_of_the_schema_are_sent() -> None:
    caps = wire.model_from_schema({"properties": {"prompt": {}, "duration": {}}})
    assert set(body(ClipRequest("p"), caps)) == {"prompt", "duration"}


@pytest.mark.parametrize("name", START_KEYS)
def test_every_known_start_name(name: str) -> None:
    caps = wire.model_from_schema({"properties": {name.upper(): {}}})
    assert caps.get("start_frame").wire == name.upper()


@pytest.mark.parametrize("name", END_KEYS)
def test_every_known_end_name(name: str) -> None:
    assert wire.model_from_schema({"properties": {name: {}}}).get("end_frame").wire == name


def test_a_schema_changes_limits_styles_and_defaults() -> None:
    published = {
        "properties": {
            "duration": {"minimum": 2, "maximum": 8, "default": 20},
            "style": {"enum": ["none", "oil"], "default": "oil"},
            "prompt": {"maxLength": 100},
            "resolution": {"enum": []},
            "generate_audio": {"default": False},
        }
    }
    caps = wire.model_from_schema(published)
    assert (
        caps.range("duration_s").minimum,
        caps.range("duration_s").maximum,
        caps.range("duration_s").default,
    ) == (2, 8, 8)
    assert caps.choice("style").values == ("none", "oil")
    assert caps.choice("style").default == "oil"
    assert caps.text("prompt").max_length == 100
    assert caps.choice("resolution") == PIXVERSE_V6.choice("resolution")
    assert caps.get("audio").rule.default is False
    assert not caps.offers("start_frame")
    assert not caps.frames_guessed


def test_the_schema_is_remembered() -> None:
    text = wire.cached_model({"properties": {"prompt": {}, "duration": {"maximum": 8}}}, 12)
    caps = wire.model_from_cache(text)
    assert caps is not None
    assert (caps.range("duration_s").maximum, caps.price.amount, caps.source) == (
        8,
        12,
        Source.CACHED,
    )
    assert wire.model_from_cache("{") is None
    assert wire.model_from_cache(wire.cached_model({"properties": {}}, 1)) is None


@pytest.mark.parametrize(
    ("cost", "expected"),
    [(12, "12 credits"), ({"default": 1, "type": "fixed", "amount": 7}, "7 credits"),
     ({"default": 3}, "3 credits"), ("10", "10 credits"), (True, None), (None, None),
     (0.5, "0.5 credits"), ({"default": "2.50"}, "2.5 credits"), (-1, None), ("ten", None),
     ("1e3", None), ("NaN", None), (float("nan"), None), (float("inf"), None), (10**400, None),
     ([10], None), ({"amount": [1]}, None), (1, "1 credit"),
     ({"type": "per_second", "amount": 2}, "2 credits a second"),
     ({"perSecond": 1.5}, "1.5 credits a second"),
     ({"per_second": {"amount": 3}}, "3 credits a second"),
     ({"type": "by_resolution", "720p": 2, "1080p": "3.5"}, "2 to 3.5 credits"),
     ({"unit": "second", "resolutions": {"480": 1, "1080P": 4}}, "1 to 4 credits a second"),
     ({"byResolution": [{"resolution": "720p", "amount": 2}]}, "2 credits"),
     ({"resolutions": {"720p": {"perSecond": 2}}}, "2 credits a second"),
     ({"default": 2, "720p": 2, "1080p": 4, "4K": 12}, "2 to 12 credits"),
     ({"type": "per_second", "480p": {"amount": 1}, "1080p": {"amount": 4}},
      "1 to 4 credits a second"),
     ({"min": 1, "max": 40}, "1 to 40 credits"), (0, None), ({"amount": 0}, None),
     ({"withoutAudio": {"720p": 2}, "withAudio": {"720p": 6}}, "6 credits"),
     ({"default": 10, "type": "per_second", "amount": 2}, "2 credits a second"),
     ({"type": "fixed", "amount": 10, "seconds": 5}, "10 credits"),
     ({"amount": 2, "unit": "second", "maxSeconds": 10}, "2 credits a second"),
     ({"amount": 2, "type": "per_second", "minSeconds": 3}, "2 credits a second"),
     ({"amount": 2, "type": "per_second", "minSecond": 3}, "2 credits a second"),
     ({"type": "fixed", "amount": 10, "duration": 5}, "10 credits"),
     ({"type": "per_second", "amount": 2, "version": 3}, "2 credits a second"),
     ({"amount": 10, "discountPercent": 20, "freeClips": 3, "maxvideos": None}, "10 credits"),
     ({"amount": 10, "unit": "5 seconds"}, "10 credits"),
     ({"amount": 2, "per": "s"}, "2 credits a second"),
     ({"amount": 2, "unit": "1 second"}, "2 credits a second"),
     ({"type": "fixed", "amount": 10, "perSecond": None}, "10 credits"),
     ({"amount": 10, "creditsPerSecond": 2}, "2 to 10 credits a second"),  # not clear: safe
     ([{"credits": 10}], None), ({"byDuration": [{"duration": 5, "credits": 10},
      {"duration": 10, "credits": 20}]}, "10 to 20 credits"),
     ({"perGeneration": 10}, "10 credits"), ({"videoPrice": 10}, "10 credits"),
     ({"textOnly": 10, "withFrames": 20}, "10 to 20 credits"),
     ({"highQuality": 20, "standardQuality": 10, "quality": 3}, "10 to 20 credits"),
     ({"seconds": 5}, None), ({"limit": 3, "count": 2}, None)],
)  # fmt: skip
def test_model_prices(cost: object, expected: str | None) -> None:
    found = price_rule({"creditCost": cost})
    assert (None if found is None else str(found)) == expected


@pytest.mark.parametrize("job_id", [None, 5, "", "../../x", "a b", "x" * 129, ["a"], True])
def test_a_reply_without_a_usable_job_id_accepts_nothing(job_id: object) -> None:
    assert wire.read_submission({"jobId": job_id, "status": "pending"}) is None


@pytest.mark.parametrize(
    ("status", "phase"),
    [("completed", Phase.COMPLETED), ("Succeeded", Phase.COMPLETED), ("success", Phase.COMPLETED),
     ("failed", Phase.FAILED), ("canceled", Phase.FAILED), ("timeout", Phase.FAILED),
     ("pending", Phase.RUNNING), ("dreaming", Phase.RUNNING), ("", Phase.RUNNING)],
)  # fmt: skip
def test_status_words(status: str, phase: Phase) -> None:
    job = wire.read_job({"jobId": "j", "status": status})
    assert job is not None
    assert job.phase is phase


@pytest.mark.parametrize(
    "part",
    [{"output": {"video": "U"}}, {"output": {"video": {"url": "U"}}}, {"output": {"videos": ["U"]}},
     {"output": {"url": "U"}}, {"assets": [{"type": "image", "url": "I"}, {"type": "video", "url": "U"}]},
     {"output": "U"}, {"output": ["U"]}, {"output": {"videos": [{"url": "U"}]}},
     {"output": {"video": ["U", "V"]}}, {"output": {"video": [{"url": "U"}]}},
     {"output": {"video_url": "U"}}, {"output": {"videoUrl": "U"}}, {"video": "U"},
     {"video_url": "U"}, {"videos": ["U"]}, {"url": "U"}, {"assets": [{"url": "U"}]},
     {"result": "U"}, {"result": ["U"]}, {"result": {"video": {"url": "U"}}},
     {"Result": {"Video_URL": "U"}}, {"output": {}, "result": {"assets": [{"url": "U"}]}},
     {"output": {"video": "U", "url": "V"}, "video": "W"}],
)  # fmt: skip
def test_where_the_clip_is(part: dict[str, object]) -> None:
    assert wire.video_url(part) == "U"


@pytest.mark.parametrize(
    ("link", "whole"),
    [("https://h.example/a.mp4", "https://h.example/a.mp4"), ("/a/b.mp4", "https://paid.example/a/b.mp4"),
     ("a.mp4?x=1", "https://paid.example/a.mp4?x=1"), ("clips/a.mp4", "https://paid.example/clips/a.mp4"),
     ("//h.example/a.mp4", "https://h.example/a.mp4"), ("h.example:8443/a.mp4", "https://h.example:8443/a.mp4"),
     ("h.example/a.mp4", "https://h.example/a.mp4"), ("127.0.0.1:5/a", "https://127.0.0.1:5/a"),
     ("file:///etc/hostname", "file:///etc/hostname"), ("https://[::1/a", "https://[::1/a")],
)  # fmt: skip
def test_a_clips_address_is_completed(link: str, whole: str) -> None:
    assert wire.absolute_link(link, "https://paid.example/api/v1") == whole


def test_on_this_machine_it_is_the_services_own_scheme() -> None:
    for link in ("//127.0.0.1:5/a", "127.0.0.1:5/a", "localhost:5/a", "//h.example/a"):
        scheme = "https" if "h.example" in link else "http"
        whole = wire.absolute_link(link, "http://127.0.0.1:80/api/v1")
        assert whole == f"{scheme}://{link.removeprefix('//')}"


def test_a_pending_job_has_no_clip() -> None:
    found = wire.read_job({"jobId": "j", "status": "Pending", "output": {"video": "https://h/a"}})
    assert found is not None
    assert found.video_url is None


@pytest.mark.parametrize(
    ("answer", "link"),
    [({"output": {"video": "https://h/a.mp4"}}, "https://h/a.mp4"), ({"video_url": "/a.mp4"}, "/a.mp4"),
     ({"output": "half done, 3/4"}, None), ({"output": "soon"}, None),
     ({"url": "https://h/jobs/j"}, None)],
)  # fmt: skip
def test_of_an_unfinished_job_only_what_is_a_link_counts(
    answer: dict[str, object], link: str | None
) -> None:
    found = wire.read_job({"jobId": "j", "status": "wrapping up", **answer})
    assert found is not None
    assert (found.phase, found.video_url) == (Phase.RUNNING, link)


def test_an_image_is_no_clip() -> None:
    assert wire.video_url({"output": {"images": ["https://h/a.png"]}}) is None
    assert wire.video_url({"output": {"images": ["https://h/a.mp4?x=1"]}}) == "https://h/a.mp4?x=1"


@pytest.mark.parametrize("name", ["jobs", "data", "items", None])
def test_lists_of_jobs(name: str | None) -> None:
    rows = [{"jobId": "a", "input": {"seed": 3, "prompt": "p"}}, {"odd": 1}, "x"]
    jobs = wire.read_jobs({name: rows} if name else rows)
    assert jobs is not None
    assert [(j.remote_id, j.seed, j.prompt) for j in jobs.rows] == [("a", 3, "p")]
    assert wire.read_jobs({"rows": 5}) is None


@pytest.mark.parametrize(
    ("status", "sent", "code", "field"),
    [(401, {"error": {"code": "unauthorized", "message": "m"}}, ProblemCode.KEY, None),
     (402, {"error": "insufficient_credits"}, ProblemCode.CREDITS, None),
     (403, {"code": "insufficient_credits", "message": "m"}, ProblemCode.CREDITS, None),
     (403, {"error": "forbidden"}, ProblemCode.KEY, None),
     (400, {"errors": [{"path": "duration", "message": "too long"}]}, ProblemCode.INVALID, "duration"),
     (422, {"detail": [{"loc": ["body", "seed"], "msg": "bad"}]}, ProblemCode.INVALID, "seed"),
     (400, {"error": {"message": "no", "details": {"errors": [{"field": "style"}]}}},
      ProblemCode.INVALID, "style"),
     (404, {"detail": "Not found"}, ProblemCode.MODEL, None),
     (429, {}, ProblemCode.RATE, None),
     (500, {"error": {"code": "internal_error"}}, ProblemCode.SERVICE, None)],
)  # fmt: skip
def test_refusals(status: int, sent: object, code: ProblemCode, field: str | None) -> None:
    found = refusal(status, json.dumps(sent).encode())
    assert (found.code, found.field) == (code, field)


def test_a_proxys_page_is_kept_as_detail() -> None:
    found = refusal(400, b"<html>\x00Blocked</html>")
    assert found.code is ProblemCode.INVALID
    assert "<html>Blocked" in found.detail
    assert refusal(404, b"", about_job=True).code is ProblemCode.JOB_UNKNOWN


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5", 5.0), ("0", 1.0), ("-1", 1.0), ("1e9", 600.0), ("soon", None), ("", None), (None, None),
     ("nan", None), ("inf", None), ("Tue, 14 Nov 2023 22:13:50 GMT", 30.0),
     ("Fri, 31 Dec 9999 23:59:59 GMT", 600.0), ("Fri, 31 Dec 100000 23:59:59 GMT", None)],
)  # fmt: skip
def test_retry_after(text: str | None, expected: float | None) -> None:
    assert parse_retry_after(text, NOW) == expected


def test_rate_headers() -> None:
    assert rate_hint(200, {"X-RateLimit-Limit": "10"}, NOW).per_minute == 10
    assert rate_hint(429, {"X-RateLimit-Reset": str(NOW + 20)}, NOW).wait_s == 20
    assert rate_hint(429, {"X-RateLimit-Reset": "15"}, NOW).wait_s == 15
    assert rate_hint(429, {}, NOW).limited


@pytest.mark.parametrize(
    "raw", [b"", b"<html>", b"[" * 200_000, b"NaN", b"1" * 5000, b"\xff\xfe", b'{"a": NaN}']
)
def test_hostile_bodies_are_value_errors(raw: bytes) -> None:
    with pytest.raises(ValueError):
        parse_json(raw)


def test_a_byte_order_mark_is_tolerated() -> None:
    assert parse_json(b"\xef\xbb\xbf{}") == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(["jobId", "status", "output", "video", "url", "error", "input", "seed",
                         "assets", "expiresAt", "creditCost", "properties", "schema", "enum",
                         "errors", "details", "code"]), inner),
    max_leaves=20,
)  # fmt: skip


@given(JSON)
def test_any_json_is_read_without_a_crash(value: object) -> None:
    wire.read_submission(value)
    wire.read_job(value, "j")
    wire.read_jobs(value)
    price_rule(value)
    listed_models(value)
    found = wire.read_schema(value)
    if found is not None:
        wire.model_from_schema(found)
    assert refusal(400, json.dumps(value).encode()).message


def test_the_tap_counts_reads() -> None:
    tap = BodyTap(b"abcdef")
    assert (len(tap), tap.reads) == (6, 0)
    assert tap.read(4) + tap.read() == b"abcdef"
    assert tap.reads == 2


def test_the_key_is_not_in_the_auth_objects_text(key: str) -> None:
    assert key not in repr(BearerAuth(key)) + str(vars(BearerAuth(key)).keys())
    assert len(BearerAuth(key).fingerprint()) == 8
