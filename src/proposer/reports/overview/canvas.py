"""What charts are drawn on: Matplotlib without a word of its own, and SVG that stands inside of the page.

The colours are the page's, text is text, and the same drawing gives the same bytes. It is imported here alone, and only
when a page is made.
"""

import contextlib
import io
import logging
import os
import re
import tempfile
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from proposer.inputs.workspace import cache_folder

__all__ = ["ACCENT", "BAD", "GOOD", "GRID", "INK", "SOFT", "WARN", "canvas", "svg"]

INK, GRID, GOOD, WARN, BAD, SOFT, ACCENT = (f"#0{number}0f0e" for number in range(1, 8))
_VARIABLES = dict(
    zip((INK, GRID, GOOD, WARN, BAD, SOFT, ACCENT), ("ink", "grid", "good", "warn", "bad", "soft", "accent"),
        strict=True)
)  # fmt: skip
"""Colours that occur in no other place: the page puts its own there, which differ in light and dark."""
_WIDTH = 5.0
_RC: dict[Any, Any] = {
    "svg.fonttype": "none", "svg.hashsalt": "proposer", "font.family": "sans-serif", "font.size": 10,
    "text.parse_math": False, "axes.edgecolor": GRID, "axes.labelcolor": INK, "text.color": INK,
    "xtick.color": INK, "ytick.color": INK, "grid.color": GRID, "axes.spines.top": False,
    "axes.spines.right": False, "axes.axisbelow": True, "legend.frameon": False, "figure.constrained_layout.use": True,
}  # fmt: skip


@contextlib.contextmanager
def canvas() -> Iterator[Callable[..., Any]]:
    """Yield what makes a figure of a height in inches; Matplotlib keeps its cache among this library's."""
    folder = cache_folder()
    with tempfile.TemporaryDirectory(prefix="proposer-charts-") as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a font lacks a character says nothing: the reader's fonts draw it
        home = str(folder / "matplotlib") if folder and os.access(folder, os.W_OK) else scratch
        before, os.environ["MPLCONFIGDIR"] = os.environ.get("MPLCONFIGDIR"), home
        logger, level = logging.getLogger("matplotlib"), logging.getLogger("matplotlib").level
        logger.setLevel(logging.CRITICAL)
        try:
            import matplotlib as mpl  # noqa: PLC0415 - half a second that no other task needs
            from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
            from matplotlib.figure import Figure  # noqa: PLC0415

            def figure(height: float) -> Any:
                made = Figure(figsize=(_WIDTH, height), facecolor="none")
                FigureCanvasSVG(made)
                return made

            with mpl.rc_context(_RC):
                yield figure
        finally:
            logger.setLevel(level)
            if before is None:
                del os.environ["MPLCONFIGDIR"]
            else:
                os.environ["MPLCONFIGDIR"] = before


def svg(name: str, figure: Any, draw: Callable[[Any], None]) -> str:
    """Return the `svg` element of a chart; ids are its own, since several stand in one page."""
    draw(figure.add_subplot())
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"(?s)<metadata>.*?</metadata>|<style [^>]*>.*?</style>", "", text)
    text = re.sub(r'(\bid="|url\(#|xlink:href="#)', rf"\g<1>{name}-", text)
    text = re.sub(
        r'<svg [^>]*?viewBox="([^"]*)"[^>]*>', r'<svg viewBox="\1" aria-hidden="true" focusable="false">', text
    )
    text = text.replace("xlink:href", "href")
    for colour, variable in _VARIABLES.items():
        text = text.replace(colour, f"var(--{variable})")
    return text.strip()
