"""The models that are the same in every project: tables that runs record, and views that BI reads."""

import yaml

from segctl.render.properties import properties_text
from segctl.render.text import HEADER, HISTORY, MARTS, TEMPLATES

PROGRAM = "segctl itself"


def constant_models() -> dict[str, str]:
    """The text of each of these models and of their properties, by path."""
    files: dict[str, str] = {}
    for name in TEMPLATES.list_templates():
        folder, _, file = name.rpartition("/")
        place = {"history": HISTORY, "marts": MARTS}.get(folder)
        if place is None:
            continue
        text = TEMPLATES.get_template(name).render()
        if file.endswith(".yml"):
            files[f"{place}/{file}"] = properties_text(yaml.safe_load(text)["models"], PROGRAM)
        else:
            files[f"{place}/{file}"] = f"{{#- {HEADER} from {PROGRAM}. Do not edit: it is overwritten. -#}}\n{text}"
    return files
