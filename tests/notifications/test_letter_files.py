"""Letters as files: named so that one finds them, whole when they are there."""

from django.core.mail import EmailMultiAlternatives

from notifications.letter_files import EmailBackend


def test_a_letter_is_one_file_named_by_its_reader_and_subject(tmp_path):
    letter = EmailMultiAlternatives("Вас приглашают в Acme", "Здравствуйте", to=["ann@example.com"])
    letter.attach_alternative("<p>Здравствуйте</p>", "text/html")
    assert EmailBackend(file_path=tmp_path).send_messages([letter, letter]) == 2
    first, second = sorted(tmp_path.iterdir())
    assert first != second
    assert first.name.endswith("-annexamplecom-вас-приглашают-в-acme.eml")
    assert first.read_bytes() == letter.message().as_bytes() or b"text/html" in first.read_bytes()
