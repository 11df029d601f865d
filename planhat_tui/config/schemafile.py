"""Where the schema of the config stands: beside it, named by the config's first line."""

from __future__ import annotations

from typing import Final

SCHEMA_FILE: Final = "config.schema.json"
MODELINE: Final = f"# yaml-language-server: $schema=./{SCHEMA_FILE}\n"
"""The comment by which editors find the schema, relative to the config."""
