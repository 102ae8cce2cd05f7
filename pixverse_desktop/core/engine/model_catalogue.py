"""What is known of the service's models: remembered, or read since the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pixverse_desktop.core.errors import Rejected, Unreachable
from pixverse_desktop.core.model.parameters import FEW_SEEDS, ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID, any_model

if TYPE_CHECKING:
    from pixverse_desktop.core.engine.session import Session


class ModelCatalogue:
    """The rules of every model that was asked for here; that of the form is in the status."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.remembered: dict[str, ModelSpec] = {}
        self._live: set[str] = set()  # ids of those whose schema was read since the start

    def get(self, model_id: str) -> ModelSpec:
        """What is known of a model; only its id where its schema was never read."""
        current = self._session.status.model
        return current if model_id == current.id else self.find(model_id) or any_model(model_id)

    def find(self, model_id: str) -> ModelSpec | None:
        """A model whose schema was read here, now or before."""
        return self.remembered.get(model_id)

    def knows_few_seeds(self, model_id: str) -> bool:
        """Whether two clips of a model may well have one seed; so it is where nothing is known."""
        model = self.get(model_id)
        unknown = model_id != MODEL_ID and model == any_model(model_id)
        return unknown or model.range("seed").count() < FEW_SEEDS

    def put(self, model: ModelSpec, cache_text: str = "") -> None:
        """The rules of a model as they hold from now on."""
        self.remembered[model.id] = model
        if model.id == self._session.status.model.id:
            self._session.set_status(model=model)
        if cache_text:
            self._live.add(model.id)
            self._session.remember(_fact(model.id), cache_text)

    async def learn(self, model_id: str) -> ModelSpec:
        """Ask the service for a model's rules. Raises Unreachable or Rejected."""
        found = await self._session.ask(self._session.service.model, model_id)
        self.put(found.model, found.cache_text)
        return found.model

    async def to_send_by(self, model_id: str) -> ModelSpec:
        """The live rules of a model where they can be had, else those that were remembered.

        Raises Unreachable or Rejected where nothing is known of it.
        """
        if model_id == self._session.status.model.id or model_id in self._live:
            return self.get(model_id)
        try:
            return await self.learn(model_id)
        except (Unreachable, Rejected):
            known = self.find(model_id)
            if known is None:
                raise
            return known

    def used(self) -> set[str]:
        """The ids of the models that clips of this service were asked of."""
        origin = self._session.origin.id
        return {MODEL_ID, *self.remembered, *self._session.repository.models(origin)}


def _fact(model_id: str) -> str:
    """The name under which a model's schema is remembered."""
    return "schema" if model_id == MODEL_ID else f"schema:{model_id}"
