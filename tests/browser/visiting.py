"""Visits to pages in Chromium: what goes wrong in them is written down."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Playwright, Request, Response

from tests.browser.site import Found

CHROMIUM = Path("/usr/bin/chromium")
PHONE, DESK = 360, 1440
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_HEIGHTS = {PHONE: 740, 768: 1024, DESK: 900}
_IN_PAGE = Path(__file__).parent / "in_page"
_NOWHERE = "http://127.0.0.1:9"
"""A proxy that is not there: whatever is not asked of this machine fails."""
LOCALES = {"nl": "nl-BE", "en": "en-GB"}


def launch(playwright: Playwright) -> Browser:
    """Chromium as Debian has it, that reaches this machine and nothing else."""
    return playwright.chromium.launch(
        executable_path=CHROMIUM,
        proxy={"server": _NOWHERE, "bypass": "127.0.0.1"},
        chromium_sandbox=False,
        args=["--disable-gpu", "--disable-background-networking", "--force-color-profile=srgb"],
    )


@dataclass
class Visit:
    """A page that is open.

    Attributes:
        page: what Playwright has of it.
        faults: what went wrong since it was opened.
    """

    page: Page
    faults: list[str] = field(default_factory=list)

    def run(self, name: str, argument: object = None) -> Any:
        """What a function of ``in_page/`` finds."""
        script = (_IN_PAGE / f"{name}.js").read_text(encoding="utf-8")
        return self.page.evaluate(script, argument)

    def look(self, *, width: int = DESK, scheme: Literal["light", "dark"] = "light") -> None:
        """Makes the window so wide, and light or dark."""
        self.page.set_viewport_size({"width": width, "height": _HEIGHTS.get(width, 900)})
        self.page.emulate_media(color_scheme=scheme)


@dataclass
class Visitor:
    """Somebody who opens pages, one after the other.

    Attributes:
        browser: the browser.
        url: where the site is, without the slash.
    """

    browser: Browser
    url: str
    _open: dict[tuple[str, bool], Visit] = field(default_factory=dict)

    def open(self, where: str | Found, language: str = "nl", *, scripts: bool = True, expected: int = 200) -> Visit:
        """Opens a page.

        Args:
            where: its path and query, or the page as it was found.
            language: what the browser prefers.
            scripts: whether they run.
            expected: the status of the answer.
        """
        address = where if isinstance(where, str) else where.address
        if isinstance(where, Found):
            language, expected = where.language, where.status
        visit = self._window(language, scripts)
        visit.faults.clear()
        answer = visit.page.goto(f"{self.url}{address}", wait_until="load")
        if scripts:
            # The query editor comes in parts: a page is loaded for the browser before the last of them is there.
            visit.page.wait_for_function("() => !document.querySelector('[data-does=keys][hidden]')")
        # What came in a moment after it was loaded is heard before this is answered.
        visit.page.title()
        got = answer.status if answer else 0
        if got != expected:
            visit.faults.append(f"status {got}")
        if expected >= 400:
            # Chromium notes the page's own status as an error.
            visit.faults[:] = [fault for fault in visit.faults if f"status of {expected}" not in fault]
        return visit

    @contextmanager
    def alone(self, language: str = "nl", **options: Any) -> Iterator[Visit]:
        """A window of one's own, with options of Playwright's for its context."""
        context = self._context(language, **options)
        try:
            yield self._listened(context.new_page())
        finally:
            context.close()

    def close(self) -> None:
        """Closes all windows."""
        for visit in self._open.values():
            visit.page.context.close()
        self._open.clear()

    def _window(self, language: str, scripts: bool) -> Visit:
        key = (language, scripts)
        if key not in self._open:
            self._open[key] = self._listened(self._context(language, java_script_enabled=scripts).new_page())
        visit = self._open[key]
        visit.look()
        return visit

    def _context(self, language: str, **options: Any) -> BrowserContext:
        # What moves would be judged half-way.
        chosen: dict[str, Any] = {
            "reduced_motion": "reduce",
            "viewport": {"width": DESK, "height": _HEIGHTS[DESK]},
            "locale": LOCALES[language],
        } | options
        context = self.browser.new_context(**chosen)
        context.set_default_timeout(10_000)
        return context

    def _listened(self, page: Page) -> Visit:
        visit = Visit(page)
        faults = visit.faults

        def said(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                faults.append(f"console: {message.text}")

        def asked(request: Request) -> None:
            if not request.url.startswith((f"{self.url}/", "data:", "blob:", "about:")):
                faults.append(f"asked another host: {request.url}")

        def answered(response: Response) -> None:
            if response.status >= 400 and not response.request.is_navigation_request():
                faults.append(f"status {response.status}: {response.url}")

        def dismissed(dialog: Dialog) -> None:
            faults.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        page.on("console", said)
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("request", asked)
        page.on("response", answered)
        page.on("dialog", dismissed)
        return visit
