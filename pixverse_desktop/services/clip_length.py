"""How long a clip at an address lasts: fetched once, without the key and with a limit."""

from __future__ import annotations

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.route import Route


def seconds_at(address: str, route: Route) -> float:
    """BLOCKING. Seconds of the MP4 at ``address``. Raises UserError (FRAME)."""
    import av  # after the first paint

    from pixverse_desktop.api.image_fetch import CLIP, PictureFetcher
    from pixverse_desktop.media.probe import length_of

    try:
        return length_of(PictureFetcher(route).fetch(address, CLIP))
    except (UserError, av.FFmpegError, ValueError) as error:
        said = error.problem.message if isinstance(error, UserError) else str(error)
        wrong = problem(ProblemCode.FRAME, Message("clip_unmeasured"), said)
        raise UserError(wrong) from error
