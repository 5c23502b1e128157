"""From a file in the inbox to rows of text. The door of this room is what this module names."""

from pipelines.deliveries.inbox import InboxFile, InboxScan, has_files, is_unchanged, scan_inbox
from pipelines.deliveries.model import Limits, Part, RawDelivery, Refused, RefusedPart
from pipelines.deliveries.reading import is_batched, read_batches, read_part
from pipelines.deliveries.unpack import unpack

__all__ = [
    "InboxFile",
    "InboxScan",
    "Limits",
    "Part",
    "RawDelivery",
    "Refused",
    "RefusedPart",
    "has_files",
    "is_batched",
    "is_unchanged",
    "read_batches",
    "read_part",
    "scan_inbox",
    "unpack",
]
