"""Models that others read: marts, shares, tables for reverse ETL, the semantic layer."""
