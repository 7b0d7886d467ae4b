import gzip
import os
from pathlib import Path

import brotli
import pytest

from scripts import build, finish_build

ENV = "var e={PING:`http://localhost:8000/ping`,EVENT:`ws://localhost:8000/_event`,TRANSPORT:`websocket`};export{e as t};"
HTML = (
    '<!DOCTYPE html><html lang="ru"><head><link as="style" href="/assets/a-1.css" rel="preload"/>'
    '<link rel="modulepreload" href="/assets/root-1.js"/><script>theme()</script>'
    '<script src="/cabinet.js"></script><link href="/assets/a-1.css" rel="stylesheet" type="text/css"/></head>'
    "<body><main>Вход</main></body></html>"
)
MISSING = HTML.replace(
    "<main>Вход</main>",
    '<div class="connection" data-connection="" role="status"></div><main>Нет такой страницы</main>'
    '<script>router()</script><script type="module" async="">import "/assets/root-1.js";</script>'
    '<!--$?--><template id="B:0"></template><!--/$--><div hidden id="S:0"><script>stream()</script></div>'
    '<script>$RC("B:0","S:0")</script>',
)


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    for name, text in {
        "index.html": HTML,
        "login.html": HTML,
        "login/index.html": HTML,
        "not-found/index.html": MISSING,
        "not-found.html": MISSING,
        "404.html": HTML,
        "assets/reflex-env-1.js": ENV,
        "assets/a-1.css": "body{color:red}" * 30,
        "cabinet.js": "dress('</script>');",
        "tiny.svg": "<svg/>",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_socket_follows_the_address_of_the_page(exported: Path) -> None:
    finish_build.finish(exported)
    text = (exported / "assets/reflex-env-1.js").read_text()
    assert "localhost" not in text
    assert "EVENT:location.origin.replace(/^http/,`ws`)+`/_event`" in text
    assert "PING:location.origin+`/ping`" in text


@pytest.mark.parametrize("text", ["var e={EVENT:`wss://cabinet.example/_event`}", ENV + ENV, "var e={}"])
def test_a_build_with_an_unknown_socket_address_is_refused(exported: Path, text: str) -> None:
    (exported / "assets/reflex-env-1.js").write_text(text)
    with pytest.raises(finish_build.BuildUnexpected):
        finish_build.finish(exported)


def test_a_page_draws_itself_without_another_request(exported: Path) -> None:
    finish_build.finish(exported)
    html = (exported / "index.html").read_text()
    head, _, body = html.partition("</head>")
    assert "<style>body{color:red}" in head
    assert '<link media=print href="/assets/a-1.css" rel="stylesheet"' in head
    assert 'as="style"' not in head
    assert '<script src="/cabinet.js" type="text/plain"></script>' in head
    assert body.startswith(r"<body><script>dress('<\/script>');</script><main>")
    assert '<link fetchpriority="low" rel="modulepreload"' in head


def test_the_page_of_unknown_addresses_stands_without_react(exported: Path) -> None:
    finish_build.finish(exported)
    html = (exported / "404.html").read_text()
    assert "Нет такой страницы" in html
    assert html.endswith("<main>Нет такой страницы</main></body></html>")
    assert not any(
        word in html for word in ("modulepreload", "data-connection", "router()", "stream()", "import")
    )
    assert "theme()" in html
    assert not list(exported.glob("not-found*"))


def test_one_copy_of_each_page_is_kept(exported: Path) -> None:
    finish_build.finish(exported)
    assert {p.relative_to(exported).as_posix() for p in exported.rglob("*.html")} == {
        "index.html",
        "404.html",
        "login/index.html",
    }


def test_a_build_without_a_page_for_unknown_addresses_is_refused(exported: Path) -> None:
    (exported / "not-found/index.html").unlink()
    with pytest.raises(finish_build.BuildUnexpected):
        finish_build.finish(exported)


def test_a_page_without_its_style_sheet_is_refused(exported: Path) -> None:
    (exported / "index.html").write_text("<html><head></head><body></body></html>")
    with pytest.raises(finish_build.BuildUnexpected):
        finish_build.finish(exported)


def test_everything_that_gains_is_compressed_after_the_last_change(exported: Path) -> None:
    finish_build.finish(exported)
    for name in ("index.html", "assets/a-1.css"):
        raw = (exported / name).read_bytes()
        assert brotli.decompress((exported / f"{name}.br").read_bytes()) == raw
        assert gzip.decompress((exported / f"{name}.gz").read_bytes()) == raw
    assert not (exported / "tiny.svg.br").exists()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("requirements.txt", "rxconfig.py", "scripts/build.py", "scripts/finish_build.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    for name in (
        "cabinet/ui/pages/login.py",
        "cabinet/services/readings.py",
        "assets/a.css",
        "reflex.lock/bun.lock",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    return tmp_path


@pytest.mark.parametrize(
    "name", ["cabinet/ui/pages/login.py", "assets/a.css", "reflex.lock/bun.lock", "requirements.txt"]
)
def test_a_changed_source_asks_for_a_build(project: Path, name: str) -> None:
    before = build.source_hash(project)
    (project / name).write_text("y")
    assert build.source_hash(project) != before


def test_what_no_page_sees_asks_for_none(project: Path) -> None:
    before = build.source_hash(project)
    (project / "cabinet/services/readings.py").write_text("y")
    os.utime(project / "assets/a.css", (1, 1))
    assert build.source_hash(project) == before


def test_an_interrupted_build_is_not_taken_as_done(tmp_path: Path) -> None:
    (tmp_path / "abc-def.part").mkdir()
    assert build.current_build(tmp_path) is None
    (tmp_path / "current").write_text("abc-def\n")
    assert build.current_build(tmp_path) is None
    (tmp_path / "abc-def").mkdir()
    assert build.current_build(tmp_path) == tmp_path / "abc-def"
