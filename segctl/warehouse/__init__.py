"""The only package that uses dbt: builds models, and reads and changes tables of the project's target."""

from segctl.warehouse.diagnosis import Absent, FailedAfter, NothingBuilt
from segctl.warehouse.refusals import ColumnsMisfit
from segctl.warehouse.run_request import AS_OF_VARIABLE, FUTURE_VARIABLE, BuildOutcome, FinishedNode, RunRequest
from segctl.warehouse.stream import Stream
from segctl.warehouse.warehouse import RUN_MODELS, SELECTION, UNCHANGING_MODELS, Row, Warehouse

__all__ = ["AS_OF_VARIABLE", "FUTURE_VARIABLE", "RUN_MODELS", "SELECTION", "UNCHANGING_MODELS"]
__all__ += [
    "Absent",
    "BuildOutcome",
    "ColumnsMisfit",
    "FailedAfter",
    "FinishedNode",
    "NothingBuilt",
    "Row",
    "RunRequest",
    "Stream",
]
__all__ += ["Warehouse"]
