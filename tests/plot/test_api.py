"""hf.plot as somebody uses it: one figure a call, saved the same each time, and clear words where it cannot be."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import holdfast as hf
from holdfast.errors import StudyError
from holdfast.output.plot import draw
from tests.plot import looks

ROOT = Path(__file__).parents[2]
PLANT, ADBLUE = "cartridge-plant", "adblue-australia"
CALLS = {
    "frequencies": {},
    "cost_service": {},
    "stock": {"good": "adblue", "store": "national"},
    "survival": {"consumer": "farms-and-others"},
    "shortage": {"consumer": "farms-and-others"},
    "causes": {"alternative": "nothing", "unit": None},
    "supply": {"alternative": "expand"},
    "flows": {"alternative": "expand"},
    "opening": {"project": "gibson-island.more"},
    "five_numbers": {"alternative": "expand", "plant": "gibson-island"},
    "costs": {},
    "worlds": {},
    "history": {"what": "The same, as the model has it"},
    "one_future": {"future": "worst", "alternative": "nothing"},
}


@pytest.mark.parametrize("name", CALLS)
def test_each_function_draws_the_view_that_is_asked_for(results, charts, name):
    figure = getattr(hf.plot, name)(results[ADBLUE], **CALLS[name], width=3.5)
    assert type(figure) is Figure
    asked = {value for value in CALLS[name].values() if value}
    views = charts[ADBLUE, name.replace("_", "-")].views
    wanted = next(v for v in views if asked <= {v["label"], *v["label"].split(", ")})
    assert looks.said(figure, "title") == wanted["title"]


def test_every_function_is_tried_here():
    assert sorted([*CALLS, "caption", "save"]) == hf.plot.__all__


def test_without_a_choice_the_first_view_is_drawn(results, charts):
    figure = hf.plot.shortage(results[PLANT])
    assert looks.said(figure, "title") == charts[PLANT, "shortage"].views[0]["title"]


def test_what_is_not_there_is_said_with_what_is(results):
    with pytest.raises(StudyError, match=r"no shortage of navy in this result; there is: military; police"):
        hf.plot.shortage(results[PLANT], consumer="navy")
    with pytest.raises(StudyError, match=r"2\.5 is the least"):
        hf.plot.costs(results[ADBLUE], width=1.0)


@pytest.mark.parametrize(
    ("name", "why"),
    [("worlds", "two plans, and other worlds"), ("survival", "without the cut"), ("history", "tells no history")],
)
def test_a_result_that_lacks_the_data_says_what_it_lacks(name, why):
    small = hf.simulate(hf.load("cartridge-plant"), alternative="imports", replications=8)
    if name == "history":
        small = type(small)(small.about, small.provenance, small.cases)
    with pytest.raises(StudyError, match=f"no {name} to draw: .*{why}"):
        getattr(hf.plot, name)(small)


def test_without_matplotlib_the_extra_is_named(results, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(StudyError, match=r'pip install "holdfast\[plot\]"'):
        hf.plot.costs(results[ADBLUE])


def test_nothing_is_imported_before_it_is_needed_and_pyplot_never():
    code = (
        "import sys, holdfast as hf; assert 'matplotlib' not in sys.modules;"
        "assert hf.plot.costs; assert 'matplotlib' not in sys.modules;"
        "from tests.report import fixture; from holdfast.output.plot.draw import draw;"
        "chart = fixture.report()['sections'][0]['charts'][0];"
        "names = tuple(plan[0] for plan in fixture.PLANS);"
        "draw(chart['views'][0], '', names, 7.0, None);"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("kind", ["pdf", "svg", "png"])
def test_bytes_are_the_same_whatever_the_settings_and_these_stay(results, tmp_path, kind):
    def written(name):
        figure = hf.plot.cost_service(results[ADBLUE])
        hf.plot.save(figure, tmp_path / f"{name}.{kind}")
        return (tmp_path / f"{name}.{kind}").read_bytes()

    first = written("first")
    with mpl.rc_context({"axes.grid": True, "font.size": 30, "text.usetex": True, "axes.facecolor": "pink"}):
        before = dict(mpl.rcParams)
        second = written("second")
        assert dict(mpl.rcParams) == before
    assert first == second
    assert len(first) > 5_000


def test_a_file_holds_its_caption(results, tmp_path):
    figure = hf.plot.cost_service(results[ADBLUE])
    hf.plot.save(figure, tmp_path / "a.svg")
    text = " ".join((tmp_path / "a.svg").read_text(encoding="utf-8").split())
    assert "Up is better, left is cheaper" in text
    assert "<dc:date>" not in text


def test_what_cannot_be_written_is_said(results, tmp_path):
    figure = hf.plot.costs(results[ADBLUE])
    with pytest.raises(StudyError, match=r"'a\.docx'; end it with one of \.pdf, \.svg, \.png"):
        hf.plot.save(figure, tmp_path / "a.docx")
    with pytest.raises(StudyError, match="cannot be written"):
        hf.plot.save(figure, tmp_path / "nowhere" / "a.pdf")
    with pytest.raises(StudyError, match="no caption"):
        hf.plot.caption(Figure())


@pytest.mark.parametrize("layout", [None, "constrained"])
def test_charts_stay_in_the_places_of_axes(results, layout):
    figure = Figure(figsize=(9, 7), layout=layout)
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    for ax in (left, right):
        ax.set(xticks=[], yticks=[])
    before = figure.get_size_inches().tolist()
    middle = 4.5
    assert hf.plot.cost_service(results[ADBLUE], ax=left) is figure
    texts = [(text.get_text(), box) for text, box in looks.texts(figure)]
    assert max(box[2] for _, box in texts) < middle
    known = {text for text, _ in texts}
    hf.plot.costs(results[ADBLUE], ax=right)
    late = [(text.get_text(), box) for text, box in looks.texts(figure) if text.get_text() not in known]
    assert min(box[0] for _, box in late) > middle - 0.1
    assert looks.clashes(figure) == []
    assert figure.get_size_inches().tolist() == before
    assert hf.plot.caption(figure).count("95 % intervals") == 2


def test_threads_draw_what_one_draws(charts):
    chart = charts[ADBLUE, "costs"]

    def pixels(_):
        figure = draw.draw(chart.views[0], chart.read, chart.plans, 3.5, None)
        figure.canvas.draw()
        return np.asarray(figure.canvas.buffer_rgba()).tobytes()

    alone = pixels(0)
    with ThreadPoolExecutor(4) as pool:
        assert all(each == alone for each in pool.map(pixels, range(8)))


def test_signs_of_formulas_are_letters(charts):
    chart = charts[ADBLUE, "costs"]
    view = {**chart.views[0], "title": "Costs $x^2$ and a_b, 100 % sure"}
    figure = draw.draw(view, chart.read, tuple(f"{name}$_1$" for name in chart.plans), 7.0, None)
    assert not any(text.get_parse_math() for text in figure.findobj(mpl.text.Text) if text.get_text())
