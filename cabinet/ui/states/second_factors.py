"""«Вход с подтверждением» in the settings."""

from typing import Any

import reflex as rx

from cabinet.domain.forms import text_of
from cabinet.domain.permissions import Permission
from cabinet.services import profile, reauthentication, recovery_codes, second_factors, totp
from cabinet.services.second_factors import SecondFactorsRow
from cabinet.services.totp import TotpRow
from cabinet.texts import second_factors as texts
from cabinet.ui.gate import PUBLIC
from cabinet.ui.session import handler, run


class SecondFactorsState(rx.State):
    """The page of the app and the recovery codes; both are shown once and kept no longer than the page.

    Attributes:
        app: what an app that is being enrolled is told.
        codes: recovery codes just made.
        file: the same for downloading.
        done: what has just been done, in words; `times` counts it, to tell of it anew.
    """

    problems: dict[str, str] = {}
    busy: bool = False
    loaded: bool = False
    row: SecondFactorsRow = SecondFactorsRow()
    app: TotpRow = TotpRow()
    codes: list[str] = []
    file: str = ""
    done: str = ""
    times: int = 0

    @handler(Permission.PROFILE)
    async def load(self) -> None:
        """The page opens, or its socket has come back: what is on the screen, and nowhere else, stays there."""
        if self.codes:
            return
        enrolling = self.app.secret != ""
        self._clear()
        self.loaded = False
        await run(self, reauthentication.ask_recent)
        await self._show()
        if enrolling and not self.row.totp_on:
            self.app = await run(self, totp.begin_totp)

    @handler(PUBLIC)
    async def leave(self) -> None:
        """The page is left: what is shown once is not kept."""
        self._clear()

    @handler(Permission.PROFILE)
    async def begin(self) -> None:
        self._clear()
        self.app = await run(self, totp.begin_totp)

    @handler(Permission.PROFILE, busy=True)
    async def confirm(self, form: dict[str, Any]) -> None:
        codes = await run(self, totp.confirm_totp, text_of(form, "code", 40))
        self._clear()
        await self._keep(codes)
        self._tell(texts.TURNED_ON)

    @handler(Permission.PROFILE)
    async def turn_off(self) -> None:
        await run(self, totp.turn_off_totp)
        self._clear()
        await self._show()
        self._tell(texts.TURNED_OFF)

    @handler(Permission.PROFILE)
    async def renew(self) -> None:
        codes = await run(self, recovery_codes.renew_codes)
        self._clear()
        await self._keep(codes)

    @handler(Permission.PROFILE)
    async def saved(self) -> None:
        """The codes were written down: they leave the page."""
        self._clear()
        self._tell(texts.SAVED)

    async def _keep(self, codes: list[str]) -> None:
        login = (await run(self, profile.get_profile)).login
        self.codes, self.file = codes, texts.codes_file(codes, login) if codes else ""
        await self._show()

    async def _show(self) -> None:
        self.row = await run(self, second_factors.get_second_factors)
        self.loaded = True

    def _tell(self, words: str) -> None:
        self.done, self.times = words, self.times + 1

    def _clear(self) -> None:
        self.problems, self.app, self.codes, self.file, self.done = {}, TotpRow(), [], "", ""
