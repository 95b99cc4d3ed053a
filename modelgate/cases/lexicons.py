"""Lists of words that fill the slots of templates: a text file each, a word or phrase a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from modelgate.errors import UsageError, did_you_mean
from modelgate.escape import shown

OWN = Path(__file__).parent / "lexicons"
FOLDER = "lexicons"
"""Beside a file of cases: its project's own lists, taken before ours."""
MOST_BYTES = 1 << 20


@dataclass(slots=True)
class Lexicons:
    """The lists that the templates of one file may name.

    Attributes:
        folder: of the file of cases.
        files: of the project, that were read so far.
    """

    folder: Path
    files: list[Path] = field(default_factory=list)

    def words(self, name: str) -> tuple[str, ...]:
        """The words of a list, each once.

        Raises:
            UsageError: MG2147, there is no such list; MG2148, it is empty, or no text.
        """
        path = self.folder / FOLDER / f"{name}.txt"
        theirs = path.is_file()
        if not theirs:
            path = OWN / f"{name}.txt"
        if not path.is_file():
            raise UsageError(
                "MG2147",
                f"no lexicon is called {shown(name)}; {did_you_mean(name, self.names())}",
                hint=f"give its words in `words: {{{name}: [...]}}`, or a line each in"
                f" {FOLDER}/{name}.txt beside the file",
            )
        if theirs and path not in self.files:
            self.files.append(path)
        found = _lines(path)
        if not found:
            raise UsageError("MG2148", f"the lexicon {shown(str(path))} holds no word")
        return found

    def names(self) -> Sequence[str]:
        """All lists there are."""
        folders = (self.folder / FOLDER, OWN)
        return sorted({path.stem for folder in folders for path in folder.glob("*.txt")})


def _lines(path: Path) -> tuple[str, ...]:
    """The lines that are neither empty nor a comment."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8"
        raise UsageError("MG2148", f"the lexicon {shown(str(path))}: {reason}") from error
    if len(content) > MOST_BYTES:
        raise UsageError("MG2148", f"the lexicon {shown(str(path))} is larger than 1 MiB")
    lines = (line.strip() for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line and not line.startswith("#")))
