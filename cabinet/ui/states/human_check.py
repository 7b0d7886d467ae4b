"""The check «Я не робот» as a page sees it: tick, work, task, pass."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import reflex as rx
from reflex_base.event import EventSpec

from cabinet.domain.errors import CabinetError, TooMany
from cabinet.domain.human_check import (
    HumanCheckNeeded,
    HumanCheckTaskNeeded,
    HumanCheckUnproved,
    Purpose,
    Stage,
)
from cabinet.services import human_check
from cabinet.texts import human_check as texts
from cabinet.ui import notices
from cabinet.ui.gate import PUBLIC
from cabinet.ui.session import handler, run

T = TypeVar("T")
_MODULE: Final = "import('/human.js').then(m => m.{call}).catch(() => '')"
# Without the module, which may be what could not be loaded.
_UNTICK: Final = "((tick) => { if (tick) tick.checked = false; })(document.getElementById('human'))"


def script(call: str, **more: Any) -> EventSpec:
    """Call a function of human.js, which is loaded at its first use; no data ever goes this way."""
    return rx.call_script(_MODULE.format(call=call), **more)


class HumanCheckState(rx.State):
    """One visitor's check, for whichever page shows it.

    Attributes:
        challenge: the proof of work for human.js, while it is being solved.
        picture: the id of the task's picture, while there is one.
        sound: the id of the task's sound, while there is one.
        waivable: whether the task may be left out.
        answering: whether the answer's field takes the focus when its task comes.
        said: words of the live region.
        passed: whether there is a pass that a form may spend.
        turn: goes up when the box must be unticked by drawing it anew.
    """

    problems: dict[str, str] = {}
    challenge: str = ""
    picture: str = ""
    sound: str = ""
    waivable: bool = False
    answering: bool = False
    said: str = ""
    passed: bool = False
    turn: int = 0
    _purpose: str = ""
    _pass_id: str = ""
    _task_needed: bool = False

    @handler(PUBLIC)
    async def arrive(self) -> None:
        """The page was opened: a check begun elsewhere is not shown half done."""
        self._start_over()

    @handler(PUBLIC)
    async def wake(self, ticked: Any, purpose: Any) -> Any:
        """The page came alive: a tick made before is heard now, one that was heard begins nothing anew."""
        return None if self.said else await self._begin(ticked, purpose)

    @handler(PUBLIC)
    async def begin(self, ticked: Any, purpose: Any) -> Any:
        """The box was ticked, or unticked."""
        return await self._begin(ticked, purpose)

    async def _begin(self, ticked: Any, purpose: Any) -> Any:
        self._start_over()
        if ticked is not True:
            return None
        try:
            command = human_check.BeginCheck(_purpose_of(purpose))
            self.challenge = await run(self, human_check.begin_check, command)
        except CabinetError as error:
            return self._refused(error)
        self._purpose = command.purpose.value
        self._say(texts.WORKING)
        return script("solve()", callback=HumanCheckState.prove)

    @handler(PUBLIC)
    async def prove(self, solution: Any) -> Any:
        """human.js has solved the proof of work, or could not."""
        if not self.challenge:
            return None
        self.challenge = ""
        try:
            command = human_check.ProveWork(
                Purpose(self._purpose), _solution_of(solution), task=self._task_needed
            )
            step = await run(self, human_check.prove_work, command)
        except CabinetError as error:
            return self._refused(error)
        passed = texts.WAIVED if self.waivable else texts.PASSED
        return self._go(step, passed=passed, picture=texts.LOOK)

    @handler(PUBLIC)
    async def waive(self) -> Any:
        """«Подтвердить по почте или СМС без задания»."""
        if not self.waivable or not self._purpose:
            return None
        try:
            command = human_check.WaiveTask(Purpose(self._purpose))
            self.challenge = await run(self, human_check.waive_task, command)
        except CabinetError as error:
            return self._tell(error)
        self.picture = self.sound = ""
        self._say(texts.WORKING_HARDER)
        return [script("leaveTask()"), script("solve()", callback=HumanCheckState.prove)]

    @handler(PUBLIC)
    async def change_picture(self) -> Any:
        """«СМЕНИТЬ ИЗОБРАЖЕНИЕ», or back to a picture from the sound."""
        self.answering = bool(self.sound)
        return await self._change(Stage.PICTURE)

    @handler(PUBLIC)
    async def change_sound(self) -> Any:
        """«Прослушать задание», and «Другое задание»."""
        self.answering = True
        return await self._change(Stage.SOUND)

    @handler(PUBLIC)
    async def check(self, answer: Any) -> Any:
        """«Проверить», or Enter in the answer."""
        task_id = self.picture or self.sound
        if not task_id:
            return None
        if not isinstance(answer, str) or not answer.strip():
            return self._say(texts.EMPTY if self.picture else texts.EMPTY_WORDS)
        try:
            command = human_check.CheckAnswer(Purpose(self._purpose), task_id, answer)
            step = await run(self, human_check.check_answer, command)
        except CabinetError as error:
            return self._refused(error)
        self._go(step, passed=texts.PASSED, picture=texts.WRONG, sound=texts.WRONG_WORDS)
        self.answering = not self.passed
        return script("leaveTask()") if self.passed else self._listen()

    async def _change(self, kind: Stage) -> Any:
        task_id = self.picture or self.sound
        if not task_id:
            return None
        first = not self.sound
        try:
            command = human_check.ChangeTask(Purpose(self._purpose), task_id, kind)
            step = await run(self, human_check.change_task, command)
        except TooMany as error:
            return self._tell(error)
        except CabinetError as error:
            return self._refused(error)
        self._go(step, picture=texts.CHANGED, sound=texts.HEAR if first else texts.OTHER_SOUND)
        return self._listen()

    def _listen(self) -> Any:
        return script("listen()") if self.sound else None

    def _go(self, step: human_check.Step, *, passed: str = "", picture: str = "", sound: str = "") -> None:
        """Show where the check stands now, with the words for it."""
        self._pass_id = step.pass_id
        self.passed = bool(step.pass_id)
        self.picture = step.task_id if step.kind is Stage.PICTURE else ""
        self.sound = step.task_id if step.kind is Stage.SOUND else ""
        self.waivable = step.waivable
        self._task_needed = self._task_needed and not self.passed
        self._say(passed if self.passed else sound if self.sound else picture)

    def _take_pass(self) -> str:
        """The pass, for a form that was just accepted with it; the check begins anew."""
        taken = self._pass_id
        self._start_over()
        self.turn += 1
        return taken

    def _start_over(self) -> None:
        self.problems = {}
        self.challenge = self.picture = self.sound = self.said = self._purpose = self._pass_id = ""
        self.passed = self.waivable = self.answering = False

    def _refused(self, error: CabinetError) -> Any:
        """Nothing is left to answer: the box is unticked and says why."""
        self._start_over()
        self._tell(error)
        return rx.call_script(_UNTICK)

    def _tell(self, error: CabinetError) -> None:
        self._say(" ".join(notices.problems_of(error).values()))

    def _say(self, words: str) -> None:
        """Words for the live region; the same words again differ by a space, or nobody would hear them."""
        self.said = f"{words}\N{NO-BREAK SPACE}" if self.said == words else words


def _purpose_of(sent: object) -> Purpose:
    if isinstance(sent, str) and sent in set(Purpose):
        return Purpose(sent)
    raise HumanCheckNeeded


def _solution_of(sent: object) -> str:
    if isinstance(sent, str) and sent:
        return sent
    raise HumanCheckUnproved


async def with_pass(
    state: rx.State, act: Callable[[str], Awaitable[T]], *, spent_by: type[CabinetError] | None = None
) -> T:
    """Do what needs a pass; it is used up, unless the form itself was at fault.

    A pass that is late or used unticks the box, so that the check can be passed again; so does one that went
    with an error of the kind `spent_by`.
    """
    human = await state.get_state(HumanCheckState)
    try:
        done = await act(human._pass_id)
    except HumanCheckNeeded as needed:
        human._take_pass()
        human._task_needed = isinstance(needed, HumanCheckTaskNeeded)
        raise
    except CabinetError as error:
        if human._pass_id and spent_by and isinstance(error, spent_by):
            human._take_pass()
        raise
    human._take_pass()
    return done
