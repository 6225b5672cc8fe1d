"""What must never happen on a page: an error in the console, a failing request, an error box. Noted as it happens."""

import re
from urllib.parse import urlparse

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

# Streamlit's client does not know where its server's root is: opened at /inside it asks below /inside first, gets a 404
# for these two resources, and then asks at the root. Chromium prints both to the console.
PROBES = re.compile(r"/[a-z_]+/_stcore/(health|host-config)")
# A reload cancels the requests that are under way; nothing failed.
CANCELLED = "net::ERR_ABORTED"
NOTE_ERROR_BOXES = """
new MutationObserver(() => {
  const box = document.querySelector("[data-testid=stException], [data-testid=stAlertContentError]");
  if (box && !box.noted) {
    box.noted = true;
    noteErrorBox(box.innerText);
  }
}).observe(document, {childList: true, subtree: true});
"""


class Watch:
    """The faults of all pages of a browser context."""

    def __init__(self, context: BrowserContext) -> None:
        self.faults: list[str] = []
        context.expose_function("noteErrorBox", lambda text: self.faults.append(f"error box: {text}"))
        context.add_init_script(NOTE_ERROR_BOXES)
        context.on("page", self._follow)

    def _follow(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        page.on("console", self._console)
        page.on("response", self._response)
        page.on("requestfailed", self._failed)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _is_probe(message.location["url"]):
            self.faults.append(f"console: {message.text} ({message.location['url']})")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and not _is_probe(response.url):
            self.faults.append(f"{response.status}: {response.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != CANCELLED:
            self.faults.append(f"{request.failure}: {request.url}")


def _is_probe(address: str) -> bool:
    return bool(PROBES.fullmatch(urlparse(address).path))
