"""The pages of the documentation and the blocks of code in them."""

from __future__ import annotations

from typing import NamedTuple

from conftest import REPOSITORY
from markdown_it import MarkdownIt

_GLOBS = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/*.md",
    "bindings/*/README.md",
    "data/*/README.md",
]
# What integrations/*/README.md show runs in integrations/*/test.sh, which install what it takes;
# the build of the site checks their links.


class Block(NamedTuple):
    page: str
    """Its path in the repository."""
    line: int
    kind: str
    """The word after the fence; "" for what the block before it prints."""
    text: str

    @property
    def where(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[str]:
    found = [path for pattern in _GLOBS for path in sorted(REPOSITORY.glob(pattern))]
    return [path.relative_to(REPOSITORY).as_posix() for path in found]


def links(page: str) -> list[str]:
    tokens = MarkdownIt().enable("table").parse((REPOSITORY / page).read_text(encoding="utf-8"))
    inner = [child for token in tokens for child in token.children or []]
    targets = [str(token.attrs.get("href", token.attrs.get("src", ""))) for token in inner]
    return [target for target in targets if target]


def blocks(page: str) -> list[Block]:
    tokens = MarkdownIt().parse((REPOSITORY / page).read_text(encoding="utf-8"))
    found = []
    for token in tokens:
        assert token.type != "code_block", (
            f"{page}:{token.map}: code needs a fence, which says what it is"
        )
        if token.type == "fence":
            line = token.map[0] + 1 if token.map else 0
            found.append(Block(page, line, token.info.strip(), token.content))
    return found
