"""The sentences that are made below the window, in English, each under the code of a ``Message``.

A template names its arguments in braces. ``{label!l}`` is a parameter's label inside a sentence,
``{label!a}`` the same with its article, ``{n:,}`` a number with its thousands apart.
"""

from __future__ import annotations

from pixverse_desktop.core.text import QT_TRANSLATE_NOOP

SENTENCES = {
    # --- the usual sentence of every kind of trouble (ProblemCode) ---
    "key": QT_TRANSLATE_NOOP("Problem", "The API key is missing or not accepted."),
    "credits": QT_TRANSLATE_NOOP(
        "Problem", "Not enough credits. The job is held until there are more."
    ),
    "invalid": QT_TRANSLATE_NOOP("Problem", "The service did not accept the request."),
    "model": QT_TRANSLATE_NOOP("Problem", "The service does not offer this model."),
    "rate": QT_TRANSLATE_NOOP("Problem", "The service asks to wait. This goes on by itself."),
    "service": QT_TRANSLATE_NOOP("Problem", "The service has a problem. This goes on by itself."),
    "unconfirmed": QT_TRANSLATE_NOOP(
        "Problem",
        "The service's answer was lost. It may have been charged; nothing is sent again by "
        "itself.",
    ),
    "interrupted": QT_TRANSLATE_NOOP(
        "Problem",
        "The program ended while this was being sent. It may have been charged; nothing is sent "
        "again by itself.",
    ),
    "offline": QT_TRANSLATE_NOOP(
        "Problem", "The service cannot be reached. This goes on by itself."
    ),
    "certificate": QT_TRANSLATE_NOOP(
        "Problem", "The service's certificate could not be verified, so nothing was sent."
    ),
    "failed": QT_TRANSLATE_NOOP("Problem", "The service could not make this clip."),
    "expired": QT_TRANSLATE_NOOP("Problem", "The clip is no longer at the service."),
    "no_file": QT_TRANSLATE_NOOP("Problem", "The service finished without a file."),
    "slow": QT_TRANSLATE_NOOP(
        "Problem", "This takes longer than usual. It is not lost: it is looked at until it is done."
    ),
    "job_unknown": QT_TRANSLATE_NOOP("Problem", "The service does not know this job."),
    "bad_clip": QT_TRANSLATE_NOOP(
        "Problem", "What arrived is not a whole clip; it is fetched again."
    ),
    "disk": QT_TRANSLATE_NOOP("Problem", "The clip folder cannot be written."),
    "store": QT_TRANSLATE_NOOP("Problem", "The list of jobs cannot be written."),
    "matched": QT_TRANSLATE_NOOP(
        "Problem",
        "Found in the service's list by its time alone. Please look whether it is your clip.",
    ),
    "limit": QT_TRANSLATE_NOOP("Problem", "Your daily limit is reached."),
    "rebuilt": QT_TRANSLATE_NOOP("Problem", "The list of jobs was mended."),
    "crashed": QT_TRANSLATE_NOOP(
        "Problem", "The program ended unexpectedly last time. Nothing that was paid for is lost."
    ),
    "frame": QT_TRANSLATE_NOOP("Problem", "This picture cannot be used."),
    "internal": QT_TRANSLATE_NOOP("Problem", "Something went wrong inside the program."),
    # --- a request that must not be sent ---
    "prompt_empty": QT_TRANSLATE_NOOP("Problem", "Describe the clip: the prompt is empty."),
    "end_frame_alone": QT_TRANSLATE_NOOP("Problem", "An end frame needs a start frame."),
    "no_setting": QT_TRANSLATE_NOOP("Problem", "This model has no setting for {label!l}."),
    "no_setting_named": QT_TRANSLATE_NOOP("Problem", "This model has no setting for {name}."),
    "takes_none": QT_TRANSLATE_NOOP("Problem", "This model takes no {label!l}."),
    "needs": QT_TRANSLATE_NOOP("Problem", "This model needs {label!a}."),
    "needs_named": QT_TRANSLATE_NOOP("Problem", "This model needs {name}."),
    "text_too_long": QT_TRANSLATE_NOOP(
        "Problem", "The {label!l} has {length:,} characters; the service takes {most:,}."
    ),
    "text_odd_letter": QT_TRANSLATE_NOOP(
        "Problem", "The {label!l} holds a character that cannot be sent."
    ),
    "not_offered": QT_TRANSLATE_NOOP(
        "Problem", "The {label!l} {value} is not offered; use {offered}."
    ),
    "out_of_range": QT_TRANSLATE_NOOP("Problem", "The {label!l} must be {allowed}."),
    "out_of_range_unit": QT_TRANSLATE_NOOP("Problem", "The {label!l} must be {allowed} {unit!l}."),
    "range": QT_TRANSLATE_NOOP("Problem", "{low} to {high}"),
    "either": QT_TRANSLATE_NOOP("Problem", "{first} or {second}"),
    "not_on_off": QT_TRANSLATE_NOOP("Problem", "The {label!l} is on or off."),
    "too_many_pictures": QT_TRANSLATE_NOOP(
        "Problem", "The {label!l} holds {count} pictures; the service takes {most}."
    ),
    "not_json": QT_TRANSLATE_NOOP("Problem", "The {label!l} is not JSON."),
    "json_too_long": QT_TRANSLATE_NOOP("Problem", "The {label!l} is too long."),
    "frame_fields_guessed": QT_TRANSLATE_NOOP(
        "Problem",
        "The service's list of parameters could not be read, so the name of the frame field is a "
        "guess; the picture may be ignored.",
    ),
    # --- the service's answers ---
    "refused_because": QT_TRANSLATE_NOOP(
        "Problem", "The service did not accept the request: {said}."
    ),
    "refused_field": QT_TRANSLATE_NOOP(
        "Problem", "The service did not accept the request: {said} ({field})."
    ),
    "request_too_large": QT_TRANSLATE_NOOP(
        "Problem", "The request is too large for the service. Try a smaller picture."
    ),
    "failed_because": QT_TRANSLATE_NOOP(
        "Problem", "The service could not make this clip: {reason}"
    ),
    "other_key": QT_TRANSLATE_NOOP(
        "Problem", "This job belongs to another API key. It is looked at again with that key."
    ),
    "key_refused": QT_TRANSLATE_NOOP("Problem", "The service does not accept this key."),
    "key_untested": QT_TRANSLATE_NOOP(
        "Problem", "The service cannot be reached, so the key could not be tested. It was not kept."
    ),
    # --- why nothing is sent ---
    "limit_passed": QT_TRANSLATE_NOOP(
        "Problem",
        "Your daily limit of {limit} credits would be passed: {spent} are spent or may have "
        "been, and the next clip may cost {price}. Nothing more is sent today.",
    ),
    "charged_more": QT_TRANSLATE_NOOP(
        "Problem",
        "The service charged {amount} credits instead of {expected}. The queue waits until you "
        "go on.",
    ),
    "costs_more": QT_TRANSLATE_NOOP(
        "Problem",
        "The next clip may cost {amount} credits instead of {expected}. The queue waits until "
        "you go on.",
    ),
    "charge_unsaid": QT_TRANSLATE_NOOP(
        "Problem",
        "The service did not say what it charged; expected were {expected} credits. The queue "
        "waits until you go on.",
    ),
    "known_id": QT_TRANSLATE_NOOP(
        "Problem",
        "The service answered with the number of another job, so nothing more is sent until you "
        "go on. This job may have been charged.",
    ),
    "answers_lost": QT_TRANSLATE_NOOP(
        "Problem",
        "The service's answers keep getting lost, so nothing more is sent until you go on. Each "
        "of these jobs may have been charged.",
    ),
    "answer_sought": QT_TRANSLATE_NOOP(
        "Problem",
        "An answer of the service was lost and is being looked for; sending goes on then.",
    ),
    "clip_folder_unusable": QT_TRANSLATE_NOOP(
        "Problem", "The clip folder cannot be used ({reason}), so nothing is sent."
    ),
    "disk_nearly_full": QT_TRANSLATE_NOOP(
        "Problem", "The disk of the clip folder is nearly full, so nothing is sent."
    ),
    "store_unwritable": QT_TRANSLATE_NOOP(
        "Problem", "The list of jobs cannot be written, so nothing more is sent."
    ),
    "service_starting": QT_TRANSLATE_NOOP(
        "Problem", "The service is still starting. Try again in a moment."
    ),
    # --- what a model is said to cost ---
    "price": QT_TRANSLATE_NOOP("Problem", "{amount} credits"),
    "price_one": QT_TRANSLATE_NOOP("Problem", "{amount} credit"),
    "price_a_second": QT_TRANSLATE_NOOP("Problem", "{amount} credits a second"),
    "price_one_a_second": QT_TRANSLATE_NOOP("Problem", "{amount} credit a second"),
    "price_unknown": QT_TRANSLATE_NOOP("Problem", "price unknown"),
    # --- what a command is told about a job ---
    "job_under_way": QT_TRANSLATE_NOOP("Problem", "This job is still under way."),
    "job_queued_again": QT_TRANSLATE_NOOP("Problem", "This job was queued again already."),
    "job_decided": QT_TRANSLATE_NOOP("Problem", "This job was decided meanwhile."),
    "job_still_sought": QT_TRANSLATE_NOOP(
        "Problem", "It is still being looked for in the service's list, so it is not sent again."
    ),
    "job_deleted": QT_TRANSLATE_NOOP("Problem", "This was deleted for good meanwhile."),
    "not_deleted_under_way": QT_TRANSLATE_NOOP(
        "Problem", "What is still under way is not deleted."
    ),
    "clip_not_deleted": QT_TRANSLATE_NOOP(
        "Problem", "The file of a deleted clip cannot be removed ({reason})."
    ),
    "other_file_there": QT_TRANSLATE_NOOP(
        "Problem", "Another file is in the place of a deleted clip; it was left alone."
    ),
    "not_a_job_id": QT_TRANSLATE_NOOP("Problem", "This is not a job id. It looks like job_abc123."),
    "job_listed_already": QT_TRANSLATE_NOOP("Problem", "This job is in your list already."),
    "sending_now": QT_TRANSLATE_NOOP(
        "Problem", "A clip is being sent at this moment. Try again when that is done."
    ),
    "id_of_other_clip": QT_TRANSLATE_NOOP(
        "Problem", "This id belongs to another clip: its seed is another one."
    ),
    "job_id_unknown": QT_TRANSLATE_NOOP("Problem", "The service does not know this job id."),
    # --- clips on their way to the disk ---
    "fetched_again": QT_TRANSLATE_NOOP("Problem", "{reason} The clip is fetched again."),
    "connection_broke": QT_TRANSLATE_NOOP("Problem", "The connection broke ({reason})."),
    "media_redirects": QT_TRANSLATE_NOOP("Problem", "The media host redirects too often."),
    "clip_address_bad": QT_TRANSLATE_NOOP("Problem", "The clip's address is not a web address."),
    "clip_address_unsafe": QT_TRANSLATE_NOOP("Problem", "The clip's address is not a safe one."),
    "clip_address_private": QT_TRANSLATE_NOOP(
        "Problem", "The clip's address points into a private network."
    ),
    "media_did_not_go_on": QT_TRANSLATE_NOOP(
        "Problem", "The media host did not go on where it stopped; starting over."
    ),
    "link_dead": QT_TRANSLATE_NOOP("Problem", "The link to the clip is dead (HTTP {status})."),
    "media_answered": QT_TRANSLATE_NOOP("Problem", "The media host answered HTTP {status}."),
    "media_other_piece": QT_TRANSLATE_NOOP(
        "Problem", "The media host sent another piece than asked; starting over."
    ),
    "media_piece_only": QT_TRANSLATE_NOOP("Problem", "The media host sent a piece only."),
    "media_too_slow": QT_TRANSLATE_NOOP("Problem", "The media host is too slow; trying again."),
    "clip_took_too_long": QT_TRANSLATE_NOOP("Problem", "The clip took over an hour; trying again."),
    "clip_too_large": QT_TRANSLATE_NOOP(
        "Problem", "The clip is larger than 2 GiB; it is not fetched."
    ),
    "never_whole": QT_TRANSLATE_NOOP(
        "Problem",
        "What arrived was never a whole clip. It is paid for and can be looked for again.",
    ),
    "clip_unwritable": QT_TRANSLATE_NOOP(
        "Problem", "The clip cannot be written ({reason}). It is paid for and is tried again."
    ),
    "unknown_reason": QT_TRANSLATE_NOOP("Problem", "unknown reason"),
    # --- this machine's certificates and proxies ---
    "certificates_missing": QT_TRANSLATE_NOOP(
        "Problem", "The certificate file {path} does not exist. It is set in {place}."
    ),
    "certificates_unusable": QT_TRANSLATE_NOOP(
        "Problem", "The certificate file {path} cannot be used. It is set in {place}."
    ),
    "certificates_gone": QT_TRANSLATE_NOOP(
        "Problem",
        "The service's certificate could not be verified, so nothing was sent. {path}, which "
        "{place} names, does not exist.",
    ),
    "proxy_no_address": QT_TRANSLATE_NOOP(
        "Problem",
        "The proxy {proxy} is set in {place}. That is no address of a proxy, such as "
        "http://host:port or socks5://host:port.",
    ),
    "proxy_unreachable": QT_TRANSLATE_NOOP(
        "Problem",
        "The service cannot be reached through the proxy {proxy}, which is set in {place}. This "
        "goes on by itself.",
    ),
    "place_variable": QT_TRANSLATE_NOOP("Problem", "the environment variable {name}"),
    "place_settings": QT_TRANSLATE_NOOP("Problem", "the settings of the system or of this program"),
    # --- pictures ---
    "folder_dropped": QT_TRANSLATE_NOOP("Problem", "A folder cannot be used; drop one picture."),
    "not_a_file": QT_TRANSLATE_NOOP("Problem", "This is not a file that can be read."),
    "file_empty": QT_TRANSLATE_NOOP("Problem", "This file is empty."),
    "file_too_large": QT_TRANSLATE_NOOP("Problem", "This file is larger than 20 MB."),
    "file_unreadable": QT_TRANSLATE_NOOP("Problem", "This file cannot be read ({reason})."),
    "named_unreadable": QT_TRANSLATE_NOOP("Problem", "{name} cannot be read."),
    "named_unreadable_because": QT_TRANSLATE_NOOP("Problem", "{name} cannot be read ({reason})."),
    "pdf": QT_TRANSLATE_NOOP("Problem", "A PDF is not a picture; use JPEG, PNG or WebP."),
    "svg": QT_TRANSLATE_NOOP("Problem", "An SVG drawing cannot be used; save it as PNG."),
    "heic": QT_TRANSLATE_NOOP(
        "Problem", "A HEIC picture cannot be read yet; save it as JPEG or PNG."
    ),
    "video_as_frame": QT_TRANSLATE_NOOP(
        "Problem", "A video cannot be used as a frame; use JPEG, PNG or WebP."
    ),
    "not_a_picture": QT_TRANSLATE_NOOP(
        "Problem", "This is not a JPEG, PNG, WebP, AVIF or GIF picture."
    ),
    "no_picture": QT_TRANSLATE_NOOP("Problem", "There is no picture in it."),
    "picture_too_large": QT_TRANSLATE_NOOP("Problem", "This picture is larger than 20 MB."),
    "picture_too_many_pixels": QT_TRANSLATE_NOOP("Problem", "This picture has too many pixels."),
    "picture_damaged": QT_TRANSLATE_NOOP(
        "Problem", "This picture is damaged and cannot be read whole."
    ),
    "picture_too_narrow": QT_TRANSLATE_NOOP("Problem", "This picture is far too narrow."),
    "picture_side_limit": QT_TRANSLATE_NOOP(
        "Problem", "This picture has {width} × {height} pixels; {most} a side is the limit."
    ),
    "picture_pixel_limit": QT_TRANSLATE_NOOP(
        "Problem", "This picture has {width} × {height} pixels; {most} million are the limit."
    ),
    "picture_too_small": QT_TRANSLATE_NOOP(
        "Problem", "This picture has only {width} × {height} pixels."
    ),
    "first_picture_only": QT_TRANSLATE_NOOP("Problem", "Only its first picture is used."),
    "stored_picture_unreadable": QT_TRANSLATE_NOOP("Problem", "The stored picture cannot be read."),
    "stored_picture_gone": QT_TRANSLATE_NOOP(
        "Problem", "The picture of this job is gone; choose it again."
    ),
    "picture_not_stored": QT_TRANSLATE_NOOP(
        "Problem", "The picture cannot be stored in the data folder."
    ),
    "picture_address": QT_TRANSLATE_NOOP("Problem", "The address must start with https://."),
    "picture_answered": QT_TRANSLATE_NOOP("Problem", "The address answered HTTP {status}."),
    "picture_redirects": QT_TRANSLATE_NOOP("Problem", "The address redirects too often."),
    "picture_not_fetched": QT_TRANSLATE_NOOP(
        "Problem", "The picture could not be fetched ({reason})."
    ),
    "clip_ends": QT_TRANSLATE_NOOP(
        "Problem", "This clip ends at {length:.2f} s; there is no picture at {time} s."
    ),
    "clip_no_picture": QT_TRANSLATE_NOOP("Problem", "No picture of this clip can be read."),
    "still_unreadable": QT_TRANSLATE_NOOP("Problem", "The frame could not be read from the clip."),
    "still_over_clip": QT_TRANSLATE_NOOP("Problem", "A picture cannot take the place of a clip."),
    "still_not_saved": QT_TRANSLATE_NOOP("Problem", "The picture could not be saved there."),
    "only_clips_have_stills": QT_TRANSLATE_NOOP(
        "Problem", "Only a clip has a picture at “{which}”."
    ),
    "still_not_named": QT_TRANSLATE_NOOP(
        "Problem", "After @ comes first, last or a time in seconds, not “{which}”."
    ),
    # --- clips on their way out ---
    "no_clip_yet": QT_TRANSLATE_NOOP("Problem", "This job has no clip yet."),
    "clip_itself": QT_TRANSLATE_NOOP(
        "Problem", "This is the clip itself. Choose another name or folder."
    ),
    "not_written": QT_TRANSLATE_NOOP("Problem", "{name} could not be written ({reason})."),
    "clip_gone": QT_TRANSLATE_NOOP(
        "Problem", "The file of this clip is no longer where it was saved."
    ),
    "tags_not_removed": QT_TRANSLATE_NOOP(
        "Problem", "This clip cannot be copied without its tags: its file is damaged."
    ),
    # --- the demo service, the data folder, settings and keys ---
    "demo_service": QT_TRANSLATE_NOOP("Problem", "Demo service"),
    "demo_silent": QT_TRANSLATE_NOOP(
        "Problem", "The demo service does not answer. Start the program again."
    ),
    "demo_not_started": QT_TRANSLATE_NOOP(
        "Problem", "The demo service did not start. Start the program again."
    ),
    "no_locks": QT_TRANSLATE_NOOP(
        "Problem",
        "The disk of the data folder {folder} has no file locks ({reason}), without which two "
        "starts could pay for the same clip. Choose a data folder on another disk: "
        "pixverse-desktop --data-dir FOLDER.",
    ),
    "folder_in_use": QT_TRANSLATE_NOOP(
        "Problem", "Another Pixverse Desktop command works on this data folder."
    ),
    "folder_unwritable": QT_TRANSLATE_NOOP(
        "Problem", "The data folder {folder} cannot be written: {reason}."
    ),
    "list_outdated": QT_TRANSLATE_NOOP("Problem", "The list of jobs was not up to date"),
    "list_gone": QT_TRANSLATE_NOOP("Problem", "The list of jobs was gone"),
    "list_empty": QT_TRANSLATE_NOOP("Problem", "The list of jobs was empty"),
    "list_damaged": QT_TRANSLATE_NOOP("Problem", "The list of jobs was damaged"),
    "list_newer": QT_TRANSLATE_NOOP(
        "Problem", "The list of jobs was written by a newer version of this program"
    ),
    "list_rebuilt": QT_TRANSLATE_NOOP(
        "Problem", "{what}. It was rebuilt from its second record: {jobs} jobs are there."
    ),
    "list_kept": QT_TRANSLATE_NOOP("Problem", "{text} The old file is kept as {name}."),
    "list_held": QT_TRANSLATE_NOOP("Problem", "{text} What waits is sent when you press Resume."),
    "no_keyring": QT_TRANSLATE_NOOP(
        "Problem",
        "The system's keyring did not answer, so a key kept there cannot be read. Unlock it and "
        "start again, or add the key for this session.",
    ),
    "key_not_given": QT_TRANSLATE_NOOP("Problem", "Paste the API key first."),
    "key_odd_letters": QT_TRANSLATE_NOOP(
        "Problem", "This is not an API key: it holds spaces or characters a key never has."
    ),
    "key_too_short": QT_TRANSLATE_NOOP(
        "Problem", "This is too short for an API key. Copy the whole key, and it alone."
    ),
    "key_too_long": QT_TRANSLATE_NOOP(
        "Problem", "This is too long for an API key. Copy the whole key, and it alone."
    ),
    "proxy_form": QT_TRANSLATE_NOOP("Problem", "A proxy looks like http://host:port."),
    "name_brace_open": QT_TRANSLATE_NOOP("Problem", "Every {{ needs a }}."),
    "name_unknown": QT_TRANSLATE_NOOP("Problem", "{name} is not known. There are {known}."),
}  # fmt: skip
