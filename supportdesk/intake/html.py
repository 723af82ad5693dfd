"""The words of an HTML mail. The markup itself is never shown to anybody, so it loads nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser

MOST = 2_000_000  # characters; Word writes a page in a tenth of that
SILENT = {"script", "style", "head", "title", "template", "noscript", "object", "svg"}
LINES = {
    *("p", "div", "br", "tr", "li", "ul", "ol", "table", "blockquote", "pre", "hr", "section"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "article", "header", "footer", "address", "center"),
}
PARAGRAPHS = {"p", "table", "blockquote", "h1", "h2", "h3", "ul", "ol"}
ODD = re.compile(r"<(?![a-zA-Z/!?])")  # Python's parser looks ahead from each of these
COMMENTS = re.compile(r"<!--.*?(?:-->|\Z)|<![^<>]*>|<\?[^<>]*>", re.DOTALL)


def words(markup: str) -> str:
    """As lines of text; quoted parts behind ">", cells apart by tabs, links with their address."""
    reader = _Reader()
    reader.feed(ODD.sub("&lt;", COMMENTS.sub("", markup[:MOST])))
    reader.close()
    return reader.result()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[list[str]] = [[]]
        self.depths: list[int] = [0]
        self.silent = 0
        self.quoted = 0
        self.link = ""
        self.link_from = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.silent += 1
        elif tag == "body":
            self.silent = 0  # whatever was left open before it
        elif tag == "a":
            self.link, self.link_from = dict(attrs).get("href") or "", len(self.lines[-1])
        elif tag in ("td", "th") and self.lines[-1]:
            self.lines[-1].append("\t")
        if tag in LINES:
            self._line(tag)
        if tag == "blockquote":
            self.quoted += 1
            self.depths[-1] = self.quoted

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag == "a":
            self._end_link()
        if tag == "blockquote":
            self.quoted = max(0, self.quoted - 1)
        if tag in LINES and tag not in ("br", "hr"):
            self._line(tag)

    def handle_data(self, data: str) -> None:
        if not self.silent and (said := re.sub(r"[ \t\r\n]+", " ", data)):
            before = self.lines[-1]
            self.lines[-1].append(said.lstrip(" ") if not before else said)

    def _end_link(self) -> None:
        shown = "".join(self.lines[-1][self.link_from :])
        address = self.link.strip()
        if address.startswith(("http://", "https://")) and address not in shown:
            self.lines[-1].append(f" <{address[:500]}>")
        self.link = ""

    def _line(self, tag: str) -> None:
        if any(part.strip() for part in self.lines[-1]) or tag == "br":
            self.lines.append([])
            self.depths.append(self.quoted)
        self.depths[-1] = self.quoted
        if tag in PARAGRAPHS and len(self.lines) > 1 and any(self.lines[-2]):
            self.lines.append([])
            self.depths.append(self.quoted)

    def result(self) -> str:
        lines = []
        for parts, depth in zip(self.lines, self.depths, strict=True):
            said = "".join(parts).replace("\xa0", " ").strip()
            lines.append(("> " * min(depth, 9) + said).rstrip())
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
