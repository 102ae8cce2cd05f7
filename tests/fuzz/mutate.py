"""Damage for binary files: reproducible from a seed, blind or aware of how the file is built."""

from __future__ import annotations

import random
import struct
import zlib

_NUMBERS = (0, 1, 2, 7, 8, 127, 128, 255, 256, 32_767, 32_768, 65_535, 65_536, 2**24, 2**31 - 1,
            2**31, 2**32 - 1)  # fmt: skip


def mutated(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """``data`` with one to six kinds of damage."""
    held = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        if len(held) < 8:
            break
        chance.choice(_DAMAGES)(held, chance, others)
    if held[:4] == b"\x89PNG" and chance.random() < 0.7:
        return with_png_checksums(bytes(held))
    return bytes(held)


def _flip_bits(held: bytearray, chance: random.Random, _others: list[bytes]) -> None:
    for _ in range(chance.randint(1, 20)):
        held[chance.randrange(len(held))] ^= 1 << chance.randrange(8)


def _overwrite(held: bytearray, chance: random.Random, _others: list[bytes]) -> None:
    at = chance.randrange(len(held))
    held[at : at + chance.randint(1, 16)] = chance.randbytes(chance.randint(1, 16))


def _number(held: bytearray, chance: random.Random, _others: list[bytes]) -> None:
    """A number as a length, a count or a size would be, near the start more often than not."""
    reach = len(held) if chance.random() < 0.4 else min(len(held), 200)
    at, value = chance.randrange(reach), chance.choice(_NUMBERS)
    form = chance.choice((">I", "<I", ">H", "<H", "B"))
    size = struct.calcsize(form)
    held[at : at + size] = struct.pack(form, value % 256**size)


def _cut(held: bytearray, chance: random.Random, _others: list[bytes]) -> None:
    del held[chance.randrange(4, len(held)) :]


def _remove(held: bytearray, chance: random.Random, _others: list[bytes]) -> None:
    at = chance.randrange(len(held))
    del held[at : at + chance.randint(1, 64)]


def _repeat(held: bytearray, chance: random.Random, _others: list[bytes]) -> None:
    at = chance.randrange(len(held))
    piece = held[at : at + chance.randint(1, 256)]
    held[at:at] = piece * chance.randint(1, 8)


def _zero(held: bytearray, chance: random.Random, _others: list[bytes]) -> None:
    at = chance.randrange(len(held))
    length = min(chance.randint(1, 512), len(held) - at)
    held[at : at + length] = bytes([chance.choice((0, 255))]) * length


def _splice(held: bytearray, chance: random.Random, others: list[bytes]) -> None:
    other = chance.choice(others)
    at, there = chance.randrange(len(held)), chance.randrange(len(other))
    held[at : at + chance.randint(0, 64)] = other[there : there + chance.randint(1, 512)]


_DAMAGES = (_flip_bits, _flip_bits, _overwrite, _number, _number, _number, _cut, _remove, _repeat,
            _zero, _splice)  # fmt: skip


def with_png_checksums(data: bytes) -> bytes:
    """A damaged PNG whose checksums are right again, so that the damage gets past them."""
    made, at = bytearray(data[:8]), 8
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if at + 12 + length > len(data):
            break
        body = data[at + 4 : at + 8 + length]
        made += data[at : at + 4] + body + struct.pack(">I", zlib.crc32(body))
        at += 12 + length
    return bytes(made) + data[at:]
