"""Inputs of a plugin: which are secret, and how an uploaded file is kept."""

import pytest

from vendors.fields import Field, FieldKind, content_of, packed


def test_secrets_and_files_are_kept_as_secrets_and_nothing_else_is() -> None:
    secret = {kind for kind in FieldKind if Field("key", "Key", kind).is_secret}
    assert secret == {FieldKind.SECRET, FieldKind.FILE}


@pytest.mark.parametrize("content", [b"-----BEGIN PRIVATE KEY-----\n", bytes(range(256)), b""])
def test_file_is_kept_whole(content: bytes) -> None:
    assert content_of(packed(content)) == content


def test_text_that_is_no_file_is_refused() -> None:
    with pytest.raises(ValueError, match="no file"):
        content_of("-----BEGIN PRIVATE KEY-----")
