#!/usr/bin/env python3
"""Checks the links of the built site and of Markdown files: check_links.py SITE [FILE.md ...]

Each link inside must lead to a file that is there, with its anchor. Links to elsewhere are looked at, not followed: https, a host, no
space. A page must load nothing from elsewhere. First it checks a small site with one fault of each kind, and must find all.
"""

import re
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Attributes that make a browser fetch something.
LOADS = {("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("video", "src"), ("audio", "src")}
LOCAL_HOSTS = {"localhost", "127.0.0.1"}


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[tuple[str, bool]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids.update(values[name] for name in ("id", "name") if name in values and (name == "id" or tag == "a"))
        for name in ("href", "src"):
            if name not in values:
                continue
            relation = values.get("rel", "")
            loads = (tag, name) in LOADS or (tag == "link" and relation not in ("canonical", "prev", "next", "alternate"))
            self.links.append((values[name], loads))


def is_good_elsewhere(link: str) -> bool:
    parts = urlsplit(link)
    if parts.scheme == "mailto":
        return "@" in parts.path
    is_web = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL_HOSTS)
    return is_web and bool(parts.hostname) and not re.search(r"\s", link)


class Site:
    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.pages: dict[Path, Page] = {}

    def page(self, path: Path) -> Page:
        if path not in self.pages:
            self.pages[path] = Page(path.read_text(encoding="utf-8"))
        return self.pages[path]

    def fault_of(self, page: Path, link: str, loads: bool) -> str | None:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            if loads and parts.scheme != "data":
                return "is loaded from elsewhere"
            return None if is_good_elsewhere(link) else "is no good address"
        # The page of a missing address stands at every depth: its links begin at the root.
        base = self.root if parts.path.startswith("/") else page.parent
        target = (base / unquote(parts.path).lstrip("/")).resolve() if parts.path else page
        if target.is_dir():
            target /= "index.html"
        if not target.is_file():
            return "leads nowhere"
        if parts.fragment and target.suffix == ".html" and unquote(parts.fragment) not in self.page(target).ids:
            return "has an anchor that is not there"
        return None

    def faults(self) -> list[str]:
        found = []
        for page in sorted(self.root.rglob("*.html")):
            for link, loads in self.page(page).links:
                if fault := self.fault_of(page, link, loads):
                    found.append(f"{page.relative_to(self.root)}: {link} {fault}")
        return found


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", text))


def markdown_faults(path: Path) -> list[str]:
    bare = re.sub(r"```.*?```|`[^`]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = []
    for link in re.findall(r"\]\(([^)\s]+)\)", bare):
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            if not is_good_elsewhere(link):
                found.append(f"{path}: {link} is no good address")
            continue
        target = path.parent / unquote(parts.path) if parts.path else path
        if not target.exists():
            found.append(f"{path}: {link} leads nowhere")
        elif parts.fragment and target.suffix == ".md":
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), flags=re.MULTILINE)
            if parts.fragment not in {slug(one) for one in headings}:
                found.append(f"{path}: {link} has an anchor that is not there")
    return found


def control() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "a").mkdir()
        (root / "a" / "index.html").write_text('<h1 id="here">a</h1>', encoding="utf-8")
        (root / "index.html").write_text(
            '<a href="a/#here">good</a> <a href="https://example.org/x">good</a> <a href="a/#gone">1</a> <a href="b/">2</a>'
            ' <a href="http://example.org">3</a> <script src="https://cdn.example.org/x.js"></script> <a href="#gone">5</a>',
            encoding="utf-8",
        )
        (root / "x.md").write_text("# A b\n[good](#a-b) [6](#a-c) [7](y.md) [8](ftp://x)\n", encoding="utf-8")
        faults = Site(root).faults() + markdown_faults(root / "x.md")
        if len(faults) != 8:
            sys.exit(f"docs: of eight planted faults these were found: {faults}")


def main() -> None:
    control()
    site = Site(Path(sys.argv[1]))
    faults = site.faults() + [fault for file in sys.argv[2:] for fault in markdown_faults(Path(file))]
    links = sum(len(page.links) for page in site.pages.values())
    print("\n".join(faults) or f"docs: {len(site.pages)} pages, {links} links, none broken")
    sys.exit(bool(faults))


main()
