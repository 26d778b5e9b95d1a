"""Static SVG plots, drawn by pygal: no script, no style of their own, a text for who cannot see them.

Only what the page's stylesheet cannot say stands in the SVG, so that light, dark and print are one drawing.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pygal
from markupsafe import Markup
from pygal.etree import etree
from pygal.style import Style

# pygal leaves a finder of Python 2 among the importers, which has no `find_spec`.
sys.meta_path[:] = [finder for finder in sys.meta_path if hasattr(finder, "find_spec")]
etree.to_etree()  # lxml where it is installed would write the same drawing otherwise

WIDTH = 440
HEIGHT = 250
ROW = 30
FRAME = 64
NOT_DRAWN = ("script", "style", "desc", "title")
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing with its title, what it shows, and the same in words."""

    title: str
    meaning: str
    alternative: str
    svg: Markup


@dataclass(frozen=True, slots=True)
class Dot:
    """A value with its interval, where it has one; `kind` is the place of its arm's colour."""

    label: str
    kind: int
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """A named series; `marked` are the numbers of the points that get a dot."""

    name: str
    points: Sequence[Point]
    marked: frozenset[int] = frozenset()


def intervals(
    title: str,
    meaning: str,
    dots: Sequence[Dot],
    write: Callable[[float], str],
    most: float | None = None,
) -> Plot:
    """One row a dot, from above, with its interval as a whisker; the axis goes from 0 to `most` at least."""
    ends = [end for dot in dots for end in (dot.value, dot.low, dot.high) if end is not None]
    chart = _chart(
        pygal.HorizontalLine,
        height=FRAME + ROW * len(dots),
        stroke=False,
        show_legend=False,
        dots_size=5,
        range=(min(0.0, *ends), max(most or 0.0, *ends) or 1.0),
        value_formatter=write,
        x_labels_major_count=3,  # of the values: pygal turns the axes of a horizontal chart
        show_minor_x_labels=False,
    )
    chart.x_labels = [dot.label for dot in dots]
    for kind in range(max(dot.kind for dot in dots) + 1):
        chart.add(str(kind), [_whisker(dot) if dot.kind == kind else None for dot in dots])
    told = "; ".join(_in_words(dot, write) for dot in dots)
    return _plot(chart, title, meaning, f"{title}: {told}", "rows")


def lines(
    title: str,
    meaning: str,
    series: Sequence[Line],
    axes: tuple[str, str],
    writers: tuple[Callable[[float], str], Callable[[float], str]],
    lowest: float | None = None,
) -> Plot:
    """Lines over a numeric axis; `axes` and `writers` are those of x and y; y begins at `lowest` or below it."""
    write_x, write_y = writers
    heights = [y for line in series for _, y in line.points]
    chart = _chart(
        pygal.XY,
        show_legend=len(series) > 1,
        x_title=axes[0],
        y_title=axes[1],
        range=(min(heights) if lowest is None else min(lowest, *heights), max(heights)),
        x_value_formatter=write_x,
        value_formatter=write_y,
        y_labels_major_count=3,
        show_minor_y_labels=False,
    )
    chart.x_labels = _ends_and_middle([x for line in series for x, _ in line.points])
    for line in series:
        chart.add(line.name, [_point(line, at) for at in range(len(line.points))])
    told = "; ".join(
        f"{line.name} from {write_y(line.points[0][1])} at {write_x(line.points[0][0])} "
        f"to {write_y(line.points[-1][1])} at {write_x(line.points[-1][0])}"
        for line in series
    )
    return _plot(chart, title, meaning, f"{title}: {told}", "curves")


def bars(
    title: str, meaning: str, counts: Sequence[tuple[str, float]], write: Callable[[float], str]
) -> Plot:
    """One bar a name."""
    every = -(-len(counts) // 8)
    chart = _chart(
        pygal.Bar,
        show_legend=False,
        value_formatter=write,
        range=(0, max(count for _, count in counts) or 1),
        y_labels_major_count=3,
        show_minor_y_labels=False,
        spacing=10,
    )
    chart.x_labels = [name if at % every == 0 else "" for at, (name, _) in enumerate(counts)]
    chart.add("", [count for _, count in counts])
    told = "; ".join(f"{name}: {write(count)}" for name, count in counts)
    return _plot(chart, title, meaning, f"{title}: {told}")


def _chart(kind: Callable[..., Any], height: int = HEIGHT, **options: Any) -> Any:
    # The sizes only make room: the page's stylesheet says the same ones.
    style = Style(
        label_font_size=12, major_label_font_size=12, legend_font_size=12, title_font_size=12
    )
    return kind(
        width=WIDTH,
        height=height,
        js=(),
        style=style,
        margin=8,
        margin_right=22,  # the last label is centred on the frame's edge
        legend_at_bottom=True,
        legend_box_size=9,
        truncate_legend=-1,
        truncate_label=-1,
        **options,
    )


def _ends_and_middle(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    return sorted({low, low + (high - low) / 2, high})


def _whisker(dot: Dot) -> dict[str, Any]:
    if dot.low is None or dot.high is None:
        return {"value": dot.value}
    return {"value": dot.value, "ci": {"low": dot.low, "high": dot.high}}


def _point(line: Line, at: int) -> dict[str, Any]:
    return {"value": line.points[at], "node": {"r": 5 if at in line.marked else 0}}


def _in_words(dot: Dot, write: Callable[[float], str]) -> str:
    said = f"{dot.label} {write(dot.value)}"
    if dot.low is None or dot.high is None:
        return said
    return f"{said} ({write(dot.low)} to {write(dot.high)})"


def _plot(chart: Any, title: str, meaning: str, alternative: str, kind: str = "") -> Plot:
    root = chart.render_tree()
    _strip(root)
    root.attrib.pop("id", None)
    root.set("class", f"drawn {kind}".strip())
    root.set("role", "img")
    root.set("aria-label", alternative)
    text = etree.tostring(root, encoding="unicode")
    return Plot(title, meaning, alternative, Markup(text))  # noqa: S704 - pygal escapes every text


def _strip(node: Any) -> None:
    """Take out what a page without scripts has no use for, and what pygal says about itself."""
    for child in list(node):
        if not isinstance(child.tag, str) or child.tag in NOT_DRAWN or _is_tooltip(child):
            node.remove(child)
        else:
            _strip(child)


def _is_tooltip(node: Any) -> bool:
    return "tooltip-overlay" in node.get("class", "")
