"""The growth curves of the page, as SVG: the same figures give the same bytes."""

import io
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
from document import FAMILIES
from figures import Figures
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

__all__ = ["drawn"]

_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none", "svg.hashsalt": "proposer", "font.family": "sans-serif", "font.size": 10,
    "text.parse_math": False, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True,
    "grid.color": "#dddddd", "grid.linewidth": 0.6, "axes.axisbelow": True, "legend.frameon": False,
    "figure.constrained_layout.use": True,
}  # fmt: skip
_COLOURS = {"metrics": "#1f6f8b", "audit": "#c0561a", "report": "#5b3f8c"}
_STYLES = {"first": "-", "again": "--"}


def drawn(figures: Figures) -> dict[str, str]:
    """Return each picture by its file's name."""
    with mpl.rc_context(_SETTINGS):
        return {
            "records.svg": _svg(1, (7.0, 3.6), lambda axes: _records(axes[0], figures)),
            "texts.svg": _svg(len(FAMILIES), (10.0, 3.4), lambda axes: _texts(axes, figures)),
        }


def _svg(parts: int, size: tuple[float, float], draw: Callable[[Any], None]) -> str:
    figure = Figure(figsize=size, facecolor="white")
    FigureCanvasSVG(figure)
    draw(figure.subplots(1, parts, squeeze=False)[0])
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return "".join(f"{line.rstrip()}\n" for line in stream.getvalue().splitlines())


def _records(axes: Any, figures: Figures) -> None:
    for (name, when), taken in figures.archive.items():
        axes.plot(figures.records, [one.processor for one in taken], _STYLES[when], color=_COLOURS[name], marker="o",
                  markersize=3.5, linewidth=1.6, label=f"{name}, {when}")  # fmt: skip
    axes.set(xlabel="records", ylabel="processor seconds", xlim=(0, None), ylim=(0, None))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.legend(loc="upper left")


def _texts(axes: Any, figures: Figures) -> None:
    for part, (family, what) in zip(axes, FAMILIES.items(), strict=True):
        for curve in figures.curves[family]:
            part.plot([size / 1e6 for size in figures.sizes[family]], curve.seconds, color="#1f6f8b", alpha=0.35,
                      linewidth=1)  # fmt: skip
        part.set(title=what, xlabel="million characters", xlim=(0, None), ylim=(0, None))
    axes[0].set_ylabel("processor seconds")
