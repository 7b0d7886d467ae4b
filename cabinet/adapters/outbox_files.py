"""Files of the outbox adapters: whole or not at all, named by time, once per key."""

import os
import re
from datetime import datetime
from pathlib import Path


def write_once(folder: Path, at: datetime, key: str, suffix: str, content: bytes) -> None:
    """Write `<time>-<key><suffix>` unless a file of that key is there already.

    It appears under its name only when it is whole; only its owner may read it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    safe = re.sub(r"[^\w-]", "_", key)
    if any(folder.glob(f"*-{safe}{suffix}")):
        return
    partial = folder / f".{safe}.part"
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    partial.rename(folder / f"{at:%Y%m%dT%H%M%S%f}-{safe}{suffix}")
