"""The file of deliveries: what it accepts, and messages about errors, which never contain secrets."""

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator

from segctl.errors import ProblemsFound, Report, described
from segctl.operations.definitions.validate import validate
from segctl.operations.deliveries.configured import configured
from segctl.parse import parse_deliveries
from segctl.parse.deliveries import Command, Webhook
from segctl.project.project import Project, texts
from segctl.schema.deliveries import deliveries_schema

SCHEMA = Draft7Validator(deliveries_schema())
GOOD = """
version: 1
deliveries:
  - name: crm
    description: The CRM of the shop
    segments: [vip, win_back]
    identifiers: meta
    tags: [crm]
    webhook: {url_env: CRM_URL, secret_env: CRM_SECRET, batch: 10000, timeout: 30s, retry_for: 1h}
  - {name: all_of_it, webhook: {url_env: URL}}
  - {name: mail, command: [python, scripts/push.py, --all], timeout: 2h}
"""
# A part of a delivery, and the start of the message about it, with line and column.
BAD = {
    "{name: a}": "4:5: a delivery has neither webhook nor command [missing-key]",
    "{name: a, webhook: {url_env: U}, command: [x]}": "4:38: a delivery has both webhook and command [wrong-shape]",
    "{webhook: {url_env: U}}": '4:5: a delivery has no "name" [missing-key]',
    "{name: Big One, webhook: {url_env: U}}": '4:12: name "Big One" ',
    "{name: a, webhook: {url: 'https://s3cret'}}": '4:25: unknown key "url" in webhook [unknown-key]',
    "{name: a, url: 'https://s3cret', webhook: {url_env: U}}": '4:15: unknown key "url" in a delivery [unknown-key]',
    "{name: a, webhook: {url_env: 'https://s3cret'}}": "4:34: url_env must be the name of an environment variable",
    "{name: a, webhook: {url_env: U, secret_env: whsec_s3cret=}}": "4:49: secret_env must be the name of an",
    "{name: a, webhook: {url_env: U, secret: s3cret}}": '4:37: unknown key "secret" in webhook [unknown-key]',
    "{name: a, webhook: 'https://s3cret'}": "4:24: webhook must be a mapping [wrong-shape]",
    "{name: a, webhook: {url_env: U, batch: 0}}": '4:44: batch expects a whole number from 1 to 10000, found "0"',
    "{name: a, webhook: {url_env: U, timeout: 10}}": '4:46: timeout expects a time from 1s to 24h, found "10"',
    "{name: a, webhook: {url_env: U, retry_for: 25h}}": '4:48: retry_for expects a time from 1s to 24h, found "25h"',
    "{name: a, webhook: {url_env: U}, timeout: 5s}": "4:38: timeout is beside the webhook, not in it [unknown-key]",
    "{name: a, command: python push.py s3cret}": "4:24: command must be a list [wrong-shape]",
    "{name: a, command: []}": "4:15: command names no program [empty-list]",
    "{name: a, command: ['']}": "4:15: command names no program [empty-list]",
    "{name: a, segments: [], command: [x]}": "4:15: segments lists nothing [empty-list]",
    "{name: a, segments: vip, command: [x]}": "4:25: segments must be a list [wrong-shape]",
    "{name: a, identifiers: fb, webhook: {url_env: U}}": '4:28: identifiers must be plain, google or meta, found "fb"',
    "[a]": "4:5: a delivery must be a mapping, found a list [wrong-shape]",
    "{name: a, command: [x]}\n  - {name: a, command: [y]}": '5:5: two deliveries are called "a" [duplicate-name]',
}
# What no such schema can check.
BEYOND_SCHEMA = ("[duplicate-name]", "25h", "names no program")


def file_of(delivery: str) -> str:
    return f"version: 1\n\ndeliveries:\n  - {delivery}\n"


def test_what_a_file_may_say() -> None:
    report = Report()
    crm, everything, mail = parse_deliveries("deliveries.yml", GOOD.encode(), report)
    assert not report.problems
    assert crm.to == Webhook("CRM_URL", "CRM_SECRET", 10000, 30, 3600)
    assert (crm.identifiers, everything.identifiers) == ("meta", "")
    assert [one.text for one in (*crm.segments, *crm.tags)] == ["vip", "win_back", "crm"]
    assert everything.to == Webhook("URL")
    assert mail.to == Command(("python", "scripts/push.py", "--all"), 7200)
    assert not list(SCHEMA.iter_errors(yaml.safe_load(GOOD)))


@pytest.mark.parametrize("delivery", BAD)
def test_messages_about_what_it_may_not_say(delivery: str) -> None:
    report = Report()
    text = file_of(delivery)
    parse_deliveries("deliveries.yml", text.encode(), report)
    (problem,) = report.problems
    told = described(problem, {})
    assert told.startswith(f"deliveries.yml:{BAD[delivery]}")
    assert "  hint: " in told
    assert "s3cret" not in told
    if not any(one in BAD[delivery] or one in told for one in BEYOND_SCHEMA):
        assert list(SCHEMA.iter_errors(yaml.safe_load(text)))


def project(folder: Path, deliveries: str) -> Project:
    (folder / "segments").mkdir()
    (folder / "dbt_project.yml").write_text("name: shop\n")
    (folder / "deliveries.yml").write_text(deliveries)
    catalog = "version: 1\ntimezone: UTC\nentities: {customer: {model: c, key: id, attributes: {country: string}}}\n"
    (folder / "segments/catalog.yml").write_text(catalog)
    rule = "rule: {attribute: country, eq: GB}"
    text = f"version: 1\nsegments:\n  - {{name: vip, tags: [crm], {rule}}}\n  - {{name: other, {rule}}}\n"
    (folder / "segments/all.yml").write_text(text)
    return Project(folder)


def test_all_problems_are_reported_by_validate_without_the_lines(tmp_path: Path) -> None:
    deliveries = file_of("{name: a, segments: [vlp], tags: [crn], webhook: {url_env: 'https://s3cret'}}")
    found = project(tmp_path, deliveries + "  - {name: b, tags: [crn], segments: [vlp], command: [x]}\n")
    with pytest.raises(ProblemsFound) as raised:
        validate(found)
    told = "\n".join(described(problem, texts(found)) for problem in raised.value.problems)
    assert "deliveries.yml:4:64: url_env must be" in told
    assert 'deliveries.yml:5:39: unknown segment "vlp" in b [unknown-segment]\n  hint: did you mean vip?' in told
    assert 'deliveries.yml:4:26: unknown segment "vlp" in a' in told
    assert 'deliveries.yml:5:22: no segment has the tag "crn" of b [unknown-tag]\n  hint: did you mean crm?' in told
    assert "s3cret" not in told
    (tmp_path / "deliveries.yml").write_text(file_of("{name: a, identifiers: plain, command: [x]}"))
    with pytest.raises(ProblemsFound) as raised:
        validate(found)
    assert [problem.code for problem in raised.value.problems] == ["no-identifiers"]


def test_a_file_that_is_none(tmp_path: Path) -> None:
    found = project(tmp_path, GOOD)
    path = tmp_path / "deliveries.yml"
    path.unlink()
    plan = validate(found).plan
    assert plan
    assert configured(found, plan) == ()
    for make in (path.mkdir, lambda: path.symlink_to("/etc/passwd"), lambda: path.write_bytes(b"\xff")):
        make()
        with pytest.raises(ProblemsFound):
            configured(found, plan)
        path.rmdir() if path.is_dir() else path.unlink()
