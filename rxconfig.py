"""What Reflex asks of a project; our own settings live in `cabinet/settings.py`."""

import reflex as rx
from reflex_base.plugins.sitemap import SitemapPlugin

from cabinet.settings import Settings

_settings = Settings()

config = rx.Config(
    app_name="cabinet",
    backend_host=_settings.host,
    backend_port=_settings.port,
    frontend_port=_settings.port,
    cors_allowed_origins=_settings.origins,
    transport="websocket",
    state_manager_mode=rx.constants.StateManagerMode.MEMORY,
    # scripts/build.py compresses after its own pass over the files, brotli and gzip.
    frontend_compression_formats=[],
    frontend_packages=["driver.js@1.8.0"],  # the training's overlay; bundled into training.js alone
    disable_plugins=[SitemapPlugin],
    show_built_with_reflex=False,
    telemetry_enabled=False,
    trusted_proxy_hops=_settings.trusted_proxies,
)
