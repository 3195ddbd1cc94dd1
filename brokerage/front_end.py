"""Copies the front-end files that the panels use from node_modules into static files: python -m brokerage.front_end.

The panels load nothing from another host, so each file has to lie here before collectstatic.
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "core" / "panel" / "static" / "vendor"
FONT_STYLES = ("Regular", "Medium", "SemiBold", "Bold", "Italic")
# Whole fonts, not those cut by unicode-range: WeasyPrint shows wrong glyphs with the latter.
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "chart.js/dist/chart.umd.js": "chart.umd.js",
    **{f"inter-ui/web/Inter-{style}.woff2": f"inter/Inter-{style}.woff2" for style in FONT_STYLES},
}
SOURCE_MAP = re.compile(r"(//[#@] sourceMappingURL=\S+)|(/\*# sourceMappingURL=[^*]*\*/)")


def copy_front_end(*, modules: Path, target: Path) -> list[Path]:
    """Copy every file of FILES from the folder `modules` to `target` and return the copies.

    Leaves out the pointers to source maps: hashed static files must not name what is not there. Raises
    FileNotFoundError where a package lacks its file.
    """
    copies = []
    for source, name in FILES.items():
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if copy.suffix == ".woff2":
            shutil.copyfile(modules / source, copy)
        else:
            copy.write_text(SOURCE_MAP.sub("", (modules / source).read_text(encoding="utf-8")), encoding="utf-8")
        copies.append(copy)
    return copies


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
