"""``film export``: what ``film run`` made in this data folder, as one film and as its cuts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pixverse_desktop.cli.arguments import Exit, Stop, add_places, check_output, command_parser
from pixverse_desktop.cli.join import add_fit, film_to
from pixverse_desktop.cli.price import AnswerReport, Silent
from pixverse_desktop.cli.runner import Workspace, with_workspace
from pixverse_desktop.core.engine.session import EngineConfig
from pixverse_desktop.core.errors import ProblemCode, UserError
from pixverse_desktop.core.film.film_file import name_in
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.messages import Message
from pixverse_desktop.media.film.join import Shot
from pixverse_desktop.media.film.pictures import Fit
from pixverse_desktop.media.film.timeline import Format
from pixverse_desktop.services.film_files import film_data_of
from pixverse_desktop.services.film_out import FilmOut, shots_of

_CODES = """exit codes:
  0    the film is there
  2    bad arguments, a shot without a take, a clip that cannot be read, or an output that exists
  9    the film cannot be written
  10   another program holds the data folder
  130  interrupted; nothing is left of it
"""


def export(argv: Sequence[str], report: AnswerReport) -> Exit:
    """Write the film of the takes that count, whether they are out of date or not."""
    parser = command_parser("film export", "Export a film that was made here.", _CODES)
    add = parser.add_argument
    add("file", type=Path, metavar="FILE", help="the film as JSON, as for film run")
    add("--output", type=Path, required=True, metavar="FILM.mp4", help="the film; a new file")
    add("--otio", type=Path, metavar="F", help="its cuts for OpenTimelineIO, too")
    add("--edl", type=Path, metavar="F", help="the same as an edit decision list (CMX 3600)")
    add("--fcpxml7", type=Path, metavar="F", help="the same as XML of Final Cut Pro 7, which "
        "DaVinci Resolve and Premiere read")  # fmt: skip
    add_fit(add)
    add_places(parser)
    options = parser.parse_args(argv)
    lists = {Format.OTIO: options.otio, Format.EDL: options.edl, Format.XML: options.fcpxml7}
    timelines = {kind: path for kind, path in lists.items() if path is not None}
    outputs = [options.output, *timelines.values()]
    if len({path.absolute() for path in outputs}) < len(outputs):
        raise Stop(Exit.ARGUMENTS, "Two outputs have the same name.")
    for path in outputs:  # before the film is looked for
        check_output(path)
    found: list[tuple[str, list[Shot]]] = []

    async def work(desk: Workspace) -> Exit:
        try:
            data = await desk.run(Lane.FILES, film_data_of, options.file)
            name = name_in(data, options.file.stem)
        except UserError as error:
            disk = error.problem.code is ProblemCode.DISK
            raise Stop(Exit.DISK if disk else Exit.ARGUMENTS, error.problem.message) from None
        async with desk.engine(EngineConfig(only_jobs=frozenset())) as engine:
            film = next((one for one in engine.films.all() if one.name == name), None)
            if film is None:
                raise Stop(Exit.ARGUMENTS, Message("film_not_run", name=name))
            try:
                found.append((film.name, shots_of(engine.films.plan(film.id))))
            except UserError as error:
                raise Stop(Exit.ARGUMENTS, error.problem.message) from None
        return Exit.SAVED

    code = with_workspace(options, Silent(), work)
    for name, shots in found:  # with the data folder free for others
        film_to(FilmOut(shots, options.output, name, Fit(options.fit), timelines), report)
    return code
