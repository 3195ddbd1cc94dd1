"""SQL functions that take texts apart into the words they are searched by (core/lists/search.py asks the same way)."""

from django.db import migrations

# Lower case, ё as е. A piece between blanks is a word as it stands (a domain, an e-mail, a vendor's id), and so are
# its parts, except those of a GUID, which nobody searches by; and so are the letters that a part begins with (the
# "office" of office365), because beginnings are looked up among the words that are letters only.
LIST_WORDS = r"""
CREATE FUNCTION list_words(source text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT left(word, 60)), ARRAY[]::text[])
      FROM (
        SELECT btrim(piece, '.,;:!?"''`«»„“”‘’()[]{}<>/\|*&@#%+=~^-_–—…') AS word
          FROM regexp_split_to_table(translate(lower(source), 'ё', 'е'), '\s+') AS piece
        UNION ALL
        SELECT unnest(ARRAY[part, substring(part FROM '^[[:alpha:]]{4,}')])
          FROM regexp_split_to_table(translate(lower(source), 'ё', 'е'), '\s+') AS piece,
               regexp_split_to_table(piece, '[^[:alnum:]]+') AS part
         WHERE piece ~ '[^[:alpha:]]' AND piece !~ '[0-9a-f]{8}-[0-9a-f]{4}-'
      ) AS words
     WHERE word <> ''
$$;

-- Words that people mistype: letters only.
CREATE FUNCTION is_plain_word(word text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT length(word) BETWEEN 4 AND 30 AND word !~ '[^[:alpha:]]'
$$;

-- The word itself and the word without each one of its letters.
CREATE FUNCTION word_variants(word text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT word
    UNION
    SELECT substr(word, 1, place - 1) || substr(word, place + 1) FROM generate_series(1, length(word)) AS place
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("lists", "0001_initial")]

    operations = [
        migrations.RunSQL(
            LIST_WORDS,
            "DROP FUNCTION list_words(text); DROP FUNCTION is_plain_word(text); DROP FUNCTION word_variants(text);",
        )
    ]
