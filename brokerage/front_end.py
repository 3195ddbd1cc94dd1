"""Brings the front-end files that the panels use from node_modules into static files: python -m brokerage.front_end.

The panels load nothing from another host, so each file has to lie here before collectstatic.
"""

import re
import sys
from pathlib import Path

from fontTools import subset

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "core" / "panel" / "static" / "vendor"
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
}
# Two weights, each one file: pieces that a browser picks by unicode-range are shown wrongly by WeasyPrint.
FONTS = {f"inter-ui/web/Inter-{style}.woff2": f"inter/Inter-{style}.woff2" for style in ("Regular", "SemiBold")}
# What Latin (with Vietnamese) and Cyrillic (with Kazakh) are written with, currencies, and the panels' own signs.
LETTERS = (
    "0000-00FF,0100-017F,0218-021B,02C6-02DC,0300-0304,0400-052F,1E00-1EFF,2000-206F,2070-209F,20A0-20C0,"
    "2100-2122,2150-215F,2190-2199,2200-2265,25A0-25FF,2700-2718"
)
# Marks where they belong, figures of one width, and the shapes that panel.css asks for.
SHAPES = ("kern", "mark", "mkmk", "ccmp", "locl", "calt", "tnum", "cv05", "ss03")
SOURCE_MAP = re.compile(r"(//[#@] sourceMappingURL=\S+)|(/\*# sourceMappingURL=[^*]*\*/)")


def copy_front_end(*, modules: Path, target: Path) -> list[Path]:
    """Bring every file of FILES and FONTS from the folder `modules` to `target` and return the copies.

    Leaves out the pointers to source maps: hashed static files must not name what is not there. Raises
    FileNotFoundError where a package lacks its file.
    """
    copies = []
    for source, name in FILES.items():
        copy = _place(target / name)
        copy.write_text(SOURCE_MAP.sub("", (modules / source).read_text(encoding="utf-8")), encoding="utf-8")
        copies.append(copy)
    for source, name in FONTS.items():
        copies.append(cut_font(modules / source, _place(target / name)))
    return copies


def cut_font(source: Path, target: Path) -> Path:
    """Write the font with no other letters than LETTERS (2.5 times smaller), as WOFF2; return where it lies.

    Raises FileNotFoundError where there is no such font.
    """
    options = subset.Options(flavor="woff2", layout_features=list(SHAPES), hinting=False)
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=subset.parse_unicodes(LETTERS))
    cutter.subset(font)
    subset.save_font(font, str(target), options)
    return target


def _place(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def main() -> int:
    """Copy from the checkout's node_modules; return the exit code."""
    try:
        copy_front_end(modules=ROOT / "node_modules", target=TARGET)
    except FileNotFoundError as error:
        print(f"{error.filename} is missing: run make front-end again", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
