"""Errors that a person must read. Belongs here: types that several rooms raise; nothing else."""

from __future__ import annotations


class ConfigurationError(Exception):
    """The configuration is wrong: one sentence that names the file and the key (exit code 2)."""


class RunFailedError(Exception):
    """A run failed: one sentence that says what to do (exit code 1). What was published before is untouched."""


class LakeLockedError(RunFailedError):
    """Another process is writing to the lake: one sentence that says so."""
