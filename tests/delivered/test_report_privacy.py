"""What reports hide about small groups of customers."""

from typing import Any

from segctl.operations.report import Report
from segctl.operations.report.contents import Flow
from segctl.operations.report.small_groups import Least
from tests.support.shops.demo_report import read, shop, whole_report

__all__ = ["read", "shop", "whole_report"]


def test_small_groups_are_hidden(read: dict[int, Report]) -> None:
    """What is shown is true, covers at least five customers, and reveals no single number."""
    for one, whole in zip(read[5].segments, read[0].segments, strict=True):
        assert (one.size, one.joined, one.left, one.history.sizes) == (
            whole.size,
            whole.joined,
            whole.left,
            whole.history.sizes,
        )
        if one.size and one.size < 5:
            assert {one.revenue, one.average_revenue, one.median_revenue, one.orders, one.history.revenue[-1]} == {None}
        true = {(cause.run, cause.change, cause.cause): cause.customers or 0 for cause in whole.causes}
        shown = {(cause.run, cause.change, cause.cause): cause.customers for cause in one.causes}
        check_parts(shown, true, {key: key[:2] for key in true})
        check_parts(
            {source.source: source.joined for source in one.sources},
            {source.source: source.joined or 0 for source in whole.sources},
            {},
        )
        check_parts(
            {source.source: source.members for source in one.sources},
            {source.source: source.members or 0 for source in whole.sources},
            {},
        )
        for it in one.concentration:
            assert it.customers is None or it.customers >= 5
            assert it.customers is not None or it.revenue_share is None
        assert all(it.joined is None or it.joined >= 5 for it in one.returns)
        assert all(it.revenue is None for it in one.returns if it.joined is None)
        assert all(it.customers >= 5 for it in one.similar)
    for ends in (("from_segment", "to_segment"), ("to_segment", "from_segment")):
        true_flows = {(getattr(flow, ends[0]), getattr(flow, ends[1])): flow.customers or 0 for flow in read[0].flows}
        shown_flows = {(getattr(flow, ends[0]), getattr(flow, ends[1])): flow.customers for flow in read[5].flows}
        known = {key: key[:1] for key in true_flows if key[0]}
        check_parts({key: shown_flows.get(key) for key in known}, {key: true_flows[key] for key in known}, known)
    assert any(flow.customers for flow in read[5].flows)
    assert any(it.customers is None for one in read[5].segments for it in one.causes)


def check_parts(shown: dict[Any, int | None], true: dict[Any, int], lines: dict[Any, Any]) -> None:
    assert shown.keys() <= true.keys()
    hidden: dict[Any, list[Any]] = {}
    for key, count in true.items():
        if shown.get(key) is None:
            hidden.setdefault(lines.get(key), []).append(key)
        else:
            assert shown[key] == count >= 5
    for line, keys in hidden.items():
        others = [key for key in true if lines.get(key) == line and key not in keys]
        assert len(keys) > 1 or not others or not true[keys[0]], (keys, others)


def test_what_is_hidden_of_parts() -> None:
    five, all_of_them = Least(5), Least(0)
    assert five.hidden([20, 3, 9]) == {1, 2}
    assert five.hidden([20, 3, 1]) == {1, 2}
    assert five.hidden([20, 0, 9]) == {1}
    assert five.hidden([20, 9]) == five.hidden([]) == all_of_them.hidden([1, 0]) == set()
    assert five.hidden([3]) == {0}
    assert [five.shown(*it) for it in ((4, 10), (6, 10), (5, 10), (10, 10), (0, 10), (7, None))] == [
        None,
        None,
        5,
        10,
        None,
        7,
    ]
    assert five.steps([1, 4, 8, 12, 33, 36, 40]) == {2, 4, 6}
    assert all_of_them.steps([1, 1, 2]) == {0, 1, 2}
    assert five.number(12.5, 3, 100) is five.number(12.5, 97, 100) is None
    assert (five.number(0.0, 0, 100), five.number(12.5, 50, 100)) == (0.0, 12.5)
    ends = [("a", "a", 40), ("a", "b", 2), ("b", "b", 30), ("", "b", 8), ("b", "", 9)]
    flows = [Flow("g", 0, 1, one, other, count) for one, other, count in ends]
    # The other one of a. The smallest cause of b, and then nothing about stays in b, so that leaves cannot be derived.
    assert five.hidden_flows(flows) == {0, 1, 3}
    assert all_of_them.hidden_flows(flows) == set()
