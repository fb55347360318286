"""Text tables as wide as their content. On a narrower terminal they fit without cutting anything."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from segctl.errors.visible import in_a_line

GAP, INDENT = 2, 2
# A wrapped column is never narrower than this, nor than its longest word, so keys stay whole. A column that may be left
# out may also break words longer than any of a language.
NARROWEST, LONGEST_WORD = 20, 40


@dataclass(frozen=True)
class Column:
    """A column: whether it holds numbers, whether its texts may wrap, and whether it may be left out."""

    title: str
    right: bool
    wraps: bool
    gives_way: bool


class Table:
    """Rows below their titles, one line per row if there is room.

    On a narrow terminal, optional columns are left out from the last to the first, and texts wrap. If that is still too
    wide, the first cell of a row gets its own line, then as many of the others as fit.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.rows: list[tuple[str, ...]] = []

    def add_row(self, *cells: str) -> None:
        """Adds a row of cells with rich markup. Line breaks in cells are shown as escapes."""
        self.rows.append(tuple(in_a_line(cell) for cell in cells))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        rows = [[console.render_str(cell) for cell in row] for row in self.rows]
        room = _Fitting(self.columns, rows, console)
        yield from room.lines(options.max_width if console.is_terminal else None)


def table(*titles: str) -> Table:
    """A table with these columns. A title's prefix says how the column may shrink:

    `>` numbers; `=` texts that may wrap; `~` texts that may wrap or be left out, the last column first. Other columns
    keep their width.
    """
    return Table(
        [Column(title.lstrip(">=~"), title[:1] == ">", title[:1] in ("=", "~"), title[:1] == "~") for title in titles]
    )


@dataclass(frozen=True)
class _Fitting:
    columns: Sequence[Column]
    rows: list[list[Text]]
    console: Console

    def lines(self, width: int | None) -> Iterator[Text]:
        """The table in `width` cells, or in its natural width for None."""
        every = range(len(self.columns))
        fitted = self._fitted(every, width)
        stacked = None if fitted is not None or width is None else self._fitted(every[1:], width - INDENT)
        if fitted is not None:
            yield from self._aligned(fitted)
            left_out = [self.columns[at].title for at in every if at not in fitted]
        elif stacked is not None:
            yield from self._aligned(stacked, stacked=True)
            left_out = [self.columns[at].title for at in every[1:] if at not in stacked]
        else:
            yield from (_line(piece) for row in self.rows for piece in self._record(row, width or 0))
            left_out = []
        if left_out:
            yield _line(Text(f"no room for: {', '.join(left_out)}", style="dim"))

    def _fitted(self, places: Sequence[int], width: int | None) -> dict[int, int] | None:
        """The width of each shown column, or None if the fixed columns do not fit."""
        natural = {at: max([self._title(at).cell_len, *(row[at].cell_len for row in self.rows)]) for at in places}
        if width is None:
            return natural
        least = {at: self._least(at, natural[at]) for at in places}
        kept = list(places)
        while _total(least[at] for at in kept) > width:
            giving = [at for at in kept if self.columns[at].gives_way]
            if not giving:
                return None
            kept.remove(giving[-1])
        spare = width - _total(least[at] for at in kept)
        for at in kept:
            extra = min(spare, natural[at] - least[at])
            least[at] += extra
            spare -= extra
        return {at: least[at] for at in kept}

    def _least(self, at: int, natural: int) -> int:
        """The smallest width of a column."""
        if not self.columns[at].wraps:
            return natural
        word = max((Text(word).cell_len for row in self.rows for word in row[at].plain.split(" ")), default=0)
        word = min(word, LONGEST_WORD) if self.columns[at].gives_way else word
        return min(natural, max(word, NARROWEST, self._title(at).cell_len))

    def _aligned(self, widths: dict[int, int], stacked: bool = False) -> Iterator[Text]:
        """Titles and rows in columns of these widths. If `stacked`, below a line with the first cell."""
        titles = [self._title(at) for at in range(len(self.columns))]
        for row in [titles, *self.rows]:
            if stacked:
                yield _line(row[0])
            yield from self._row(row, widths, " " * INDENT if stacked else "")

    def _row(self, row: Sequence[Text], widths: dict[int, int], before: str) -> Iterator[Text]:
        cells = {at: self._wrapped(row[at], width, at) for at, width in widths.items()}
        for number in range(max((len(cell) for cell in cells.values()), default=0)):
            line = Text(before)
            for at, width in widths.items():
                part = cells[at][number] if number < len(cells[at]) else Text()
                blanks = " " * (width - part.cell_len)
                line.append(blanks if self.columns[at].right else "").append_text(part)
                line.append("" if self.columns[at].right else blanks).append(" " * GAP)
            line.rstrip()
            yield _line(line)

    def _wrapped(self, cell: Text, width: int, at: int) -> list[Text]:
        if not self.columns[at].wraps or cell.cell_len <= width:
            return [cell]
        return list(cell.wrap(self.console, width, overflow="fold"))

    def _record(self, row: Sequence[Text], width: int) -> Iterator[Text]:
        """A row as its first cell, with titled values below, as many per line as fit."""
        yield row[0]
        line = Text()
        for column, cell in zip(self.columns[1:], row[1:], strict=True):
            if not cell.plain:
                continue
            piece = Text.assemble((f"{column.title} " if column.title else "", "dim"), cell)
            if line.plain and line.cell_len + GAP + piece.cell_len > width:
                yield line
                line = Text()
            line.append(" " * (GAP if line.plain else INDENT)).append_text(piece)
        if line.plain:
            yield line

    def _title(self, at: int) -> Text:
        return Text(self.columns[at].title, style="bold")


def _total(widths: Iterable[int]) -> int:
    listed = list(widths)
    return sum(listed) + GAP * (len(listed) - 1)


def _line(text: Text) -> Text:
    """A text that is neither wrapped nor cut."""
    text.no_wrap, text.overflow = True, "ignore"
    return text
