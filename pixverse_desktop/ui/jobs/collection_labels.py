"""Words for the library's collections."""

from __future__ import annotations

from pixverse_desktop.core.jobs.library_query import Collection
from pixverse_desktop.ui.base.messages import translate


def collection_label(collection: Collection) -> str:
    """A collection of the library as it is called."""
    return {
        Collection.ALL: translate("Collections", "All clips"),
        Collection.PICKED: translate("Collections", "Picked"),
        Collection.UNSAVED: translate("Collections", "In progress"),
        Collection.TRASH: translate("Collections", "Trash"),
    }[collection]
