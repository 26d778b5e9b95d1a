"""Transcripts: from a page or file of any known shape to turns of named speakers."""

from shared.transcripts.clean import Cleaned, clean_text
from shared.transcripts.encodings import decoded
from shared.transcripts.heading import heading_of
from shared.transcripts.inspection import Inspection, SpeakerCount, describe, who_is_who
from shared.transcripts.reading import PARSER_VERSION, read_transcript
from shared.transcripts.records import Host, Role, Transcript, TranscriptRefused, Turn
from shared.transcripts.speakers.names import could_be_a_name, name_key
from shared.transcripts.speakers.roles import is_nameless, means_guest, means_host
from shared.transcripts.text import word_count

__all__ = [
    "PARSER_VERSION",
    "Cleaned",
    "Host",
    "Inspection",
    "Role",
    "SpeakerCount",
    "Transcript",
    "TranscriptRefused",
    "Turn",
    "clean_text",
    "could_be_a_name",
    "decoded",
    "describe",
    "heading_of",
    "is_nameless",
    "means_guest",
    "means_host",
    "name_key",
    "read_transcript",
    "who_is_who",
    "word_count",
]
