"""Errors that a person must read. Belongs here: types that several rooms raise; nothing else."""

from __future__ import annotations


class ConfigurationError(Exception):
    """The configuration is wrong: one sentence that names the file and the key (exit code 2)."""


class RunFailedError(Exception):
    """A run failed: one sentence that says what to do (exit code 1). What was published before is untouched."""


class TransientError(RunFailedError):
    """A run failed for a reason that may be gone in a minute: a full disk, a locked file, a killed process."""


class LakeLockedError(TransientError):
    """Another process is writing to the lake: one sentence that says so."""


class RunLockedError(RunFailedError):
    """Another run is at work in this home folder: one sentence that says which, and since when."""
