"""Tables of contents: each module registers its page when it is imported."""

import importlib
import pkgutil


def load() -> None:
    """Import every page."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
