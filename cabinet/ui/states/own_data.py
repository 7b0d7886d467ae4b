"""«Мои данные», and the banner of a cabinet that is to be erased."""

import reflex as rx

from cabinet.domain.permissions import Permission
from cabinet.services import deletion, profile, reauthentication
from cabinet.services.profile import ConsentRow
from cabinet.texts import personal_data as texts
from cabinet.ui.gate import PUBLIC
from cabinet.ui.session import asked, asking, handler, run


class DeletionState(rx.State):
    """The banner: on the home page, in НАСТРОЙКИ and in «Мои данные»."""

    problems: dict[str, str] = {}
    busy: bool = False
    day: str = ""
    undone: bool = False

    @handler(PUBLIC)
    async def load(self) -> None:
        self.problems, self.undone, self.day = {}, False, ""
        if Permission.OWN_DATA in (await asking(self)).actor.granted:
            self.day = (await run(self, deletion.get_deletion)).day

    @handler(Permission.OWN_DATA, busy=True)
    async def ask(self) -> None:
        self.day = (await run(self, deletion.ask_deletion)).day
        self.problems, self.undone = {}, False

    @handler(Permission.OWN_DATA, busy=True)
    async def undo(self) -> None:
        await run(self, deletion.undo_deletion)
        self.problems, self.day, self.undone = {}, "", True


class OwnDataState(rx.State):
    """The page; whoever opens it has proved lately who they are."""

    problems: dict[str, str] = {}
    loaded: bool = False
    consent: ConsentRow = ConsentRow()

    @handler(Permission.OWN_DATA)
    async def load(self) -> None:
        self.problems, self.loaded = {}, False
        await run(self, reauthentication.ask_recent)
        self.consent = await run(self, profile.get_consent)
        self.problems = {"": texts.TOO_MANY} if asked(self, "problem") == "too_many" else {}
        self.loaded = True
