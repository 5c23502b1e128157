"""Errors that a person must read. Belongs here: types that several rooms raise; nothing else."""

from __future__ import annotations


class ConfigurationError(Exception):
    """The configuration is wrong: one sentence that names the file and the key (exit code 2)."""


class LakeLockedError(Exception):
    """Another process is writing to the lake: one sentence that says so."""
