"""Renders the models that are the same in every project: definitions, recorded tables, and views for BI.

Also renders the dbt tests of all our models, with the tables of the project.
"""

import json
import re
from collections.abc import Mapping
from types import MappingProxyType

from segctl.render.properties.files import FIXED
from segctl.render.sql.templates import FOLDER, HEADER, HISTORY, MARTS, TEMPLATES

PROGRAM = "segctl itself"
FIXED_NOTE = f"{HEADER} from {PROGRAM}. Do not edit: it is overwritten."
NOTHING: Mapping[str, str] = MappingProxyType({})
MODEL = re.compile("^  - name: .*$", re.MULTILINE)


def constant_models(
    entities: list[str], shared: Mapping[str, str] = NOTHING, views: Mapping[str, str] = NOTHING
) -> dict[str, str]:
    """The texts of these models and their properties by path. `entities` have segments.

    `shared` are the tables behind shares, written before a run is published. `views` are the relations for readers,
    each with its key.
    """
    files: dict[str, str] = {}
    for name in TEMPLATES.list_templates():
        folder, _, file = name.rpartition("/")
        place = {"segments": FOLDER, "history": HISTORY, "marts": MARTS}.get(folder)
        if place is None:
            continue
        text = TEMPLATES.get_template(name).render(
            entities=entities, features=joined_features(entities), shared=shared, views=views
        )
        noted = f"# {FIXED_NOTE}\n{with_fixed(text)}" if file.endswith(".yml") else f"{{#- {FIXED_NOTE} -#}}\n{text}"
        files[f"{place}/{file}"] = noted
    return files


def joined_features(entities: list[str]) -> dict[str, str]:
    """The feature tables with their keys, which are tested before proposals change a history."""
    return {f"{entity}_features": f"{entity}_id" for entity in entities}


def with_fixed(text: str) -> str:
    """The text of a properties file, with settings that the root project must not override."""
    # Edited as text: parsing it as YAML takes longer than all definitions of a project.
    config = f"    config: {json.dumps(FIXED)}"
    return MODEL.sub(lambda match: f"{match[0]}\n{config}", text)
