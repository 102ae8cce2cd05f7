"""The sentences about films; see ``core.sentences``."""

from __future__ import annotations

from pixverse_desktop.core.text import QT_TRANSLATE_NOOP

FILM_SENTENCES = {
    "film_nameless": QT_TRANSLATE_NOOP("Problem", "The film has no name."),
    "film_gone": QT_TRANSLATE_NOOP("Problem", "This film is no longer there."),
    "film_empty": QT_TRANSLATE_NOOP("Problem", "The film has no shots."),
    "film_damaged": QT_TRANSLATE_NOOP("Problem", "The film is damaged ({reason})."),
    "film_too_long": QT_TRANSLATE_NOOP(
        "Problem", "A film of {number:,} shots is too long; there can be {most:,}."
    ),
    "film_cycle": QT_TRANSLATE_NOOP("Problem", "These shots wait for each other: {names}."),
    "shot_nameless": QT_TRANSLATE_NOOP("Problem", "A shot has no name."),
    "shot_name_twice": QT_TRANSLATE_NOOP("Problem", "Two shots are called “{name}”."),
    "picture_unread": QT_TRANSLATE_NOOP(
        "Problem", "A picture was still being read when you left its shot. Drop it there again."
    ),
    "shot_gone": QT_TRANSLATE_NOOP("Problem", "This shot is no longer in the film."),
    "shot_wrong": QT_TRANSLATE_NOOP("Problem", "Shot “{name}”: {reason}"),
    "shot_follows_nothing": QT_TRANSLATE_NOOP(
        "Problem", "“{name}” goes on from a shot that does not come before it."
    ),
    "shot_meets_unreadable": QT_TRANSLATE_NOOP(
        "Problem", "Whether “{name}” meets the next shot is yes or no, not “{value}”."
    ),
    "shot_changed": QT_TRANSLATE_NOOP("Problem", "The shot was changed since."),
    "shot_too_short": QT_TRANSLATE_NOOP(
        "Problem", "“{name}” is too short to be split: it would take {seconds} seconds."
    ),
    "shot_waits_changed": QT_TRANSLATE_NOOP(
        "Problem", "An older version of it waits in the queue, until this one is made."
    ),
    "shot_starts_elsewhere": QT_TRANSLATE_NOOP(
        "Problem", "It does not start from the take of “{name}” that is in the film."
    ),
    "shot_ends_elsewhere": QT_TRANSLATE_NOOP(
        "Problem", "It does not end on the take of “{name}” that is in the film."
    ),
    "shot_follows_outdated": QT_TRANSLATE_NOOP(
        "Problem", "“{name}”, which it goes on from, is out of date."
    ),
    "shot_parent_trashed": QT_TRANSLATE_NOOP("Problem", "The clip of “{name}” is in the trash."),
    "shot_waits_for_failed": QT_TRANSLATE_NOOP("Problem", "It needs “{name}”, which has no take."),
    "shot_many_hops": QT_TRANSLATE_NOOP(
        "Problem",
        "“{name}” is {hops} shots away from the last cut. Quality falls each time a shot goes on "
        "from the last picture of another; a cut begins afresh.",
    ),
    "take_not_in_shot": QT_TRANSLATE_NOOP("Problem", "This clip is no take of the shot."),
    "take_not_saved": QT_TRANSLATE_NOOP("Problem", "This clip is not there yet."),
    "film_passed": QT_TRANSLATE_NOOP(
        "Problem", "These shots may cost {price} credits now, more than the {most} agreed to."
    ),
    "waits_for_clip": QT_TRANSLATE_NOOP("Problem", "Waits for “{name}”."),
    "parent_failed": QT_TRANSLATE_NOOP("Problem", "Not made: “{name}”, which it goes on from."),
    "parent_trashed": QT_TRANSLATE_NOOP(
        "Problem", "In the trash: “{name}”, which it goes on from."
    ),
    "parent_gone": QT_TRANSLATE_NOOP(
        "Problem", "The clip that it goes on from is no longer there."
    ),
    # --- films as files ---
    "film_no_file": QT_TRANSLATE_NOOP("Problem", "This file holds no film ({reason})."),
    "film_large": QT_TRANSLATE_NOOP(
        "Problem", "This file has more than {most} MB; that is no film."
    ),
    "film_newer": QT_TRANSLATE_NOOP(
        "Problem", "This film was written by a newer version of this program."
    ),
    "film_unknown_name": QT_TRANSLATE_NOOP(
        "Problem", "There is no setting that is called {name}; there are {known}."
    ),
    "film_picture_outside": QT_TRANSLATE_NOOP(
        "Problem", "{name} is not in the folder of the film's file."
    ),
    "film_clip_foreign": QT_TRANSLATE_NOOP(
        "Problem", "{name} is no clip of this program, so it cannot be a take."
    ),
    "film_clip_silent": QT_TRANSLATE_NOOP(
        "Problem",
        "{name} cannot carry what it was made with, so it cannot go along. Save the film without "
        "its clips.",
    ),
    "film_picture_missing": QT_TRANSLATE_NOOP("Problem", "The picture {name} is not in the file."),
    "film_not_written": QT_TRANSLATE_NOOP("Problem", "The film cannot be written ({reason})."),
    "clip_not_there": QT_TRANSLATE_NOOP("Problem", "{name} is not there."),
    "clip_unreadable": QT_TRANSLATE_NOOP("Problem", "{name} is no clip that can be read."),
    "film_copied": QT_TRANSLATE_NOOP(
        "Problem",
        "The pictures were copied as they are: all clips are alike, and no still is doubled.",
    ),
    "film_not_copied": QT_TRANSLATE_NOOP(
        "Problem", "The pictures were encoded anew: copied, some would not have come in time."
    ),
    "film_doubled": QT_TRANSLATE_NOOP(
        "Problem", "The pictures were encoded anew, to leave out a doubled still at seam {number}."
    ),
    "film_another_size": QT_TRANSLATE_NOOP(
        "Problem",
        "The pictures were encoded anew: clip {number} has another size ({width} × {height}).",
    ),
    "film_another_rate": QT_TRANSLATE_NOOP(
        "Problem",
        "The pictures were encoded anew: clip {number} has {rate} pictures a second, unlike most.",
    ),
    "film_uneven": QT_TRANSLATE_NOOP(
        "Problem",
        "The pictures were encoded anew: those of clip {number} are not shown equally long.",
    ),
    "film_another_coding": QT_TRANSLATE_NOOP(
        "Problem", "The pictures were encoded anew: clip {number} is coded in another way."
    ),
    "film_no_edl": QT_TRANSLATE_NOOP(
        "Problem", "An EDL cannot hold {rate} pictures a second. Export OTIO or XML instead."
    ),
    "film_no_otio": QT_TRANSLATE_NOOP(
        "Problem",
        "This Python has no OpenTimelineIO, which OTIO and EDL need. Export XML.",
    ),
    "film_lacks_takes": QT_TRANSLATE_NOOP("Problem", "These shots have no take yet: {names}."),
    "film_not_run": QT_TRANSLATE_NOOP(
        "Problem", "There is no film “{name}” in this data folder. Make it first."
    ),
}
