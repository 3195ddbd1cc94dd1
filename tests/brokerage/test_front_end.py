"""The front-end files are copied whole, without pointers to what is not there."""

import pytest

from brokerage.front_end import FILES, copy_front_end


def test_every_file_is_copied_without_its_source_map(tmp_path):
    for source in FILES:
        path = tmp_path / "node_modules" / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\x00font" if path.suffix == ".woff2" else b"a{b:c}\n/*# sourceMappingURL=a.css.map */\n")
    copies = copy_front_end(modules=tmp_path / "node_modules", target=tmp_path / "static")
    assert [copy.relative_to(tmp_path / "static").as_posix() for copy in copies] == list(FILES.values())
    contents = {copy.suffix: copy.read_bytes() for copy in copies}
    assert contents == {".css": b"a{b:c}\n\n", ".js": b"a{b:c}\n\n", ".woff2": b"\x00font"}


def test_a_package_that_lacks_its_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"tabler\.min\.css"):
        copy_front_end(modules=tmp_path, target=tmp_path / "static")
