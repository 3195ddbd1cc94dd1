from django.db import migrations

# A Partner ID that stood among a reseller's attributes was told to nobody. It is what the reseller is called over the
# connections above it now, and unchecked until somebody opens its page. Without such a connection it stays.
MOVE = """
    INSERT INTO vendors_reselleratvendor (reseller_id, connection_id, values)
    SELECT reseller.id, connection.id,
           jsonb_build_object('reseller_partner_id', reseller.attributes ->> 'reseller_mpn_id')
    FROM accounts_reseller reseller
    JOIN vendors_vendorconnection connection
        ON connection.reseller_id = ANY(reseller.lineage) AND connection.reseller_id <> reseller.id
    WHERE connection.plugin = 'office365' AND reseller.attributes ->> 'reseller_mpn_id' ~ '^[0-9]+$';
    UPDATE accounts_reseller SET attributes = attributes - 'reseller_mpn_id'
    WHERE id IN (SELECT reseller_id FROM vendors_reselleratvendor);
"""
BACK = """
    UPDATE accounts_reseller reseller
    SET attributes = attributes || jsonb_build_object('reseller_mpn_id', known.values ->> 'reseller_partner_id')
    FROM vendors_reselleratvendor known WHERE known.reseller_id = reseller.id AND known.checked_at IS NULL;
    DELETE FROM vendors_reselleratvendor WHERE checked_at IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("vendors", "0011_reseller_at_vendor")]

    operations = [migrations.RunSQL(MOVE, BACK)]
