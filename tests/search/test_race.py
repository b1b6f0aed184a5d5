"""The race: no plan that might be the best is dropped, and those beyond doubt worse are."""

from __future__ import annotations

import pytest

import holdfast as hf
from holdfast.engine.run import simulate
from holdfast.study.search import trials
from holdfast.study.search.climb import objectives
from holdfast.study.search.goals import Goal, frontier_of
from holdfast.study.search.journal import Journal
from holdfast.study.search.scores import Scores, aims_of
from holdfast.study.search.space import BASE_PLAN, grid, known_plans, space_of
from holdfast.study.search.trials import Budget, Spent, Trials
from tests.search.conftest import changed

KEPT = [10 * n for n in range(1, 41, 3)] + [140, 150]


@pytest.fixture(scope="module", params=[1, 2, 3])
def tried(strait: hf.Scenario, request) -> Trials:
    trials = Trials(space_of(strait, None), request.param, Journal({}), Budget())
    for kept in KEPT:
        trials.extend((f"{kept} sacks", "no"), 200)
    return trials


def goal_of(trials: Trials, futures: int = 10_000) -> Goal:
    return Goal("cheapest", aims_of(trials.space.world(BASE_PLAN)), futures)


def test_the_true_best_is_never_dropped(tried: Trials) -> None:
    """Of these, 140 sacks is the least that meets the standard, and 150 the least that clears it by the last test."""
    goal = goal_of(tried)
    for best in ("140 sacks", "150 sacks"):
        scores = tried.scores[(best, "no")]
        assert not goal.surely_misses(scores)
        rivals = [plan for plan in tried.scores if int(plan[0].split()[0]) > 150 or int(plan[0].split()[0]) < 130]
        assert not [plan for plan in rivals if goal.surely_worse(scores, tried.scores[plan])]


def test_what_is_beyond_doubt_worse_is_dropped(tried: Trials) -> None:
    goal = goal_of(tried)
    leader = tried.scores[("190 sacks", "no")]
    assert goal.misses(leader) == 0.0
    assert goal.surely_worse(tried.scores[("400 sacks", "no")], leader), "it costs 210 more in every future"
    assert goal.surely_worse(tried.scores[("10 sacks", "no")], leader), "it meets the standard in no future"


def test_blocks_join_to_what_one_simulation_gives(strait: hf.Scenario) -> None:
    whole, parts = (Trials(space_of(strait, None), 5, Journal({}), Budget()) for _ in range(2))
    one = whole.extend(BASE_PLAN, 700)
    for futures in (200, 500, 700):
        other = parts.extend(BASE_PLAN, futures)
    assert one is not None
    assert other is not None
    for name, values in one.parts.items():
        assert (values == other.parts[name]).all()


def test_scores_survive_a_journal(tried: Trials) -> None:
    for scores in tried.scores.values():
        again = Scores.from_json(scores.to_json(), scores.futures)
        assert again.parts.keys() == scores.parts.keys()
        assert all((again.parts[name] == x).all() for name, x in scores.parts.items())
    with pytest.raises(ValueError, match="so many futures"):
        Scores.from_json(scores.to_json(), 7)


def test_levers_are_told_apart_as_a_person_would(strait: hf.Scenario) -> None:
    space = space_of(strait, None)
    assert [grid(lever) for lever in space.levers] == [1.0, 1.0]
    assert space.plan([123.456, 1.0]) == ("123 sacks", "yes")
    assert space.plan([9999.0, 0.0]) == ("400 sacks", "no")
    assert space.values(("123 sacks", "yes")) == [123.0, 1.0]
    assert known_plans(strait, space) == {"today": ("30 sacks", "no"), "stocked": ("300 sacks", "no")}
    assert ("400 sacks", "yes") in space.corners
    near = space.neighbours(("100 sacks", "no"), 0.1)
    assert near == [("61 sacks", "no"), ("139 sacks", "no"), ("100 sacks", "yes")]


def test_what_one_store_gets_more_another_may_get_less(tmp_path) -> None:
    """Of one unit: as much as the longer range says, and no more than both ranges allow."""
    room = "  room: {sets: stores.barn.capacity, from: 100 sacks, to: 500 sacks}\n  road: {sets"
    space = space_of(changed(tmp_path, ("  road: {sets", room)), None)
    near = space.neighbours(("100 sacks", "450 sacks", "no"), 0.25)
    assert near[-2:] == [("200 sacks", "350 sacks", "no"), ("50 sacks", "500 sacks", "no")]
    assert len(near) == len(set(near)) == 7


def test_objectives_are_to_be_small(tried: Trials) -> None:
    aims = goal_of(tried).aims
    little, much = (objectives(tried.scores[(f"{kept} sacks", "no")], aims) for kept in (40, 190))
    assert little[0] < much[0]
    assert all(a > b for a, b in zip(little[1:], much[1:], strict=True))
    assert len(objectives(None, aims)) == len(little)


def test_a_frontier_by_hand() -> None:
    points = [(1.0, 0.1), (2.0, 0.1), (2.0, 0.5), (3.0, 0.4), (4.0, 0.9), (0.5, 0.0)]
    assert frontier_of(points) == [5, 0, 2, 4]


def test_time_is_kept_for_the_last_test() -> None:
    budget = Budget(seconds=100.0, kept=10_000)
    assert not budget.spent(89.0, 1, 100_000), "a last test of 8.9 seconds is left"
    assert budget.spent(91.0, 1, 100_000)
    assert budget.spent(41.0, 1, 1_000), "it keeps 60 seconds at most"
    assert not budget.spent(39.0, 1, 1_000)
    assert Budget(evaluations=3).spent(0.0, 3, 600)
    assert not Budget(evaluations=3).spent(1e9, 2, 600)


class SlowAtFirst:
    """A clock, and an engine beside it: its first simulation compiles for 40 seconds, and every other takes one."""

    def __init__(self) -> None:
        self.now = 0.0
        self.ready = False

    def monotonic(self) -> float:
        return self.now

    def compiles(self, _: object) -> int:
        return 0 if self.ready else 49

    def simulate(self, *args: object, **more: object) -> object:
        self.now += 1.0 if self.ready else 40.0
        self.ready = True
        return simulate(*args, **more)  # type: ignore[arg-type]


def test_compiling_takes_no_time_from_a_search(strait: hf.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = SlowAtFirst()
    monkeypatch.setattr(trials, "time", slow)
    monkeypatch.setattr(trials, "compiles", slow.compiles)
    monkeypatch.setattr(trials, "simulate", slow.simulate)
    told: list[int] = []
    tried = Trials(space_of(strait, None), 7, Journal({}), Budget(seconds=10.0, kept=400), on_compiling=told.append)
    for kept in range(10, 90, 10):  # at 200 futures a second the last test takes two of the ten seconds
        tried.extend((f"{kept} sacks", "no"), 200)
    with pytest.raises(Spent):
        tried.extend(("90 sacks", "no"), 200)
    assert told == [49]
    assert tried.seconds == tried.evaluations == 8
    assert all(tried.journal.get(plan, 0, 200).seconds == 1.0 for plan in tried.scores)  # type: ignore[union-attr]
