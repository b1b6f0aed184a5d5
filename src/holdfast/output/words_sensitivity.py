"""What an answer owes to the ranges of its inputs, in sentences and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from holdfast.output.letters import cut, plain, shorten_middle, wrap
from holdfast.output.table import Column, blocks
from holdfast.output.words import LONGEST_TITLE, Finding
from holdfast.study.estimates import told_apart
from holdfast.study.figures import capital, listed, number, percent, percents, scale_of, share, shorten, spread, within
from holdfast.study.result import BASE
from holdfast.study.sensitivity.regret import surely_least
from holdfast.study.sensitivity.scores import ALL_MET

if TYPE_CHECKING:
    from holdfast.study.estimates import Estimate
    from holdfast.study.sensitivity.inputs import Input
    from holdfast.study.sensitivity.result import Discovery, Sensitivity, Swing

SAID: Final = 4
"""Inputs that a sentence names, at most."""
ROWS: Final = 12
"""Inputs of a table."""
DIGITS: Final = 3
"""Significant digits of a limit."""


def findings(found: Sensitivity) -> list[Finding]:
    """Everything that is said, in order."""
    rules = (
        ("today", _today),
        ("alone", _alone),
        ("together", _together),
        ("flips", _flips),
        ("regret", _regret),
        ("boxes", _boxes),
        ("silent", _silent),
    )
    return [Finding(kind, text) for kind, rule in rules if (text := rule(found))]


def _title(found: Sensitivity, plan: str) -> str:
    return f'"{shorten(found.about.alternatives.get(plan) or plan, LONGEST_TITLE)}"'


def measure_of(found: Sensitivity) -> str:
    """What is scored, as the subject of a sentence."""
    if found.score.name == ALL_MET:
        return "the share of futures that meet every standard"
    kind, _, rest = found.score.name.partition(".")
    of, _, last = rest.rpartition(".")
    if kind == "standards":
        return f"the share of futures that meet {of}"
    return f"{last.replace('_', ' ')} of {of}" if of else kind.replace("_", " ")


def unit_of(found: Sensitivity) -> tuple[float, str]:
    """What to divide changes of the score by, and the unit that they are in then."""
    money = _Money(found)
    return money.factor, money.unit


class _Money:
    """How large figures of the score are written: with one factor and word for all of them."""

    def __init__(self, found: Sensitivity) -> None:
        today = found.today
        self.points = today.unit.startswith("share")
        self.factor, self.word = (1.0, "") if self.points else scale_of([today.estimate])
        self.unit = "points" if self.points else f"{self.word}{today.unit}"

    def change(self, each: Estimate) -> str:
        """A difference with its interval: `-12 (-19 to -5)`."""
        low, middle, high = (x / self.factor for x in (each.low, each.estimate, each.high))
        return "0" if low == high == 0.0 else f"{within(middle, low, high)} ({spread(low, high)})"

    def value(self, each: Estimate) -> str:
        """A score with its interval."""
        if self.points:
            return share(each.estimate, each.low, each.high)
        return f"{self.change(each)} {self.unit}"


def _today(found: Sensitivity) -> str:
    """The score at today's values, and the choice."""
    start = (
        f"{capital(measure_of(found))} with {_title(found, found.plan)}: {_Money(found).value(found.today)} at today's"
    )
    chosen = f" There {_title(found, found.choice)} is chosen." if len(found.provenance["plans"]) > 1 else ""
    return f"{start} values of the {len(found.inputs)} inputs that have a range.{chosen}"


def _ends(swing: Swing) -> list[tuple[str, Estimate]]:
    return [(swing.input.ends[0], swing.low), (swing.input.ends[1], swing.high)]


def _alone(found: Sensitivity) -> str:
    """The inputs that alone move the score surely."""
    money = _Money(found)
    parts = []
    for swing in found.swings:
        sure = [f"{money.change(change)} at {text}" for text, change in _ends(swing) if told_apart(change)]
        if sure:
            parts.append(f"{swing.input.label}: {listed(sure)}")
    if not parts:
        return "No input alone moves it surely, from one end of its range to the other, the others as today."
    more = f"; and {len(parts) - SAID} more" if len(parts) > SAID else ""
    return f"Alone, the others as today, it is moved most ({money.unit}) by {'; '.join(parts[:SAID])}{more}."


def _labels(found: Sensitivity) -> dict[str, str]:
    return {each.path: each.label for each in found.inputs}


def _together(found: Sensitivity) -> str:
    """The inputs that matter most wherever the others lie."""
    if not found.effects:
        return ""
    names, money = _labels(found), _Money(found)
    parts = [
        f"{names[path]} by {money.change(effect.mean)}"
        for path, effect in list(found.effects.items())[:SAID]
        if effect.mean.estimate > 0.0
    ]
    if not parts:
        return "Over all ranges together none moves it either."
    text = f"Wherever in their ranges the others lie, it is moved most ({money.unit}, mean size) by {listed(parts)}."
    return f"{text}{_varied(found, names)}"


def _varied(found: Sensitivity, names: dict[str, str]) -> str:
    """The inputs that are surely behind its variance."""
    if not found.indices:
        return ""
    largest = sorted(found.indices.items(), key=lambda item: -item[1].total.estimate)[:2]
    shares = [f"{variance(index.total)} comes from {names[path]}" for path, index in largest if index.total.low > 0.0]
    of = f"of its variance over the ranges of {'these ' if len(found.indices) > 1 else 'this '}{len(found.indices)}"
    if shares:
        return f" {capital(of)}, alone or with others, {listed(shares)}."
    return f" Which of them is behind most {of}, so few runs cannot tell: a larger --budget can."


def variance(each: Estimate) -> str:
    """A share of variance with its interval."""
    return f"{percent(min(1.0, max(0.0, each.estimate)))} % ({_inside(each)})"


def _inside(each: Estimate) -> str:
    """The interval of a share of variance, which lies from 0 to 1."""
    return percents(min(1.0, max(0.0, each.low)), min(1.0, max(0.0, each.high)))


def _flips(found: Sensitivity) -> str:
    """The single assumptions that flip the choice."""
    if len(found.provenance["plans"]) < 2:
        return ""
    parts = [
        f"{swing.input.label} at {text} (to {_title(found, plan)})"
        for swing in found.swings
        for text, plan in zip(swing.input.ends, swing.flips, strict=True)
        if plan is not None
    ]
    asked = sum(each.asked for each in found.swings)
    if not parts:
        return f"None of the {asked} inputs that move it most flips the choice alone."
    return f"Alone, the choice of {_title(found, found.choice)} is flipped by {listed(parts)}."


def _world(found: Sensitivity, name: str) -> str:
    return "the base world" if name == BASE else f'"{shorten(found.about.what_ifs.get(name) or name, LONGEST_TITLE)}"'


def _regret(found: Sensitivity) -> str:
    """Who is regretted least at its worst."""
    if not found.regrets:
        return ""
    money, first, *others = _Money(found), *found.regrets
    worst = first.largest
    where = _world(found, first.worst_world) if worst is first.in_worlds else "the worst setting tried"
    title = _title(found, first.plan)
    least = f"{title} is regretted least at its worst"
    if not surely_least(found.regrets):
        least = f"Which plan is regretted least at its worst cannot be told; by the estimates it is {title}"
    rest = [
        f"{_title(found, each.plan)} {money.change(each.largest)}"
        f"{f' in {_world(found, each.worst_world)}' if each.largest is each.in_worlds else ''}"
        for each in others
    ]
    at = f" in {where}" if worst.estimate > 0.0 else ""
    return f"{least}: {money.change(worst)} {money.unit} behind the best plan{at}; {'; '.join(rest)}."


def _boxes(found: Sensitivity) -> str:
    """Where plans fail and the choice flips."""
    return " ".join(_box(found, each) for each in found.discoveries)


def _box(found: Sensitivity, each: Discovery) -> str:
    """One box with its coverage and density."""
    settings = int(found.provenance["settings"])
    often = share(each.often.estimate, each.often.low, each.often.high, f" of {settings} settings of all inputs")
    title = _title(found, each.plan)
    start = (
        f"{title} misses a standard in {often}"
        if each.kind == "fails"
        else f"Another plan than {title} is chosen in {often}"
    )
    if each.box is None:
        rare = each.often.estimate in (0.0, 1.0)
        return f"{start}." if rare else f"{start}, in no box that could be told."
    what = {
        ("fails", True): "It misses one",
        ("fails", False): "It meets them all",
        ("flips", True): "Another is chosen",
        ("flips", False): "It stays the choice",
    }[(each.kind, each.inside)]
    limits = [_limit(found.searched[i], ends) for i, ends in each.box.limits.items()]
    coverage, density = each.box.coverage, each.box.density
    return (
        f"{start}. {what} mostly where {listed(limits)}:"
        f" {share(coverage.estimate, coverage.low, coverage.high)} of such settings lie there (coverage), and"
        f" {share(density.estimate, density.low, density.high)} of the settings there are such (density)."
    )


def _limit(turned: Input, ends: tuple[float, float]) -> str:
    """A side of a box as people say it."""
    low, high = (turned.text(end, DIGITS) for end in ends)
    if ends[0] <= 0.0:
        return f"{turned.label}: at most {high}"
    if ends[1] >= 1.0:
        return f"{turned.label}: at least {low}"
    return f"{turned.label}: from {low} to {high}"


def _silent(found: Sensitivity) -> str:
    count = len(found.silent)
    return f"{count} of the {len(found.inputs)} inputs change nothing that it rests on." if count else ""


def answer(found: Sensitivity, width: int = 80, encoding: str = "utf-8") -> str:
    """Sentences, the tornado, the indices, the regrets, and how it was reckoned.

    Args:
        found: what the study found.
        width: columns of a line, at most.
        encoding: the letters that there are.
    """
    told = found.provenance
    head = f"{' '.join(found.about.title.split())}: what the answer owes to its ranges (seed {told['seed']})"
    lines = wrap(plain(head, encoding), width)
    for each in findings(found):
        lines += ["", *wrap(plain(each.text, encoding), width)]
    for table in (_tornado(found, width), _ranks(found, width), _regrets(found, width)):
        if table:
            lines += ["", *(plain(line, encoding) for line in table)]
    return "\n".join([*lines, "", *wrap(plain(_method(found), encoding), width)])


def _tornado(found: Sensitivity, width: int) -> list[str]:
    """The largest swings, one input at a time."""
    swings = [swing for swing in found.swings if swing.size > 0.0][:ROWS]
    if not swings:
        return []
    money, room = _Money(found), max(20, width // 2 - 4)
    names = Column(
        ("one at a time", money.unit), tuple(shorten_middle(swing.input.label, room) for swing in swings), left=True
    )
    columns = [
        Column(("at the", "lower end"), tuple(money.change(swing.low) for swing in swings)),
        Column(("at the", "upper end"), tuple(money.change(swing.high) for swing in swings)),
        Column(("", "range (today)"), tuple(_range(swing.input, width - room - 4) for swing in swings), left=True),
    ]
    return blocks(names, columns, width)


def _range(each: Input, width: int) -> str:
    """From where to where an input lies, and where today; a unit that all three have is said once."""
    low, high, today = (*each.ends, each.value)
    unit = f" {each.unit}"
    if each.unit and each.kind == "number" and all(text.endswith(unit) for text in (low, high, today)):
        low, today = low.removesuffix(unit), today.removesuffix(unit)
    return cut(f"{low} to {high} ({today})", width)


def _ranks(found: Sensitivity, width: int) -> list[str]:
    """Morris's effects and Sobol's indices."""
    chosen = [(path, each) for path, each in found.effects.items() if each.mean.estimate > 0.0][:ROWS]
    if not chosen:
        return []
    names, money, room = _labels(found), _Money(found), max(20, width // 2 - 4)
    of = [found.indices.get(path) for path, _ in chosen]
    columns = [
        Column(("mean size", money.unit), tuple(money.change(each.mean) for _, each in chosen)),
        Column(("depends on", "others"), tuple(number(each.spread / money.factor, 2) for _, each in chosen)),
        Column(("of variance", "alone"), tuple("-" if i is None else variance(i.first) for i in of)),
        Column(("of variance", "with others"), tuple("-" if i is None else variance(i.total) for i in of)),
    ]
    first = Column(("all together", ""), tuple(shorten_middle(names[path], room) for path, _ in chosen), left=True)
    return blocks(first, columns, width)


def _regrets(found: Sensitivity, width: int) -> list[str]:
    """Regret by plan."""
    if not found.regrets:
        return []
    money = _Money(found)
    names = Column(("regret", money.unit), tuple(cut(each.plan, width // 4) for each in found.regrets), left=True)
    columns = [
        Column(("largest in", "named worlds"), tuple(money.change(each.in_worlds) for each in found.regrets)),
        Column(("largest in", "the ranges"), tuple(money.change(each.in_ranges) for each in found.regrets)),
        Column(("mean in", "the ranges"), tuple(money.change(each.mean) for each in found.regrets)),
    ]
    return blocks(names, columns, width)


def _method(found: Sensitivity) -> str:
    """How it was reckoned."""
    told = found.provenance
    moved = f" {found.moved} settings that did not hold together were drawn nearer to today's." if found.moved else ""
    return (
        f"{told['runs']:,} runs of {told['replications']:,} futures each, the same ones in all. Ranges claim no"
        f" probability: all values between two ends count alike. One at a time: paired differences from today's values."
        f" All together: Morris ({told['trajectories']} trajectories), Sobol ({told['sobol_points']} points, the other"
        f" inputs as today), {told['settings']} settings of all inputs for regret and boxes; boxes (PRIM) are judged on"
        f" a third of the settings, in which they were not sought. In brackets: 95 % intervals.{moved}"
    )
