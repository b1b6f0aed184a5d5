"""The catalogue of error codes: for each a title and an explanation with an example of wrong and right.

`holdfast explain CODE` prints it, and docs/reference/errors.md is generated from it. HF0xx: the file; HF1xx: one value;
HF2xx: values that do not fit each other; HF3xx: copies and overlays; HF4xx: commands, results and output.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """What an error code means."""

    title: str
    explanation: str
    wrong: str = ""
    right: str = ""


CODES: dict[str, Code] = {
    # ---- the file
    "HF001": Code(
        "The file is not there",
        "Holdfast looks for a file of that path, and then for a shipped example of that name. `holdfast examples` "
        "lists the examples; `holdfast new NAME` writes a file to start from.",
        "holdfast check cartridge-plan",
        "holdfast check cartridge-plant",
    ),
    "HF002": Code(
        "The file cannot be read",
        "It is a directory, its name cannot be a file name, or the system does not let you read it.",
        "holdfast check scenarios/",
        "holdfast check scenarios/my-plant.yaml",
    ),
    "HF003": Code(
        "The file is empty",
        "There is nothing in it but white space. `holdfast new NAME` writes a small scenario that runs.",
    ),
    "HF004": Code(
        "The file is too large",
        "A scenario is text that people write and read; a file of more than 1 MB is another kind of file. Long "
        "series of data stand in a file of their own, and a law names it: `{empirical: file.csv, column: weeks}`.",
    ),
    "HF005": Code(
        "The file is not UTF-8 text",
        "A byte or a character in it does not belong in a text. A spreadsheet, a PDF or another binary file is "
        "not a scenario; a text saved by an old editor can be saved again as UTF-8.",
    ),
    "HF006": Code(
        "A tab",
        "YAML does not allow tabs for indentation, and editors show them in different widths. Use spaces, two for "
        "each level.",
        "stores:\n→depot: {capacity: 30 million rounds}",
        "stores:\n  depot: {capacity: 30 million rounds}",
    ),
    "HF007": Code(
        "The text is not YAML",
        "The file could be read up to this place. Most often a bracket or a quote is not closed, a line is "
        "indented differently from its neighbours, or a text holds a colon and is not in quotes.",
        "title: Our plan: more in store",
        'title: "Our plan: more in store"',
    ),
    "HF008": Code(
        "Nested too deep",
        "No scenario needs more than 50 levels. Most often a bracket was opened and not closed.",
    ),
    "HF009": Code(
        "More than one document",
        "A line of three hyphens begins a second document. One file is one scenario; alternatives and what-ifs "
        "stand in it.",
    ),
    "HF010": Code(
        "The top of the file is not sections",
        "A scenario is `section: {name: {field: value}}`, not a list and not a text.",
        "- stores",
        "holdfast: 1\nstores:\n  depot: {capacity: 30 million rounds}",
    ),
    "HF011": Code(
        "A key stands twice",
        "The second would silently replace the first. Remove one of them, or give it the name that was meant.",
        "depot:\n  capacity: 30 million rounds\n  capacity: 45 million rounds",
        "depot:\n  capacity: 45 million rounds",
    ),
    "HF012": Code(
        "Anchors, aliases, merge keys, tags and directives",
        "These features of YAML expand unseen, so a reader cannot tell what the file says. Copy a sibling with `like`.",
        "ball: &keep {issue: oldest_first}\ntracer: *keep",
        "ball: {issue: oldest_first}\ntracer: {like: ball}",
    ),
    "HF013": Code(
        "An empty value",
        "A key without a value says nothing. Inside braces a comma ends a value, so prose with a comma is cut in "
        "two and its second half becomes a key without a value. Put the text in quotes.",
        "{title: Imports only, as today}",
        '{title: "Imports only, as today"}',
    ),
    "HF014": Code(
        "Not a name",
        "Names of goods, stores, regimes and so on are written in small letters and digits, with hyphens between "
        "words. Words of the language, such as `all` and `none`, are no names. What people read is the `title`.",
        "stores: {Main Depot: {...}}",
        'stores: {main-depot: {title: "Main Depot", ...}}',
    ),
    "HF015": Code(
        "Another format version",
        "The first line says in which version of the language the file is written. This program reads version 1.",
        "holdfast: 2.0",
        "holdfast: 1",
    ),
    # ---- one value
    "HF101": Code(
        "Unknown field",
        "There is no field of this name here. What is not known is never ignored, since a misspelt field would "
        "silently change nothing.",
        "depot: {capcity: 30 million rounds}",
        "depot: {capacity: 30 million rounds}",
    ),
    "HF102": Code(
        "A field is missing",
        "A field that changes answers has no hidden default (conventions §3): say it, also where it is nothing.",
        "partner: {carries: [ball], lead_time: 8 months, price: 0.35 USD/round}",
        "partner: {carries: [ball], lead_time: 8 months, price: 0.35 USD/round, capacity: unlimited, in_transit: held}",
    ),
    "HF103": Code(
        "Wrong form",
        "The value has another form than this field takes: a list where names are expected, a text where there "
        "should be a block, or the reverse.",
        "carries: ball, tracer",
        "carries: [ball, tracer]",
    ),
    "HF104": Code(
        "Wrong or missing unit",
        "Every quantity has a unit, and it must fit what the field measures: money per unit of the good for a "
        "price, units of the good for an amount, a time for a duration. Goods bring their own units "
        "(`goods.NAME.unit`), singular or plural; money is in the scenario's currency.",
        "price: 0.35 USD/kg      # of a good counted in rounds",
        "price: 0.35 USD/round",
    ),
    "HF105": Code(
        "Not a number",
        "A quantity is a number and its unit: `17.5 million rounds/year`, `9 months`, `1 per 40 years`, `8 "
        "%/year`. Digits are not grouped by commas, spaces or underscores, which mean different things to "
        "different readers.",
        "capacity: 30,000,000 rounds",
        "capacity: 30 million rounds",
    ),
    "HF106": Code(
        "Not a date",
        "Dates are ISO: `2006-07-02`, or `2006-07` for the first of the month. `never` lies after the horizon.",
        "start: July 2006",
        "start: 2006-07",
    ),
    "HF107": Code(
        "Not one of the choices",
        "The field takes one of a few words, and the message lists them.",
        "in_transit: waits",
        "in_transit: held",
    ),
    "HF108": Code(
        "Impossible share or probability",
        "Shares and probabilities lie between 0 and 100 %. Write the percent sign: `70` alone is seven thousand "
        "percent.",
        "seen: 120 %",
        "seen: 60 %",
    ),
    "HF109": Code(
        "A negative or too small amount",
        "Amounts, prices, times and rates are not negative, and some must be more than 0.",
        "lead_time: -4 weeks",
        "lead_time: 4 weeks",
    ),
    "HF110": Code(
        "Unknown source",
        "`source` names an entry of the section `sources`, with its title, publisher and date.",
        "sources: {rio-times: {...}}\n...\nnameplate: {value: 70 million rounds/year, source: the-rio-times}",
        "nameplate: {value: 70 million rounds/year, source: rio-times}",
    ),
    "HF111": Code(
        "Evidence that does not hold together",
        "`source` and `quote`, `derived`, `assumed` and `between` stand beside a `value`, a law or a block. A "
        "range contains its value; a quote has a source; a value is derived or assumed, not both.",
        "{value: 8 months, between: [9 months, 18 months]}",
        "{value: 8 months, between: [3 months, 18 months]}",
    ),
    "HF112": Code(
        "A law that cannot be",
        "The parameters do not define this law: a p90 below the median, a cv that is not positive, weights that "
        "do not add up, a beta law whose cv is too large for its mean, or parameters that this law does not take.",
        "{lognormal: {median: 2.0, p90: 1.35}}",
        "{lognormal: {median: 1.35, p90: 2.0}}",
    ),
    "HF113": Code(
        "Not supported yet",
        "The language has this form, but this version does not simulate it. It is refused rather than ignored.",
    ),
    # ---- values that do not fit each other
    "HF201": Code(
        "Refers to nothing",
        "A name is used that the scenario does not have: a store, a channel, a good, a regime, one of its states, "
        "a signal.",
        "draws_from: depo",
        "draws_from: depot",
    ),
    "HF202": Code(
        "It leads nowhere",
        "Something in the scenario can never have an effect: a state that nothing leads to or leads out of, a "
        "good that is kept nowhere, a consumer that draws from a store without its good, a channel that does not "
        "carry what is ordered from it, a cover of what nobody draws. That is most likely a mistake.",
        "draws_from: input-store      # which does not keep ball",
        "draws_from: depot",
    ),
    "HF203": Code(
        "Shares do not add up",
        "Shares of one whole, such as the sources of an order, the states that may come next or the weights of a "
        "mixture, add up to 100 %.",
        "from: {partner: 70 %, world: 40 %}",
        "from: {partner: 60 %, world: 40 %}",
    ),
    "HF204": Code(
        "Levels the wrong way round",
        "An order restores the position to `order_up_to`; it is placed at or below `reorder_point`. With the "
        "point above the level, no order restores stock. Raise `order_up_to`, or use `kind: r_Q`. So too a signal "
        "that would go off before it goes on, and a lever whose range is empty.",
        "{kind: s_S, reorder_point: 35 rounds, order_up_to: 20 rounds}",
        "{kind: s_S, reorder_point: 35 rounds, order_up_to: 60 rounds}",
    ),
    "HF205": Code(
        "Stores that order in a circle",
        "A store may order from another store, but not, over whatever others, from itself: what each waits for would "
        "be owed by the others, and nothing could ever come in. Let one of them order from a channel.",
        "depot orders from: {reserve: {lead_time: 1 week}}, reserve from: {depot: {lead_time: 1 week}}",
        "depot orders from: {reserve: {lead_time: 1 week}}, reserve from: partner",
    ),
    "HF206": Code(
        "A state older than it can last",
        "A remark, which stops nothing: a regime starts in a state at an age that no spell of that state reaches, so "
        "the state ends in the first period. Most likely the age, or how long the state lasts, is in another unit than "
        "was meant, or the state may last longer than it says.",
        "lasts: {uniform: {low: 2 months, high: 6 months}} ... starts: {state: closed, age: 3 years}",
        "lasts: {uniform: {low: 2 months, high: 6 months}} ... starts: {state: closed, age: 3 months}",
    ),
    # ---- copies and overlays
    "HF301": Code(
        "A path that is not in the scenario",
        "An alternative or a what-if changes what the scenario has. The names of a path must be in the base; its "
        "last field may be any that the reference knows.",
        "alternatives: {store-more: {stores.depo.capacity: 45 million rounds}}",
        "alternatives: {store-more: {stores.depot.capacity: 45 million rounds}}",
    ),
    "HF302": Code(
        "`like` names nothing",
        "In the base `like` copies a sibling, an entry that stands beside it. In alternatives and what-ifs it "
        "lays others of the same section first. Inside what an overlay changes it has no meaning.",
        "ball-2: {like: bal-1}",
        "ball-2: {like: ball-1}",
    ),
    "HF303": Code(
        "`like` goes round in a circle",
        "Each of them would need the other first. Write one of them out.",
        "a: {like: b}\nb: {like: a}",
        "a: {capacity: 30 million rounds}\nb: {like: a}",
    ),
    "HF304": Code(
        "A path said twice",
        "A dotted path and a block, or two dotted paths, say the same thing in two places of one entry.",
        "own_stock: {order_up_to: 2 weeks}\nown_stock.order_up_to: 4 weeks",
        "own_stock.order_up_to: 4 weeks",
    ),
    "HF305": Code(
        "Copies grow too large",
        "Copies of blocks that hold copies double at each level; together they hold more than any scenario needs.",
    ),
    "HF306": Code(
        "A section that overlays leave alone",
        "Alternatives change our plan and what-ifs change the world; the clock, the sources, the levers, the "
        "history and the overlays themselves stay as they are, or futures could not be compared.",
        "what_if: {longer: {clock.horizon: 40 years}}",
        "clock: {horizon: 40 years, ...}      # in the scenario itself",
    ),
    # ---- commands, results and output
    "HF401": Code(
        "The output cannot be written",
        "The directory is not there, is not writable, or the disk is full. Nothing half written is left under a "
        "final name.",
    ),
    "HF402": Code(
        "The name is taken",
        "Holdfast overwrites nothing that you wrote. Choose another name, or move the file away.",
    ),
    "HF403": Code(
        "No such code, example, alternative or option",
        "What was asked for does not exist; the message names the nearest, or lists what there is.",
        "holdfast explain HF999",
        "holdfast explain HF104",
    ),
    "HF404": Code(
        "Not a result, or not a whole one",
        "A result is the result.nc that `holdfast run` wrote. A file that was cut short, that something else wrote, or "
        "that a newer Holdfast wrote cannot be read; nothing is guessed from what is left of it.",
        "holdfast rerun notes.txt --alternative imports --replication 7",
        "holdfast rerun cartridge-plant-7f3a --alternative imports --replication 7",
    ),
    "HF405": Code(
        "The future did not come out the same",
        "A future told again must equal the stored one bit for bit. Another version of Holdfast, numpy or the "
        "machine's arithmetic can change it; the message names the first figures that differ, and the result names its "
        "versions.",
    ),
    "HF406": Code(
        "What --until asks for cannot be read",
        "It is MEASURE within NUMBER %, several by commas. The measure is a standard's name; `service`, for every "
        "standard (or every consumer's fill rate where a scenario has none); `cost`, `total_cost` or `shortage_cost`; "
        "or `fill_rate`, `ready_rate` or `service_probability`, for every consumer. The number is half the width of "
        "the 95 % interval: in percentage points for shares, in per cent of the figure for amounts.",
        'holdfast run cartridge-plant --until "service under 1"',
        'holdfast run cartridge-plant --until "service within 1 %, cost within 2 %"',
    ),
    "HF420": Code(
        "The cluster cannot be used",
        "`--cluster` takes the address of a Dask scheduler that runs already and has workers. Nobody answers there, or "
        "the scheduler or a worker runs another Holdfast, Python, Numba or NumPy than this machine, so that futures "
        "could differ; or it was lost on the way. Nothing of the study is kept; earlier results are whole.",
        "holdfast run cartridge-plant --cluster localhost",
        "holdfast run cartridge-plant --cluster tcp://localhost:8786",
    ),
    "HF421": Code(
        "The graphics processor cannot be used",
        "`--device cuda` needs an NVIDIA driver (from 2021 on), a graphics processor of compute capability 7.0 or "
        "later (from 2017) and some of its memory, and nothing else: no toolkit is asked for. Without --device, "
        "futures are simulated on this machine's cores, and come out the same. Nothing is begun before driver and "
        "processor have been looked at.",
        "holdfast run cartridge-plant --device cuda",
        "holdfast run cartridge-plant",
    ),
    "HF430": Code(
        "Not the journal of this search",
        "`holdfast search` writes every block of futures into search.jsonl beside its result, and goes on from there "
        "after a break. A journal that another scenario, seed or version wrote, or whose first line is damaged, is not "
        "used, and nothing is guessed from it. Any other line that is damaged or was cut short is no error: its "
        "futures are simulated again, and the others are used.",
    ),
    "HF431": Code(
        "Nothing to search, or not by what was asked",
        "A search turns the levers of a scenario; a scenario without levers has one plan. A budget is a time, a number "
        "of evaluations, or both; what a plan may cost is money in the scenario's currency.",
        "holdfast search cartridge-plant --budget 2",
        "holdfast search cartridge-plant --budget '2 min' --cost-at-most '300 million USD'",
    ),
    "HF440": Code(
        "A library that this needs is not installed",
        "Some commands use libraries that Holdfast does not bring along, so that it stays small. The message names "
        "what to install.",
        "pip install holdfast",
        'pip install "holdfast[sensitivity]"',
    ),
}
"""Every code by its name, in order."""
