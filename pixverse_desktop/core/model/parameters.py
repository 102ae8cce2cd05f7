"""What a model accepts, as data: one line for a parameter, and everything else walks the lines.

Form, wire, command line, details, differences, file names and the stored form know a parameter by
its ``ParameterSpec`` alone. ``core.model.pixverse_v6`` is the bundled model; ``api.schema`` makes a
``ModelSpec`` from any published JSON Schema, so changed limits need no new program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from pixverse_desktop.core.model.price_rule import PriceRule
from pixverse_desktop.core.model.rules import Choice, IntRange, Rule, Text
from pixverse_desktop.core.records import record

FEW_SEEDS = 2**24  # where a model knows fewer, a seed alone recognises no job
PROMPT_NOTE_LENGTH = 2048  # some sources give this as the limit: a quiet note, not an error


class Source(StrEnum):
    """Where the rules came from, newest last."""

    BUNDLED = "bundled"
    CACHED = "cached"
    LIVE = "live"


class Group(StrEnum):
    """Where the form shows a parameter."""

    PROMPT = "prompt"
    FRAMES = "frames"
    MAIN = "main"
    MORE = "more"
    ROW = "row"  # of another parameter, which has rows


@record
class ParameterSpec:
    """One parameter of a model.

    ``name`` is how requests, stored rows and this program know it, ``wire`` the service's own key;
    ``aliases`` are keys of other models that mean the same. ``label`` and ``help`` are English; the
    window translates them. ``unsaid`` is a value that is said by leaving the key out.
    ``yields_to`` names a picture whose presence decides the value; then the key is left out, too.
    ``offered`` is False for a parameter this program knows and the model has no key for.
    """

    name: str
    wire: str
    rule: Rule
    group: Group
    label: str
    help: str = ""
    aliases: tuple[str, ...] = ()
    unsaid: object = None
    yields_to: str = ""
    required: bool = False
    nullable: bool = False
    offered: bool = True

    @property
    def option(self) -> str:
        """Its name on the command line and in a file-name template, without a unit."""
        return self.name.removesuffix("_s")


@record
class ModelSpec:
    """A model of the service: its parameters in the form's order, and what it costs."""

    id: str
    name: str
    parameters: tuple[ParameterSpec, ...]
    price: PriceRule
    frames_guessed: bool = False  # no schema was read: the keys of pictures are a guess
    schema_unread: bool = False  # the schema was asked for, and could not be read
    source: Source = Source.BUNDLED

    def get(self, name: str) -> ParameterSpec | None:
        """The parameter of that name, offered or not."""
        for spec in self.parameters:  # asked for every clip of thousands: no generator
            if spec.name == name:
                return spec
        return None

    def offers(self, name: str) -> bool:
        """Whether the model has a key for this parameter."""
        spec = self.get(name)
        return spec is not None and spec.offered

    def offered(self) -> tuple[ParameterSpec, ...]:
        """The parameters that the model has."""
        return tuple(spec for spec in self.parameters if spec.offered)

    def text(self, name: str) -> Text:
        """The rule of a text; the widest where the model has no such parameter."""
        rule = self._rule(name)
        return rule if isinstance(rule, Text) else Text(20_000)

    def choice(self, name: str) -> Choice:
        """The rule of a choice; one without values where the model has none."""
        rule = self._rule(name)
        return rule if isinstance(rule, Choice) else Choice((), None)

    def range(self, name: str) -> IntRange:
        """The rule of a whole number; one without numbers where the model has none."""
        rule = self._rule(name)
        return rule if isinstance(rule, IntRange) else IntRange(0, -1)

    def defaults(self) -> dict[str, object]:
        """The value of every parameter that has one without being set."""
        found = {spec.name: spec.rule.default for spec in self.parameters}
        return {name: value for name, value in found.items() if value is not None}

    def changed(self, **changes: Mapping[str, object]) -> ModelSpec:
        """The model with other values in the specs of some parameters, by their names."""
        return replace(
            self,
            parameters=tuple(
                replace(spec, **changes.get(spec.name, {}))  # type: ignore[arg-type]
                for spec in self.parameters
            ),
        )

    def with_rules(self, **rules: Rule) -> ModelSpec:
        """The model with other rules for some parameters."""
        return self.changed(**{name: {"rule": rule} for name, rule in rules.items()})

    def without(self, *names: str) -> ModelSpec:
        """The model as if it had no key for these parameters."""
        return self.changed(**{name: {"offered": False} for name in names})

    def _rule(self, name: str) -> Rule | None:
        spec = self.get(name)
        return spec.rule if spec is not None else None


def same_model(told: str | None, model_id: str) -> bool:
    """Whether a row may be of that model: "Pixverse V6" and "pixverse/pixverse-v6" are one."""
    return told is None or _bare(told).endswith(_bare(model_id))


def _bare(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())
