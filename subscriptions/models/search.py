"""How subscriptions are found and sorted among a million: words kept by triggers, an index for each sort."""

from django.db import models
from django.db.models.functions import Lower

from core.lists.models import WordVariant
from core.lists.sorting import DAY, sort_expressions

# The words of a subscription: its id, names, the domains and ids that the vendor told, and what was asked for.
# Statements that insert or update many rows pass here too; list_words is made by core/lists/migrations/0001.
GATHER_WORDS = """
    NEW.search_vector = array_to_tsvector(list_words(concat_ws(' ',
        NEW.id, NEW.name, NEW.account_name, NEW.plan_name,
        (SELECT string_agg(left(value #>> '{}', 200), ' ')
           FROM jsonb_path_query(jsonb_build_array(
             jsonb_path_query_array(NEW.attributes, '$.*.value'), NEW.parameters, NEW.vendor_ids
           ), 'strict $.**') AS value
          WHERE jsonb_typeof(value) = 'string'),
        (SELECT string_agg(vendor_reference, ' ')
           FROM subscriptions_subscriptionresource WHERE subscription_id = NEW.id)
    )));
    RETURN NEW;
"""

# New words are remembered without a unique constraint: two transactions that bring the same word never wait for each
# other, and a word that stands there twice harms nobody. Planned anew for each row: a plan made while few words are
# known reads them all for every row, when a statement brings many. A row whose words stay costs nothing this way; a
# trigger of the statement would keep a copy of every row that the night moves.
REMEMBER_WORDS = """
    EXECUTE $words$
        INSERT INTO subscriptions_subscriptionword (word, variant)
        SELECT word, word_variants(word)
          FROM unnest(tsvector_to_array($1)) AS word
         WHERE is_plain_word(word)
           AND NOT EXISTS (SELECT FROM subscriptions_subscriptionword known WHERE known.word = word.word)
    $words$ USING NEW.search_vector;
    RETURN NULL;
"""

# The words of all rows of a statement at once: a trigger of each row costs more, the more rows there are. Planned
# anew each time: a plan for one row is none for a million.
REMEMBER_NEW_WORDS = """
    EXECUTE $words$
        INSERT INTO subscriptions_subscriptionword (word, variant)
        SELECT word, word_variants(word)
          FROM (SELECT DISTINCT unnest(tsvector_to_array(search_vector)) AS word FROM new_rows) AS written
         WHERE is_plain_word(word)
           AND NOT EXISTS (SELECT FROM subscriptions_subscriptionword known WHERE known.word = written.word)
    $words$;
    RETURN NULL;
"""

# Naming the column in SET is enough to make the subscription gather its words again.
TOUCH_SUBSCRIPTION = """
    UPDATE subscriptions_subscription SET name = name WHERE id = NEW.subscription_id;
    RETURN NULL;
"""

SCOPE = ["status", "reseller", "manager"]


class SubscriptionWord(WordVariant):
    """The words that subscriptions are searched by, for the correction of typing errors."""

    class Meta(WordVariant.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.word


def sort_indexes(*, texts: list[str], numbers: list[str], days: list[str]) -> list[models.Index]:
    """Return the indexes under which the sorts of the list need no sorting; days may be empty, texts ignore case.

    Those of numbers and days carry the columns that bound what an actor sees: filtered by such a column, the ids of
    many rows are found in the index alone.
    """
    indexes = [models.Index(Lower(name), "id", name=_name(name)) for name in texts]
    indexes += [models.Index(fields=[name, "id"], include=SCOPE, name=_name(name)) for name in numbers]
    for name in days:
        ascending, descending = sort_expressions(name, DAY)
        indexes.append(models.Index(ascending, "id", include=[name, *SCOPE], name=_name(name)))
        indexes.append(models.Index(descending, "id", name=_name(name)[:25] + "_desc"))
    return indexes


def _name(field: str) -> str:
    return f"subscription_by_{field}"[:30]
