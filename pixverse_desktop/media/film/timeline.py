"""The cuts of a film as editing programs read them: OTIO, EDL (CMX 3600) and Final Cut Pro 7 XML.

The first two are written by OpenTimelineIO. Its adapter for the third leaves ``<format>`` out,
without which DaVinci Resolve loads nothing, so that one is written here, as Apple's "Final Cut Pro
XML Interchange Format", version 4, describes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.records import record
from pixverse_desktop.core.text import plain
from pixverse_desktop.media.film.join import Plan

if TYPE_CHECKING:
    from opentimelineio.schema import Timeline

_SOUND_RATE = 48_000


class Format(StrEnum):
    """What is written."""

    OTIO = "otio"
    EDL = "edl"
    XML = "xml"


@record
class Cut:
    """A shot in the film; frames are those of the film's rate. ``media``: where its clip lies."""

    name: str
    media: Path
    first: int  # frame of the clip that is shown first
    length: int
    available: int  # frames of the whole clip
    channels: int  # of its sound; 0 without


@record
class Cuts:
    """A film as its cuts."""

    name: str
    rate: Fraction
    width: int
    height: int
    cuts: tuple[Cut, ...]


def cuts_of(
    plan: Plan, name: str, names: Sequence[str], media: Sequence[Path] | None = None
) -> Cuts:
    """The cuts of a film that is written by ``plan``; ``media`` are its clips, where moved."""
    cuts = []
    places = media or [piece.path for piece in plan.pieces]
    each = zip(plan.pieces, plan.dropped, plan.wanted, names, places, strict=True)
    for piece, dropped, wanted, shot, place in each:
        before_s = (piece.times[dropped] - piece.times[0]) * piece.unit
        first = round(before_s * plan.rate)
        cuts.append(
            Cut(
                _one_line(shot),
                place.absolute(),
                first,
                len(wanted),
                first + len(wanted),
                piece.channels,
            )
        )
    return Cuts(_one_line(name), plan.rate, plan.look.width, plan.look.height, tuple(cuts))


def _one_line(name: str) -> str:
    return " ".join(plain(name).split())


def timeline_text(film: Cuts, kind: Format) -> str:
    """What stands in such a file. Raises UserError (INVALID) where that is not possible."""
    writers: dict[Format, Callable[[Cuts], str]] = {
        Format.OTIO: _otio, Format.EDL: _edl, Format.XML: _final_cut,
    }  # fmt: skip
    return writers[kind](film)


# --- by OpenTimelineIO ---


def _otio(film: Cuts) -> str:
    return str(_timeline(film).to_json_string())


def _edl(film: Cuts) -> str:
    from opentimelineio.adapters import write_to_string

    timeline = _timeline(film, edl=True)
    try:
        return str(write_to_string(timeline, adapter_name="cmx_3600", rate=float(film.rate)))
    except Exception as error:
        # Its own errors share no class. A list of the format knows few rates.
        text = Message("film_no_edl", rate=float(film.rate))
        raise UserError(problem(ProblemCode.INVALID, text, str(error))) from error


def _timeline(film: Cuts, *, edl: bool = False) -> Timeline:
    try:
        from opentimelineio import schema
        from opentimelineio.opentime import RationalTime, TimeRange
    except ImportError as error:  # there is no wheel of it for every Python
        raise UserError(problem(ProblemCode.INVALID, Message("film_no_otio"))) from error

    def span(first: int, length: int) -> TimeRange:
        rate = float(film.rate)
        return TimeRange(RationalTime(first, rate), RationalTime(length, rate))

    def clip(cut: Cut) -> schema.Clip:
        media = schema.ExternalReference(cut.media.as_uri(), span(0, cut.available))
        made = schema.Clip(cut.name, media, span(cut.first, cut.length))
        made.metadata["cmx_3600"] = {"reel": "AX"}  # a file, not a tape
        return made

    video = schema.Track("V1", kind=schema.TrackKind.Video)
    video.extend([clip(cut) for cut in film.cuts])
    made = schema.Timeline(film.name)
    made.tracks.append(video)
    if any(cut.channels for cut in film.cuts) and not edl:  # there the pictures say all
        sound = schema.Track("A1", kind=schema.TrackKind.Audio)
        for cut in film.cuts:
            silence = schema.Gap(source_range=span(0, cut.length))
            sound.append(clip(cut) if cut.channels else silence)
        made.tracks.append(sound)
    return made


# --- Final Cut Pro 7 XML ---


def _final_cut(film: Cuts) -> str:
    root = Element("xmeml", version="4")
    sequence = SubElement(root, "sequence", id="sequence-1")
    _texts(sequence, name=film.name, duration=sum(cut.length for cut in film.cuts))
    _rate(sequence, film.rate)
    timecode = SubElement(sequence, "timecode")
    _rate(timecode, film.rate)
    _texts(timecode, string="00:00:00:00", frame=0, displayformat="NDF")
    media = SubElement(sequence, "media")
    video = SubElement(media, "video")
    _picture(SubElement(video, "format"), film)
    track = SubElement(video, "track")
    start = 0
    for number, cut in enumerate(film.cuts, 1):
        item = _item(track, film, cut, start, f"v{number}")
        _file(item, film, cut, number)
        _links(item, cut, number)
        start += cut.length
    channels = max((cut.channels for cut in film.cuts), default=0)
    audio = SubElement(media, "audio")
    _texts(audio, numOutputChannels=2)
    _sound(SubElement(audio, "format"))
    for channel in range(1, min(channels, 2) + 1):
        track = SubElement(audio, "track")
        start = 0
        for number, cut in enumerate(film.cuts, 1):
            if cut.channels >= channel:
                item = _item(track, film, cut, start, f"a{channel}-{number}")
                SubElement(item, "file", id=f"file-{number}")
                source = SubElement(item, "sourcetrack")
                _texts(source, mediatype="audio", trackindex=channel)
                _links(item, cut, number)
            start += cut.length
        _texts(track, outputchannelindex=channel)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n{text}\n'


def _item(track: Element, film: Cuts, cut: Cut, start: int, name: str) -> Element:
    item = SubElement(track, "clipitem", id=f"clipitem-{name}")
    _texts(item, name=cut.name, enabled="TRUE", duration=cut.available)
    _rate(item, film.rate)
    ends = {"in": cut.first, "out": cut.first + cut.length}
    _texts(item, start=start, end=start + cut.length, **ends)
    return item


def _file(item: Element, film: Cuts, cut: Cut, number: int) -> None:
    file = SubElement(item, "file", id=f"file-{number}")
    address = cut.media.as_uri().replace("file:///", "file://localhost/", 1)
    _texts(file, name=cut.media.name, pathurl=address)
    _rate(file, film.rate)
    _texts(file, duration=cut.available)
    media = SubElement(file, "media")
    video = SubElement(media, "video")
    _texts(video, duration=cut.available)
    _picture(video, film)
    if cut.channels:
        audio = SubElement(media, "audio")
        _sound(audio)
        _texts(audio, channelcount=cut.channels)


def _links(item: Element, cut: Cut, number: int) -> None:
    """The picture and the sound of a shot are moved together."""
    names = [f"v{number}", *(f"a{channel}-{number}" for channel in range(1, cut.channels + 1)[:2])]
    if len(names) > 1:
        for name in names:
            link = SubElement(item, "link")
            _texts(
                link,
                linkclipref=f"clipitem-{name}",
                mediatype="audio" if name[0] == "a" else "video",
            )


def _picture(parent: Element, film: Cuts) -> None:
    made = SubElement(parent, "samplecharacteristics")
    _texts(made, width=film.width, height=film.height, anamorphic="FALSE",
           pixelaspectratio="square", fielddominance="none")  # fmt: skip
    _rate(made, film.rate)


def _sound(parent: Element) -> None:
    _texts(SubElement(parent, "samplecharacteristics"), depth=16, samplerate=_SOUND_RATE)


def _rate(parent: Element, rate: Fraction) -> None:
    """24000/1001 is 24, slowed down as NTSC is."""
    ntsc = rate.denominator == 1001
    timebase = round(rate * 1001 / 1000) if ntsc else max(1, round(rate))
    _texts(SubElement(parent, "rate"), timebase=timebase, ntsc="TRUE" if ntsc else "FALSE")


def _texts(parent: Element, **values: str | int) -> None:
    for name, value in values.items():
        SubElement(parent, name).text = str(value)
