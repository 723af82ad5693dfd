"""What axe finds serious: words without contrast, fields without names, heads out of order."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def serious(page: Page) -> list[str]:
    """In a window of its own: axe injects styles, which the policy blocks aloud."""
    aside = page.context.new_page()
    aside.goto(page.url)
    found = seen_in(aside)
    aside.close()
    return found


def seen_in(page: Page) -> list[str]:
    """In this very window, to whose console nobody listens any more."""
    found = Axe().run(page, options={"preload": False}).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
