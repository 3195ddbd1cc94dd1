"""The front-end files: styles and scripts without pointers to what is not there, fonts with our letters only."""

import shutil

import pytest
from django.conf import settings
from fontTools.ttLib import TTFont

from brokerage.front_end import FILES, FONTS, copy_front_end

MODULES = settings.BASE_DIR / "node_modules"
# The panels' two languages, the addresses of Poland and Kazakhstan, currencies, and signs of the panels themselves.
WRITTEN = "Aa Zz Ёё Щщ Ąą Łł ẞ ß Ққ Ңң Ұұ Іі Ғғ Өө Һһ 0123456789 $ € ₽ ₸ ₴ « » „ “ ” – — … • № ≈ − ← → ↑ ↓ ↗ ✓ ‹ ›"


def test_every_file_is_copied_without_its_source_map_and_fonts_have_our_letters(tmp_path):
    for source in FILES:
        path = tmp_path / "node_modules" / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a{b:c}\n/*# sourceMappingURL=a.css.map */\n")
    for source in FONTS:
        path = tmp_path / "node_modules" / source
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, path)
    copies = copy_front_end(modules=tmp_path / "node_modules", target=tmp_path / "static")
    names = [copy.relative_to(tmp_path / "static").as_posix() for copy in copies]
    assert names == [*FILES.values(), *FONTS.values()]
    for copy in copies:
        if copy.suffix != ".woff2":
            assert copy.read_bytes() == b"a{b:c}\n\n"
            continue
        font = TTFont(copy)
        lacking = {letter for letter in WRITTEN.replace(" ", "") if ord(letter) not in font.getBestCmap()}
        assert lacking == set(), copy
        assert font.flavor == "woff2"
        assert copy.stat().st_size < 50_000, copy


def test_a_package_that_lacks_its_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"tabler\.min\.css"):
        copy_front_end(modules=tmp_path, target=tmp_path / "static")
