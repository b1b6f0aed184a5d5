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
    "HF001": Code(
        "The file is not there", "Holdfast looks for a file of that path, then for a shipped example of that name."
    ),
    "HF002": Code("The file cannot be read", "It is a directory, or the system does not let you read it."),
    "HF003": Code(
        "The file is empty", "A scenario has at least its sections; `holdfast new NAME` writes one to start from."
    ),
    "HF004": Code("The file is too large", "A scenario is text written by people; the limit is 2 MB."),
    "HF005": Code("The file is not UTF-8 text", "Save it as UTF-8; a spreadsheet or a binary file is not a scenario."),
    "HF006": Code("A tab", "YAML does not allow tabs for indentation, and editors show them differently; use spaces."),
    "HF007": Code("The text is not YAML", "The file could not be read further than this place."),
    "HF008": Code("Nested too deep", "No scenario needs more than 50 levels."),
    "HF009": Code("More than one document", "One file is one scenario."),
    "HF010": Code("The top of the file is not sections", "A scenario is `section: {name: {field: value}}`."),
    "HF011": Code("A key stands twice", "The second would silently replace the first."),
    "HF012": Code("Anchors, aliases, merge keys and tags", "They expand unseen; use `like`."),
    "HF013": Code("An empty value", "Prose with a comma or a colon inside braces is cut; put the text in quotes."),
    "HF014": Code("Not a name", "Names are written small, with digits and hyphens."),
    "HF015": Code("Another format version", "This version of Holdfast reads `holdfast: 1`."),
    "HF101": Code("Unknown field", "There is no such field here."),
    "HF102": Code("A field is missing", "A field that changes answers has no hidden default."),
    "HF103": Code("Wrong form", "The value has another form than this field takes."),
    "HF104": Code("Wrong or missing unit", "Every quantity has a unit, and it must fit what the field measures."),
    "HF105": Code("Not a number", "A quantity is a number and its unit."),
    "HF106": Code("Not a date", "Dates are ISO."),
    "HF107": Code("Not one of the choices", "The field takes one of a few words."),
    "HF108": Code("Impossible share or probability", "Shares and probabilities lie between 0 and 100 %."),
    "HF109": Code("A negative or too small amount", "Amounts, times and rates are not negative."),
    "HF110": Code("Unknown source", "A source is named under `sources`."),
    "HF111": Code("Evidence that does not hold together", "Evidence stands beside a value."),
    "HF112": Code("A law that cannot be", "The parameters do not define this law."),
    "HF113": Code("Not supported yet", "The language has this form, this version does not simulate it yet."),
    "HF201": Code("Refers to nothing", "The name is not in the scenario."),
    "HF202": Code("Something is never used", "It has no effect, so it is likely a mistake."),
    "HF203": Code("Shares do not add up", "Shares of one whole add up to 100 %."),
    "HF204": Code("Reorder point above order-up-to", "No order would restore stock."),
    "HF301": Code("A path that is not in the scenario", "An overlay changes what the scenario has."),
    "HF302": Code("`like` names nothing", "`like` copies a sibling."),
    "HF303": Code("`like` goes round in a circle", "Each would need the other first."),
    "HF304": Code("A path written twice", "One overlay says the same thing in two places."),
    "HF305": Code("Copies grow too large", "Copies of copies of copies hold more than any scenario needs."),
    "HF306": Code("A section that overlays leave alone", "Overlays change the world and the plan, not the frame."),
    "HF401": Code("The output cannot be written", "The directory is missing, not writable or full."),
    "HF402": Code("The name is taken", "Holdfast overwrites nothing."),
    "HF403": Code("No such code, name or option", "What was asked for does not exist."),
}
