"""The text a clip carries inside its own file: written by copying packets, never by encoding.

The tag is called ``pixverse_desktop`` and stands among the file's metadata, where ffprobe lists
it; the tags that were there are kept.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Stream

from pixverse_desktop.media.boxes import NotMp4, check_mp4

TAG = "pixverse_desktop"
_OF_THE_FORMAT = frozenset({"major_brand", "minor_version", "compatible_brands"})
# Tags of any name; the index first, as players on the network like it; no tag of our own making.
_OPTIONS = {"movflags": "use_metadata_tags+faststart", "fflags": "+bitexact"}


class PacketsDiffer(ValueError):
    """The copy does not hold exactly what the clip held; it is not used."""


def write_tag(source: Path, target: Path, text: str) -> None:
    """Copy ``source`` to ``target`` with ``text`` inside.

    Raises PacketsDiffer, av.FFmpegError, NotMp4, OSError; ``target`` may then hold anything.
    """
    _copy(source, target, {TAG: text}, keep=True)


def write_clean(source: Path, target: Path) -> None:
    """Copy a clip without any tag at all. Raises like ``write_tag``."""
    _copy(source, target, {}, keep=False)


def read_tag(path: Path) -> str | None:
    """The text inside a clip; None when it carries none.

    Raises NotMp4, av.FFmpegError, OSError, ValueError (not UTF-8).
    """
    check_mp4(path)
    with av.open(str(path), format="mp4") as container:
        return container.metadata.get(TAG)


def _copy(source: Path, target: Path, tags: dict[str, str], *, keep: bool) -> None:
    check_mp4(source)
    with (
        av.open(str(source), format="mp4") as clip,
        av.open(str(target), "w", format="mp4", options=_OPTIONS) as copy,
    ):
        if keep:
            copy.metadata.update(
                {k: v for k, v in clip.metadata.items() if k not in _OF_THE_FORMAT}
            )
        copy.metadata.update(tags)
        streams = {
            stream.index: copy.add_stream_from_template(stream)
            for stream in (*clip.streams.video, *clip.streams.audio)
        }
        before = _Digest(list(streams))
        for packet in clip.demux([clip.streams[index] for index in streams]):
            if packet.dts is None:
                continue  # the end of a stream
            before.add(packet)
            packet.stream = streams[packet.stream.index]
            copy.mux(packet)
    check_mp4(target)
    with av.open(str(target), format="mp4") as written:
        if _digest_of(written) != before.value():
            raise PacketsDiffer("the copy holds other packets than the clip")


class _Digest:
    """What every packet holds and when it is shown, by stream."""

    def __init__(self, indexes: list[int]) -> None:
        self._streams = {index: hashlib.sha256() for index in indexes}

    def add(self, packet: av.Packet[Stream]) -> None:
        digest = self._streams[packet.stream.index]
        base = packet.time_base
        shown = None if packet.pts is None or base is None else packet.pts * base
        digest.update(f"{packet.size} {shown}".encode())
        digest.update(memoryview(packet))

    def value(self) -> list[str]:
        return [digest.hexdigest() for digest in self._streams.values()]


def _digest_of(container: InputContainer) -> list[str]:
    digest = _Digest([stream.index for stream in container.streams])
    for packet in container.demux():
        if packet.dts is not None:
            digest.add(packet)
    return digest.value()


__all__ = ["TAG", "NotMp4", "PacketsDiffer", "read_tag", "write_clean", "write_tag"]
