"""Bringing a database to the newest version; apart from the engine, for Alembic is slow to load."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import make_url

_ROOT = Path(__file__).resolve().parents[2]


def alembic_config(url: str) -> Config:
    """Alembic's configuration for the URL, without a file of secrets."""
    config = Config(_ROOT / "alembic.ini")
    config.set_main_option("script_location", str(_ROOT / "alembic"))
    config.attributes["url"] = url
    return config


def migrate(url: str) -> None:
    """Bring the database to the newest version; nothing to do when it is there already."""
    if make_url(url).get_backend_name() == "sqlite":
        Path(make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(alembic_config(url), "head")
