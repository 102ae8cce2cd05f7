"""The text a clip carries inside its own file: a box of ours behind the service's own bytes.

A box at the end moves nothing and strips nothing: cut off, it leaves the service's file byte for
byte, whatever stands in that (signed provenance, XMP, languages, subtitles, time codes, names that
Apple's players look for). It is a ``free`` box, which readers pass over, inside an ``mfra`` box:
that optional index at the end of a file is what every C2PA signature leaves out (section "BMFF
hash" of its specification: C2PA's own box, ``ftyp`` and ``mfra``), so that a signed clip is still
verified; a plain ``uuid`` box there was measured to make it invalid.

The first version of the program copied the packets and put the text among the file's metadata,
as ``pixverse_desktop``; that is still read.
"""

from __future__ import annotations

import hashlib
import shutil
import struct
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.stream import Stream

from pixverse_desktop.media.mp4_check import Box, NotMp4, check_mp4
from pixverse_desktop.media.shown import is_cover

TAG = "pixverse_desktop"
# So that no other program's free box is taken for ours.
_MARK = bytes.fromhex("6f1d4a0c9be34c7a8b1e52d0a7f3c916")
_HEAD = struct.Struct(">I4sI4s16s")  # an mfra box, the free box in it, the mark
_FOOT = struct.Struct(">I4sII")  # an mfro box: the length of the mfra box it ends
_LONGEST_BYTES = 4 * 2**20
_PIECE = 2**20
# The index first, as players on the network like it; no tag of FFmpeg's own making.
_OPTIONS = {"movflags": "faststart", "fflags": "+bitexact"}


class PacketsDiffer(ValueError):
    """The copy does not hold exactly what the clip held; it is not used."""


def write_tag(source: Path, target: Path, text: str) -> None:
    """Copy ``source`` to ``target`` with ``text`` in a box at its end, instead of ours there.

    Raises NotMp4, OSError; ``target`` may then hold anything.
    """
    last = check_mp4(source)[-1]
    with source.open("rb") as clip, target.open("wb") as copy:
        _check_length(clip, last)
        ours = last.kind == b"mfra" and _is_ours(clip, last)
        clip.seek(0)
        _copy_bytes(clip, copy, last.at if ours else last.at + last.length)
        clip.seek(last.at + last.length)
        copy.write(_box_of(text.encode()))
        shutil.copyfileobj(clip, copy, _PIECE)  # what stood behind the last box still does


def read_tag(path: Path) -> str | None:
    """The text inside a clip; None when it carries none.

    Raises NotMp4, av.FFmpegError, OSError, ValueError (too long, not UTF-8).
    """
    boxes = check_mp4(path)
    with path.open("rb") as clip:
        for box in reversed(boxes):
            text = _text_in(clip, box) if box.kind == b"mfra" else None
            if text is not None:
                return text.decode()
    with av.open(str(path), format="mp4") as container:
        return container.metadata.get(TAG)


def write_clean(source: Path, target: Path) -> None:
    """Copy the picture and the sound of a clip, packet by packet, and nothing else.

    What describes them stays: their language, and the name of their coding (Apple's players refuse
    HEVC under another one). Raises PacketsDiffer, av.FFmpegError, NotMp4, OSError; ``target`` may
    then hold anything.
    """
    check_mp4(source)
    with (
        av.open(str(source), format="mp4") as clip,
        av.open(str(target), "w", format="mp4", options=_OPTIONS) as copy,
    ):
        streams: dict[int, Stream] = {}
        pictures = (stream for stream in clip.streams.video if not is_cover(stream))
        for stream in (*pictures, *clip.streams.audio):
            made = streams[stream.index] = copy.add_stream_from_template(stream)
            made.codec_context.codec_tag = stream.codec_context.codec_tag
            if stream.language:
                made.metadata["language"] = stream.language
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


def _box_of(data: bytes) -> bytes:
    inner = 8 + len(_MARK) + len(data)
    length = 8 + inner + _FOOT.size
    head = _HEAD.pack(length, b"mfra", inner, b"free", _MARK)
    return head + data + _FOOT.pack(_FOOT.size, b"mfro", 0, length)


def _text_in(clip: BinaryIO, box: Box) -> bytes | None:
    """What an ``mfra`` box of ours says; None for anybody else's. Raises ValueError."""
    if not _is_ours(clip, box):
        return None
    clip.seek(box.at)
    inner = _HEAD.unpack(clip.read(_HEAD.size))[2]
    if inner > min(box.length, _LONGEST_BYTES):
        raise ValueError("the clip's description is too long")
    return clip.read(inner - 8 - len(_MARK))


def _is_ours(clip: BinaryIO, box: Box) -> bool:
    """Whether an ``mfra`` box holds a text of this program."""
    clip.seek(box.at)
    head = clip.read(_HEAD.size)
    return len(head) == _HEAD.size and _HEAD.unpack(head)[3:] == (b"free", _MARK)


def _check_length(clip: BinaryIO, last: Box) -> None:
    """A box without a length reaches to the end of the file: what is put there would be its own."""
    clip.seek(last.at)
    if clip.read(4) == b"\0\0\0\0":
        raise NotMp4("its last part has no length")
    clip.seek(0)


def _copy_bytes(source: BinaryIO, target: BinaryIO, count: int) -> None:
    while count and (piece := source.read(min(count, _PIECE))):
        target.write(piece)
        count -= len(piece)
    if count:
        raise NotMp4("it became shorter")


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
