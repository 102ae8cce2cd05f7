"""One more parameter of each kind; imported before the rest of the program, it is one of its own."""

from __future__ import annotations

from dataclasses import replace

import pixverse_desktop.core.model.pixverse_v6 as bundled
from pixverse_desktop.core.model.parameters import Group, ParameterSpec
from pixverse_desktop.core.model.rules import (
    Choice,
    Column,
    Flag,
    Image,
    IntRange,
    Json,
    Number,
    Rows,
    Text,
)

NEW = (
    ParameterSpec("mood", "mood_text", Text(80), Group.MAIN, "Mood", "How it feels."),
    ParameterSpec("tier", "tier", Choice(("std", "pro"), "std", (1, 2)), Group.MAIN, "Tier", "How much care is taken."),
    ParameterSpec("lens", "lens_kind", Choice(("wide", "long"), None), Group.MORE, "Lens", "Which lens."),
    ParameterSpec("cuts", "cut_count", IntRange(1, 6, 2), Group.MAIN, "Cuts", "How many cuts."),
    ParameterSpec("steps", "steps", IntRange(1, 10_000), Group.MORE, "Steps", "How many steps."),
    ParameterSpec("guidance", "cfg_scale", Number(0.0, 2.0, 0.5), Group.MORE, "Guidance", "How closely."),
    ParameterSpec("loop", "loop_video", Flag(False), Group.MAIN, "Endless", "Whether it can go round."),
    ParameterSpec("mask", "mask_url", Image(), Group.MORE, "Mask", "Where it may move."),
    ParameterSpec("looks", "reference_urls", Image(most=3), Group.MORE, "Looks", "What it may look like."),
    ParameterSpec("shots", "shot_list", Rows((Column("prompt", "Words", Text(20_000, None), required=True),
          Column("duration", "Length", IntRange(1, 15))), most=3, seconds="duration"), Group.MORE, "Shots", "One by one."),
    ParameterSpec("plan", "multi_prompt", Json(), Group.MORE, "Plan", "Shot by shot."),
)  # fmt: skip
bundled.PIXVERSE_V6 = replace(
    bundled.PIXVERSE_V6, parameters=(*bundled.PIXVERSE_V6.parameters, *NEW)
)
bundled.DEFAULTS = bundled.PIXVERSE_V6.defaults()
