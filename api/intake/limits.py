"""What intake takes at most. Each bound keeps one request from costing the others their memory or their time."""

from models.wire import times

MEBIBYTE = 1024 * 1024

MAX_COMPRESSED_BYTES = 5 * MEBIBYTE
"""A body as it travels: five of the largest events side by side, uncompressed."""

MAX_BODY_BYTES = 20 * MEBIBYTE
"""A body after decompression: an event and the attachments beside it. A bomb costs this much memory, and no more."""

MAX_EVENT_BYTES = MEBIBYTE
"""One item that is kept. Relay's own bound for an event."""

MAX_RECORD_BYTES = MEBIBYTE - 16 * 1024
"""One record's value. Kafka takes requests of 1 MiB by default; 16 KiB is left for key, headers and framing."""

MAX_HEADER_LINE_BYTES = 8 * 1024
"""An envelope's or an item's header line; those that SDKs send are below 1 KiB."""

MAX_ITEMS = 1_000
"""Items of one envelope. SDKs send at most 100 sessions at once, so ten times that is nobody's traffic."""

MAX_SESSIONS = 100
"""Session updates of one envelope, as Relay has it."""

MAX_AGGREGATES = 100
"""Minutes in one `sessions` item: an SDK flushes once a minute, and 100 is the protocol's own bound."""

MAX_SECURITY_REPORTS = 100
"""Browser reports of one request: a browser gathers them for a minute."""

MAX_CLIENT_REPORT_BYTES = 100 * 1024
"""One client report, as Relay has it: a thousand entries."""

MAX_CLIENT_REPORTS = 100
"""Client reports of one envelope, as Relay has it."""

MAX_MESSAGE_CHARACTERS = 4_096
"""What a user writes, by the protocol's own bound. A longer text is cut, which is said with it, and not refused."""

MAX_QUEUE_BYTES = 64 * MEBIBYTE
"""Records that wait for the log. One project alone gets half: 2 s of 1,200 events of 13 KB a second (31 MB)."""

DRIFT_MS = 55 * 60_000
"""A client's clock that is off by this much or more is corrected (the threshold of Relay's ``clock_drift``)."""

FUTURE_MS = times.FUTURE_MS
"""An event may be this far ahead of our clock."""
