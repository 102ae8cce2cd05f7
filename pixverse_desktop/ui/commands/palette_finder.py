"""Which entries of the palette are shown, and in what order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import nsmallest
from typing import NamedTuple

from pixverse_desktop.ui.base.messages import translate
from pixverse_desktop.ui.commands.palette_entries import Entry, Kind
from pixverse_desktop.ui.commands.palette_rows import Row
from pixverse_desktop.ui.commands.palette_search import (
    Match,
    PaletteSearch,
    letters_of,
    words_of,
)

MOST_ROWS = 60
_MOST_CLIPS = 8  # while nothing is looked for
_MOST_USED = 6
_ENOUGH = 1  # found as it is written: then nothing was mistyped
_KINDS = list(Kind)
_SIGNS = {
    ">": (Kind.COMMAND, Kind.SETTING),
    "#": (Kind.BOARD,),
    "@": (Kind.CLIP,),
}


class _Hit(NamedTuple):
    """In the order in which entries are shown."""

    match: Match
    more: bool  # its title has other words too
    hindered: bool
    used: int  # how long ago: 0 is the last one
    kind: int
    at: int
    place: int
    entry: Entry
    search: PaletteSearch


class PaletteFinder:
    """``used`` are the ids of entries that were run, the last one first."""

    def __init__(self) -> None:
        self.used: Sequence[str] = ()
        self._entries: Sequence[Entry] = ()
        self._clips: Sequence[Entry] = ()
        self._search = self._clip_search = PaletteSearch((), ())

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Everything but clips, in the order in which it is listed."""
        self._entries = entries
        self._search = _search_of(entries)

    def set_clips(self, clips: Sequence[Entry]) -> None:
        """The clips, newest first; the same ones are not looked through again."""
        if clips is not self._clips:
            self._clips = clips
            self._clip_search = _search_of(clips)

    def rows(self, query: str) -> tuple[list[Row], int]:
        """What is shown for ``query``, and how many were found."""
        kinds = _SIGNS.get(query[:1], tuple(Kind))
        text = query[1:] if query[:1] in _SIGNS else query
        if not words_of(text):
            return self._listed(kinds, everything=not query.strip())
        hits, count = self._hits(text, kinds)
        words = words_of(text)
        shown = nsmallest(MOST_ROWS, hits, key=_order)
        rows = [
            (hit.entry.kind.title, hit.entry, _marked(hit.entry, hit.search, words))
            for kind in dict.fromkeys(hit.entry.kind for hit in shown)
            for hit in shown
            if hit.entry.kind is kind
        ]
        return _under_headings(rows), count

    def _listed(self, kinds: Sequence[Kind], *, everything: bool) -> tuple[list[Row], int]:
        """All of these kinds; of everything the newest clips, after what was used lately."""
        clips = self._clips[: _MOST_CLIPS if everything else MOST_ROWS]
        entries = [entry for entry in (*self._entries, *clips) if entry.kind in kinds]
        by_id = {entry.id: entry for entry in entries if entry.id}
        lately = [by_id[id] for id in self.used if id in by_id and not by_id[id].costs]
        used = lately[:_MOST_USED] if everything else []
        heading = translate("Palette", "Recently used")
        rows = [(heading, entry, ()) for entry in used]
        rows += [(entry.kind.title, entry, ()) for entry in entries if entry not in used]
        return _under_headings(rows), len(entries)

    def _hits(self, text: str, kinds: Sequence[Kind]) -> tuple[list[_Hit], int]:
        """What may be shown of what is found, and how many that is altogether."""
        clips = self._clip_search.find(text) if Kind.CLIP in kinds else {}
        others = self._search.find(text) if kinds != (Kind.CLIP,) else {}
        others = {
            n: match
            for n, match in others.items()
            if self._entries[n].kind in kinds and not _is_by_accident(self._entries[n], match)
        }
        if _written(others) + _written(clips) >= _ENOUGH:
            others, clips = _as_written(others), _as_written(clips)
        used = {id: place for place, id in enumerate(self.used)}
        never, last = len(used), _KINDS.index(Kind.CLIP)
        hits = []
        for place, match in others.items():
            entry, at = self._entries[place], self._search.begins_at(place, text)
            ago, kind = used.get(entry.id, never), _KINDS.index(entry.kind)
            more, hindered = words_of(entry.title) != words_of(text), bool(entry.reason)
            hits.append(_Hit(match, more, hindered, ago, kind, at, place, entry, self._search))
        for place in _newest(clips):
            entry, match = self._clips[place], clips[place]
            hits.append(_Hit(match, True, False, never, last, 0, place, entry, self._clip_search))
        return hits, len(others) + len(clips)


def _is_by_accident(entry: Entry, match: Match) -> bool:
    """What costs credits is found by its own words alone: "rate" does not mean Generate."""
    return entry.costs and match in (Match.INSIDE, Match.MISTYPED)


def _written(found: Mapping[int, Match]) -> int:
    """How many hold the words as they are written."""
    return len(found) - list(found.values()).count(Match.MISTYPED)


def _as_written(found: Mapping[int, Match]) -> Mapping[int, Match]:
    """Those without the mistyped ones."""
    if _written(found) == len(found):
        return found
    return {place: match for place, match in found.items() if match is not Match.MISTYPED}


def _newest(clips: Mapping[int, Match]) -> list[int]:
    """No more of each match than can be shown."""
    places: list[list[int]] = [[] for _ in Match]
    for place, match in clips.items():
        places[match].append(place)
    return [place for listed in places for place in sorted(listed)[:MOST_ROWS]]


def _order(hit: _Hit) -> tuple[int, ...]:
    return hit.match, hit.more, hit.hindered, hit.used, hit.kind, hit.at, hit.place


def _search_of(entries: Sequence[Entry]) -> PaletteSearch:
    return PaletteSearch([e.title for e in entries], [e.also for e in entries])


def _marked(entry: Entry, search: PaletteSearch, words: Sequence[str]) -> Sequence[tuple[int, int]]:
    return letters_of(entry.title, [search.meant_by(word) for word in words])


def _under_headings(lines: Sequence[tuple[str, Entry, Sequence[tuple[int, int]]]]) -> list[Row]:
    rows: list[Row] = []
    heading = ""
    for title, entry, marked in lines:
        if title != heading:
            heading = title
            rows.append(Row(heading))
        rows.append(Row(entry=entry, marked=marked))
    return rows
