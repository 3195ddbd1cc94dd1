"""The bottom floor: money, periods, refusals, spreadsheets and lists. Knows nothing of the rest."""
