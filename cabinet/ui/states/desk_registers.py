"""Registers of the desk."""

from typing import Any

import reflex as rx

from cabinet.domain.permissions import Permission
from cabinet.domain.registers import RegisterKind
from cabinet.services import desk_registers
from cabinet.services.desk_registers import RegisterRow, Try, UndoRow
from cabinet.services.register_jobs import JobRow
from cabinet.ui.session import handler, run


class DeskRegistersState(rx.State):
    """The page of registers: `upload` names the file that came, `kind` what is in it.

    `undoing` is the import that is asked about; `busy` while it is counted what that would undo.
    """

    problems: dict[str, str] = {}
    busy: bool = False
    upload: str = ""
    kind: str = ""
    job: JobRow = JobRow()
    history: list[RegisterRow] = []
    undoing: UndoRow = UndoRow()

    @handler(Permission.REGISTER_IMPORT)
    async def load(self) -> None:
        """What goes on is found again, after a lost connection too."""
        self.problems, self.undoing = {}, UndoRow()
        self.job = await run(self, desk_registers.find_job)
        self.upload, self.kind = self.job.id, self.job.kind
        self.history = await run(self, desk_registers.list_registers)

    @handler(Permission.REGISTER_IMPORT)
    async def check(self, form: dict[str, Any]) -> None:
        command = Try.parse(form)
        self.problems = {}
        await self._start(command, dry_run=True)

    @handler(Permission.REGISTER_IMPORT)
    async def take(self) -> None:
        await self._start(Try(self.upload, RegisterKind(self.kind or "accounts")), dry_run=False)

    @handler(Permission.REGISTER_IMPORT, by_itself=True)
    async def poll(self) -> None:
        await self._look()

    @handler(Permission.REGISTER_IMPORT, busy=True)
    async def ask_undo(self, kind: str) -> None:
        self.problems, self.job, self.undoing = {}, JobRow(), UndoRow()
        self.undoing = await run(self, desk_registers.try_undo, str(kind))

    @handler(Permission.REGISTER_IMPORT)
    async def keep(self) -> None:
        self.problems, self.undoing = {}, UndoRow()

    @handler(Permission.REGISTER_IMPORT)
    async def undo(self) -> None:
        asked, self.undoing = self.undoing, UndoRow()
        self.problems = {}
        self.upload = await run(self, desk_registers.start_undo, asked.kind, asked.id, asked.file)
        await self._look()

    async def _start(self, command: Try, *, dry_run: bool) -> None:
        await run(self, desk_registers.start_import, command, dry_run=dry_run)
        self.upload, self.kind = command.upload, command.kind.value
        await self._look()

    async def _look(self) -> None:
        self.job = await run(self, desk_registers.get_job, self.upload)
        if self.job.state not in {"running", "undoing"}:
            self.history = await run(self, desk_registers.list_registers)
