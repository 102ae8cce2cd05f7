"""PixVerse V6 as its page documents it: what is used until the service's own schema was read.

Follows section 2 of the service's contract.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import assert_never

from pixverse_desktop.core.model.parameters import Group, ModelSpec, ParameterSpec
from pixverse_desktop.core.model.price_rule import PriceRule
from pixverse_desktop.core.model.rules import (
    Choice,
    Flag,
    Image,
    IntRange,
    Json,
    Number,
    Rows,
    Rule,
    Text,
)
from pixverse_desktop.core.text import QT_TRANSLATE_NOOP

MODEL_ID = "pixverse-v6"
MAX_SEED = 2**31 - 1
DEFAULT_NEGATIVE_PROMPT = (
    "blurry, distortion, low quality, grainy, warped faces, deformed hands, "
    "extra limbs, watermark, text, signature"
)
START_KEYS = (
    "start_image_url", "start_frame_url", "start_image", "start_frame", "first_frame_url",
    "first_frame_image", "first_image_url", "first_frame", "image_url", "image", "input_image",
)  # fmt: skip
END_KEYS = (
    "end_image_url", "end_frame_url", "end_image", "end_frame", "last_frame_url",
    "last_frame_image", "last_image_url", "last_frame", "tail_image_url", "image_tail",
)  # fmt: skip


PIXVERSE_V6 = ModelSpec(
    id=MODEL_ID,
    name="PixVerse V6",
    price=PriceRule(Decimal(10)),
    frames_guessed=True,
    parameters=(
        ParameterSpec("start_frame", START_KEYS[0], Image(), Group.FRAMES,
              QT_TRANSLATE_NOOP("Parameter", "Start frame"),
              QT_TRANSLATE_NOOP("Parameter", "The picture the clip starts with."),
              aliases=START_KEYS[1:]),
        ParameterSpec("end_frame", END_KEYS[0], Image(), Group.FRAMES,
              QT_TRANSLATE_NOOP("Parameter", "End frame"),
              QT_TRANSLATE_NOOP("Parameter", "The picture the clip ends with."),
              aliases=END_KEYS[1:]),
        ParameterSpec("prompt", "prompt", Text(5000), Group.PROMPT,
              QT_TRANSLATE_NOOP("Parameter", "Prompt"),
              QT_TRANSLATE_NOOP("Parameter",
                                "Describe the clip: who, what moves, the camera, the light"),
              required=True),
        ParameterSpec("resolution", "resolution", Choice(("360p", "540p", "720p", "1080p"), "720p"),
              Group.MAIN, QT_TRANSLATE_NOOP("Parameter", "Resolution"),
              QT_TRANSLATE_NOOP("Parameter",
                                "How many lines the clip has. More is sharper and takes longer.")),
        ParameterSpec("duration_s", "duration",
              IntRange(1, 15, 5, unit=QT_TRANSLATE_NOOP("Parameter", "seconds")), Group.MAIN,
              QT_TRANSLATE_NOOP("Parameter", "Duration"),
              QT_TRANSLATE_NOOP("Parameter",
                                "How long the clip lasts. Arrow keys change it by a second."),
              aliases=("duration_seconds", "duration_secs", "duration_sec", "duration_s")),
        ParameterSpec("aspect_ratio", "aspect_ratio",
              Choice(("16:9", "4:3", "1:1", "3:4", "9:16"), "16:9"), Group.MAIN,
              QT_TRANSLATE_NOOP("Parameter", "Aspect ratio"),
              QT_TRANSLATE_NOOP(
                  "Parameter",
                  "The shape of the clip. With a start frame the clip takes its shape."),
              aliases=("ratio",), yields_to="start_frame"),
        ParameterSpec("style", "style",
              Choice(("none", "anime", "3d_animation", "clay", "comic", "cyberpunk"), "none"),
              Group.MAIN, QT_TRANSLATE_NOOP("Parameter", "Style"),
              QT_TRANSLATE_NOOP("Parameter",
                                "A look for the whole clip. None leaves it to the prompt."),
              unsaid="none"),
        ParameterSpec("audio", "generate_audio", Flag(True), Group.MAIN,
              QT_TRANSLATE_NOOP("Parameter", "Sound"),
              QT_TRANSLATE_NOOP("Parameter", "Make a sound track that fits the picture."),
              aliases=("enable_audio", "with_audio", "audio", "generate_sound", "sound")),
        ParameterSpec("multi_clip", "multi_clip", Flag(False), Group.MAIN,
              QT_TRANSLATE_NOOP("Parameter", "Several shots"),
              QT_TRANSLATE_NOOP("Parameter",
                                "Let the clip cut between several shots instead of one take.")),
        ParameterSpec("seed", "seed", IntRange(0, MAX_SEED), Group.MAIN,
              QT_TRANSLATE_NOOP("Parameter", "Seed"),
              QT_TRANSLATE_NOOP("Parameter",
                                "The same seed and settings make a clip alike, not the same.")),
        ParameterSpec("negative_prompt", "negative_prompt", Text(2048, DEFAULT_NEGATIVE_PROMPT),
              Group.MORE, QT_TRANSLATE_NOOP("Parameter", "Negative prompt"),
              QT_TRANSLATE_NOOP(
                  "Parameter",
                  "What the clip should not show; the service may ignore it.")),
        ParameterSpec("thinking", "thinking_type", Choice(("auto", "enabled", "disabled"), "auto"),
              Group.MORE, QT_TRANSLATE_NOOP("Parameter", "Prompt rewriting"),
              QT_TRANSLATE_NOOP("Parameter",
                                "Whether the service rewrites your prompt before it starts."),
              aliases=("thinking",)),
    ),
)  # fmt: skip
DEFAULTS = PIXVERSE_V6.defaults()


def any_model(model_id: str, name: str = "") -> ModelSpec:
    """A model of which only the id is known: the parameters above by their meaning, without any of
    the limits and defaults of this one. The bundled model for its own id."""
    if model_id == MODEL_ID:
        return PIXVERSE_V6
    return ModelSpec(
        id=model_id,
        name=name or model_id,
        parameters=tuple(_neutral(spec) for spec in PIXVERSE_V6.parameters),
        price=PriceRule(None),
    )


def _neutral(spec: ParameterSpec) -> ParameterSpec:
    rule: Rule = spec.rule
    match rule:
        case Text():
            rule = Text(20_000)
        case Choice():
            rule = Choice((), None)
        case IntRange():
            rule = IntRange(0, MAX_SEED, unit=rule.unit)
        case Number():
            rule = Number(-float(MAX_SEED), float(MAX_SEED))
        case Flag():
            rule = Flag(None)
        case Image() | Rows() | Json():
            pass
        case _:
            assert_never(rule)
    return replace(spec, rule=rule, required=False, unsaid=None, yields_to="")
