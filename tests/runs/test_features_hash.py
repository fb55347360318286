"""What makes a run recompute all features: other models and meta, and macros with other results."""

import hashlib
import re
from pathlib import Path
from typing import Any

from segctl.warehouse import Warehouse
from tests.support.shops.demo_project import demo

# The edition of macros/features/features_hash.sql, and a digest of the macros behind all features, without comments and
# blanks. When the test fails: raise the edition if features come to something else now, and put the new digest here.
EDITION, DIGEST = 5, "c740a4ea7001beee"
FEATURES = "models/segments/features/"
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def macros_behind(manifest: Any) -> dict[str, str]:  # noqa: ANN401
    """Our macros that the models of features call, directly or not, by name."""
    waiting = [
        macro
        for node in manifest.nodes.values()
        if node.name == "customer_features" or node.original_file_path.startswith(FEATURES)
        for macro in node.depends_on.macros
    ]
    result: dict[str, str] = {}
    while waiting:
        name = waiting.pop()
        if name.startswith("macro.segctl.") and name not in result:
            macro = manifest.macros[name]
            result[name] = "".join(COMMENT.sub("", macro.macro_sql).split())
            waiting += macro.depends_on.macros
    return result


def test_a_change_of_macros_is_a_new_edition(tmp_path: Path) -> None:
    folder = demo(tmp_path)
    found = macros_behind(Warehouse(folder, profiles=str(folder)).manifest())
    assert len(found) > 40
    assert f"setedition={EDITION}-" in found["macro.segctl.features_hash"]
    listed = "\n".join(f"{name}:{text}" for name, text in sorted(found.items()))
    assert hashlib.sha256(listed.encode()).hexdigest()[:16] == DIGEST
