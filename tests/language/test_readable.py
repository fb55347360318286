"""How much a reviewer has to read at once, for the sixty segments of the demo."""

from pathlib import Path

from segctl.warehouse import Warehouse
from tests.support.shops.demo_project import demo

MODELS = Path("models/segments")
LONGEST_FILE, WIDEST_LINE, LONGEST_QUERY = 250, 120, 685


def test_no_generated_file_is_longer_or_wider() -> None:
    root = Path(__file__).resolve().parents[2]
    texts = {path: path.read_text(encoding="utf-8").splitlines() for path in (root / MODELS).rglob("*.sql")}
    assert len(texts) > 50
    assert {path.name: len(lines) for path, lines in texts.items() if len(lines) > LONGEST_FILE} == {}
    assert {path.name for path, lines in texts.items() if max(map(len, lines)) > WIDEST_LINE} == set()


def test_no_compiled_model_is_longer(demo_after_two_runs: Path) -> None:
    """Models of a run that computes stale rows. dbt puts tests in folders named after their yml."""
    (compiled,) = (demo_after_two_runs / "target" / "compiled").iterdir()
    result = {
        path.stem: len(path.read_text().splitlines())
        for path in (compiled / MODELS).rglob("*.sql")
        if path.parent.suffix != ".yml"
    }
    assert {"customer_features", "segment_proposals", "pattern_features"} <= result.keys()
    assert {name: lines for name, lines in result.items() if lines > LONGEST_QUERY} == {}


def test_every_model_and_column_that_is_generated_is_described(tmp_path: Path) -> None:
    """What no yml has is also what a root project can disable."""
    folder = demo(tmp_path)
    nodes = Warehouse(folder, profiles=str(folder)).manifest().nodes.values()
    ours = [
        node for node in nodes if node.resource_type == "model" and node.original_file_path.startswith(f"{MODELS}/")
    ]
    assert len(ours) > 50
    assert [node.name for node in ours if not node.description or not node.patch_path] == []
    bare = {node.name: [column.name for column in node.columns.values() if not column.description] for node in ours}
    assert {name: columns for name, columns in bare.items() if columns} == {}
