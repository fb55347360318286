"""Proposes a catalog and first segments, as text, from what dbt and the warehouse know about a project."""

from segctl.operations.proposal.catalog import ProposedCatalog, propose
from segctl.operations.proposal.catalog_text import catalog_text
from segctl.operations.proposal.notes import notes
from segctl.operations.proposal.starter import starter_text
from segctl.operations.proposal.tables.midnights import midnights_found, midnights_query
from segctl.operations.proposal.tables.relations import Relation, references, relations

__all__ = ["ProposedCatalog", "Relation", "catalog_text", "midnights_found", "midnights_query", "notes", "propose"]
__all__ += ["references", "relations", "starter_text"]
