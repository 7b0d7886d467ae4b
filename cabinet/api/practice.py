"""Into the practice world and out of it: plain forms, so the training works before and without the socket."""

from dataclasses import asdict
from typing import Final
from urllib.parse import urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from cabinet.api.requests import Asking, Caller, foreign, same_origin, set_cookie, small_form
from cabinet.domain import cookies, practice
from cabinet.domain.errors import Busy, CabinetError, PracticeOver, TooMany
from cabinet.domain.human_check import BrowserUnknown
from cabinet.domain.identity import spaced_number
from cabinet.domain.own_paths import own_path
from cabinet.domain.permissions import Actor, Visitor
from cabinet.domain.practice import Start
from cabinet.practice import PracticeWorld, PracticeWorlds
from cabinet.services import training
from cabinet.services.deps import Deps
from cabinet.services.practice import count_world
from cabinet.services.training import ReachStep
from cabinet.texts import errors
from cabinet.texts import training as texts
from cabinet.texts.lessons import LESSONS, WAYS, Lesson

PRACTICE: Final = "/api/practice"
PRACTICE_PROGRESS: Final = "/api/practice/progress"
PRACTICE_END: Final = "/api/practice/end"
_TRAINING: Final = "/training"
_SEE_OTHER: Final = 303
_NO_CONTENT: Final = 204
_UNPROCESSABLE: Final = 422
_STATUSES: Final[dict[type[CabinetError], int]] = {PracticeOver: 404, TooMany: 429}


def asking(worlds: PracticeWorlds, caller: Caller) -> Asking:
    """Who asks and in which world, by the cookies of a request."""

    def ask(request: Request) -> tuple[Deps, Actor]:
        practised, session = (caller.cookie(request, x) for x in (cookies.PRACTICE, cookies.SESSION))
        return worlds.who(caller.visitor(request), practised, session)

    return ask


def routes(worlds: PracticeWorlds, caller: Caller) -> list[Route]:
    """Beginning a lesson in a world of its own, and leaving it."""

    async def begin(request: Request) -> Response:
        if not same_origin(request, caller.origins):
            return foreign()
        form = await small_form(request)
        lesson, way, at = _chosen(form.get("lesson") or _begun(request))
        if lesson is None:
            return RedirectResponse(_TRAINING, _SEE_OTHER)
        former, visitor = caller.cookie(request, cookies.PRACTICE), caller.visitor(request)
        start = Start(lesson.steps[at].start or lesson.start)
        try:
            token = await run_in_threadpool(_begin, worlds, caller, visitor, former, start)
        except (Busy, TooMany, BrowserUnknown) as problem:
            return _leave(caller, _training(problem.code))
        world, _ = await run_in_threadpool(worlds.visit, token, visitor)
        page = await run_in_threadpool(_address, lesson, at, world)
        answer = RedirectResponse(page, _SEE_OTHER)
        set_cookie(answer, caller, cookies.PRACTICE, token, None, hidden=True)
        taken = f"{lesson.id}.{way}.{at}.{token.partition('.')[0]}"
        set_cookie(answer, caller, cookies.LESSON, taken, None, hidden=False)
        return answer

    def _begun(request: Request) -> str:
        """The lesson that the browser takes, from its beginning."""
        return _taken(request, caller, 2)

    async def show(request: Request) -> Response:
        """The lesson that the browser takes, for training.js; 404 outside a practice world."""
        lesson, way, at = _chosen(_taken(request, caller))
        try:
            world = await run_in_threadpool(_world, worlds, caller, request)
        except PracticeOver:
            lesson = None
        if lesson is None:
            return JSONResponse({"error": "practice_over", "message": errors.WORDS["practice_over"]}, 404)
        return JSONResponse(await run_in_threadpool(_filled, lesson, way, at, world))

    return [
        Route(PRACTICE, begin, methods=["POST"]),
        Route(PRACTICE, show, methods=["GET"]),
        *_progress_routes(worlds, caller),
        *_end_routes(worlds, caller),
    ]


def _begin(worlds: PracticeWorlds, caller: Caller, visitor: Visitor, former: str, start: Start) -> str:
    """Another world in the place of the former one, which ends whatever comes of it; gives its token."""
    try:
        count_world(caller.deps, visitor)
        return worlds.begin(start, visitor)
    finally:
        worlds.end(former)


def _end_routes(worlds: PracticeWorlds, caller: Caller) -> list[Route]:
    async def end(request: Request) -> Response:
        """The band's form, the way to a page where a real person comes in, or a page whose world is over.

        That page may be of another tab than the lesson which the browser takes now: that one goes on.
        """
        token, after = caller.cookie(request, cookies.PRACTICE), _way_in(request)
        if request.method == "GET" and not after and await run_in_threadpool(_is_alive, request):
            return RedirectResponse(_TRAINING, _SEE_OTHER)
        ended = await run_in_threadpool(worlds.end, token)
        over = PracticeOver.code if token and not ended else ""
        return _leave(caller, after or _training(over))

    def _is_alive(request: Request) -> bool:
        try:
            return bool(_world(worlds, caller, request))
        except PracticeOver:
            return False

    return [Route(PRACTICE_END, end, methods=["GET", "POST"])]


def _world(worlds: PracticeWorlds, caller: Caller, request: Request) -> PracticeWorld:
    """The world that the browser is in.

    Raises:
        PracticeOver: none, or none any more.
    """
    world, _ = worlds.visit(caller.cookie(request, cookies.PRACTICE), caller.visitor(request))
    return world


def _way_in(request: Request) -> str:
    """The page where a real person comes in that was asked for; "" for any other."""
    after = own_path(request.query_params.get("next", ""), "")
    return after if practice.is_way_in(urlsplit(after).path) else ""


def _training(problem: str = "") -> str:
    return f"{_TRAINING}?{urlencode({'problem': problem})}" if problem else _TRAINING


def _leave(caller: Caller, after: str) -> Response:
    answer = RedirectResponse(after, _SEE_OTHER)
    forget_practice(answer, caller)
    return answer


def forget_practice(answer: Response, caller: Caller) -> None:
    """From now on the browser is in the portal itself."""
    set_cookie(answer, caller, cookies.PRACTICE, "", 0, hidden=True)
    set_cookie(answer, caller, cookies.LESSON, "", 0, hidden=False)


def _progress_routes(worlds: PracticeWorlds, caller: Caller) -> list[Route]:
    async def progress(request: Request) -> Response:
        """A step that was reached: the only thing that a lesson tells the portal itself."""
        if not same_origin(request, caller.origins):
            return foreign()
        form = await small_form(request)
        try:
            await run_in_threadpool(_record, request, form)
        except CabinetError as problem:
            return Response(status_code=_STATUSES.get(type(problem), _UNPROCESSABLE))
        return Response(status_code=_NO_CONTENT)

    def _record(request: Request, form: dict[str, str]) -> None:
        visitor = caller.visitor(request)
        worlds.visit(caller.cookie(request, cookies.PRACTICE), visitor)
        command = ReachStep.parse(form.get("lesson", ""), form.get("reached", ""))
        training.record_progress(caller.deps, visitor, caller.cookie(request, cookies.SESSION), command)

    return [Route(PRACTICE_PROGRESS, progress, methods=["POST"])]


def _taken(request: Request, caller: Caller, parts: int = 3) -> str:
    """Lesson, way and step of the browser's cookie, whose last part, the world's name, only tabs compare."""
    return ".".join(caller.cookie(request, cookies.LESSON).split(".")[:parts])


def _chosen(text: str) -> tuple[Lesson | None, str, int]:
    """The lesson, the way and the step of «pay.show» or «pay.show.1»; no lesson for anything else.

    A step at which the lesson cannot be taken up gives the last one before that can.
    """
    name, way, at, *more = [*text.split("."), "0"] if text.count(".") == 1 else [*text.split("."), "", ""]
    lesson = LESSONS.get(name)
    if (
        lesson is None
        or way not in WAYS
        or any(more)
        or at not in {str(x) for x, _ in enumerate(lesson.steps)}
    ):
        return None, "", 0
    return lesson, way, lesson.resumable(int(at))


def _address(lesson: Lesson, at: int, world: PracticeWorld) -> str:
    """Where a lesson goes on at a step."""
    step = lesson.steps[at]
    return step.address.format(**_facts(world)) if step.address else step.page


def way_back(request: Request, caller: Caller, world: PracticeWorld) -> str:
    """Where the lesson goes on after a page without the coach, or where it was taken up; "" without a lesson."""
    lesson, _, at = _chosen(_taken(request, caller))
    if lesson is None:
        return ""
    ways = (x.back.format(**_facts(world)) for x in lesson.steps if x.back)
    return next(ways, _address(lesson, at, world))


def _facts(world: PracticeWorld) -> dict[str, str]:
    """What the lessons' texts name of a world."""
    today = world.deps.clock.now().date()
    return {
        "account": spaced_number(practice.ACCOUNT).replace("\u00a0", " "),
        "serial": practice.SERIAL,
        "reading": f"{practice.next_reading(today):05d}",
        "debt": f"{practice.months_before(today)[-1].amount.roubles}".replace(".", ","),
        "address": texts.ADDRESS,
        "phone": practice.PHONE,
        "email": practice.LOGIN,
        "pin": world.pin(),
        "request": world.request(),
    }


def _filled(lesson: Lesson, way: str, at: int, world: PracticeWorld) -> dict[str, object]:
    """The lesson with the facts of this world's household, as JSON."""
    known = _facts(world)
    steps = [
        {name: _fill(value, known) for name, value in asdict(step).items() if value} for step in lesson.steps
    ]
    return {
        "name": f"{lesson.id}.{way}",
        "way": way,
        "at": at,
        "world": world.name,
        "title": lesson.title,
        "task": lesson.task.format(**known),
        "steps": steps,
        "words": texts.COACH,
    }


def _fill(value: object, known: dict[str, str]) -> object:
    if isinstance(value, str):
        return value.format(**known)
    return (
        [(selector, typed.format(**known)) for selector, typed in value]
        if isinstance(value, tuple)
        else value
    )
