"""What commands share: paths as seen from here, JSON for machines, numbers with their nouns."""

import json
from pathlib import Path

from nkru_brief.values import Value


def here(path: Path) -> Path:
    """Return a path as seen from the current folder, where it is below it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: `1 claim`, `2 claims`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {plural or noun + 's'}"


def as_json(value: Value) -> str:
    """Return a value as JSON that people can read, too."""
    from nkru_brief.values import to_json

    return json.dumps(json.loads(to_json(value)), indent=2, ensure_ascii=False)
