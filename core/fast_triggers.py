"""The two helper functions of django-pgtrigger and django-pghistory, written so that a trigger's cost is constant.

Every row trigger asks both whether it is to be passed by and in which context it writes. As the packages write them
they read a setting that is mostly not there and catch the error, which is a subtransaction rolled back for every row;
and PostgreSQL walks over all deferred checks of the transaction (foreign keys, balanced postings) at the end of each.
So an insert of n rows cost n². Here the setting is read with "missing is NULL": the same answers, no subtransaction.

The packages write their functions again with every trigger that a migration adds; so this follows every migrate.
"""

from typing import Any

from django.db import connections

# Where the functions of the packages are and what makes them ours; a database that lacks one of them is left alone.
PASSED_BY = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean LANGUAGE sql STABLE
    AS $$
        SELECT coalesce(trigger_name = ANY (nullif(current_setting('pgtrigger.ignore', true), '')::text[]), false)
    $$
"""
CONTEXT = """
    CREATE OR REPLACE FUNCTION _pgh_attach_context() RETURNS uuid LANGUAGE plpgsql
    AS $$
    DECLARE
        context uuid := nullif(current_setting('pghistory.context_id', true), '');
        said jsonb := nullif(current_setting('pghistory.context_metadata', true), '');
    BEGIN
        IF context IS NULL OR said IS NULL THEN
            RETURN NULL;
        END IF;
        INSERT INTO pghistory_context (id, metadata, created_at, updated_at) VALUES (context, said, now(), now())
            ON CONFLICT (id) DO UPDATE SET metadata = EXCLUDED.metadata, updated_at = EXCLUDED.updated_at
            WHERE pghistory_context.metadata <> EXCLUDED.metadata;
        RETURN context;
    END
    $$
"""
FUNCTIONS = {"_pgtrigger_should_ignore": PASSED_BY, "_pgh_attach_context": CONTEXT}
SLOW = "SELECT proname FROM pg_proc WHERE proname = ANY(%s) AND prosrc ~* 'exception\\s+when'"


def make_fast(*, using: str, **_signal: Any) -> None:
    """Replace what the packages wrote in the database `using`, where they did; heard after every migrate."""
    with connections[using].cursor() as cursor:
        cursor.execute(SLOW, [list(FUNCTIONS)])
        for (name,) in cursor.fetchall():
            cursor.execute(FUNCTIONS[name])
