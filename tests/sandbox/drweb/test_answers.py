"""The answers' trees."""

from xml.etree import ElementTree

from sandbox.drweb.answers import ApiError, element, listing, written


def test_texts_are_escaped_in_xml_and_plain_in_json() -> None:
    tree = [listing("stations", [element("station", element("email", text="<a&b>"), name='"Кафе" & Co')])]
    xml = written(tree, now=1, server="s", as_json=False).body
    station = ElementTree.fromstring(xml).find("stations/station")
    assert station is not None
    assert (station.get("name"), station.findtext("email")) == ('"Кафе" & Co', "<a&b>")
    json = written(tree, now=1, server="s", as_json=True).body.decode()
    assert '{"name": "\\"Кафе\\" & Co", "email": "<a&b>"}' in json


def test_error_is_a_number_and_a_sentence_with_status_200() -> None:
    answer = written([], now=1, server="s", as_json=False, error=ApiError(36, "Station is not found"))
    assert answer.status == 200
    root = ElementTree.fromstring(answer.body)
    assert (root.get("status"), root.findtext("error/errno")) == ("false", "36")
