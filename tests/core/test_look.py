"""The look's laws: one place for colours, nothing inline, only icons that exist, tight components."""

import re
from pathlib import Path

import pytest
from django.template import Engine, RequestContext, engines
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler

from spekty.core import palette, shell
from spekty.core.cotton import tighten, unbreakable
from spekty.core.shell import Sync

ROOT = Path(__file__).resolve().parents[2]
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(", re.IGNORECASE)
INLINE = re.compile(r"\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)|hx-on|javascript:", re.IGNORECASE)


def render(source: str, **context: object) -> str:
    engine = Engine.get_default()
    request = RequestFactory().get("/", {"tri": "-ref", "q": "a b"})
    return engine.from_string(CottonCompiler().process(source)).render(RequestContext(request, context))


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize(
    "sheet", [sheet for sheet in SHEETS if sheet.name != "tokens.css"], ids=lambda s: s.name
)
def test_colours_text_sizes_and_shadows_live_in_the_tokens(sheet):
    css = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    assert COLOUR.findall(css) == []
    sizes = re.findall(r"font-size:\s*([^;]+);", css)
    assert [s for s in sizes if not s.startswith("var(") and s not in {"16px", ".92em", "0", "inherit"}] == []
    assert "@import" not in css


def test_every_token_used_exists():
    declared = set(re.findall(r"(--[\w-]+)\s*:", "".join(sheet.read_text() for sheet in SHEETS)))
    used = {name for sheet in SHEETS for name in re.findall(r"var\((--[\w-]+)", sheet.read_text())}
    assert {name for name in used - declared if not name.startswith("--bs-")} == set()


def test_dark_has_every_colour_of_light():
    css = (ROOT / "static" / "css" / "tokens.css").read_text()
    light = css.split(":root,[data-bs-theme=light]{", 1)[1].split("\n}", 1)[0]
    dark = css.split("[data-bs-theme=dark]{", 1)[1].split("\n}", 1)[0]
    names = [set(re.findall(r"(--(?:sp|st|sq)-[\w-]+):", part)) for part in (light, dark)]
    assert names[0] == names[1]


# A letter has no style sheet to refer to.
PAGES = [path for path in TEMPLATES if "mail" not in path.parts]


@pytest.mark.parametrize("template", PAGES, ids=relative)
def test_nothing_is_inline(template):
    assert INLINE.findall(template.read_text()) == []


def sprite() -> set[str]:
    path = ROOT / "static" / "vendor" / "icons.svg"
    return set(re.findall(r'id="i-([\w-]+)"', path.read_text()))


def test_every_icon_of_the_palette_and_the_rail_is_in_the_sprite():
    named = {look.icon for codes in palette.PALETTES.values() for look in codes.values() if look.icon}
    named |= {icon for _, icon in shell.ENTRIES.values()}
    named |= {Sync(state, "").icon for state in ("ok", "wait", "off")}
    assert named - sprite() == set()


def test_every_icon_of_a_template_is_in_the_sprite():
    pattern = re.compile(r'\{% icon "([\w-]+)"|\bicon(?:-end|_end)?="([\w-]+)"|<c-icon name="([\w-]+)"')
    named = {
        name for path in TEMPLATES for found in pattern.findall(path.read_text()) for name in found if name
    }
    assert named - sprite() == set()


def test_a_component_keeps_no_space_of_its_own():
    assert re.fullmatch(r"<p>\(<a [^>]*>M-1</a>\)</p>", render("<p>(<c-ref href='/m/1'>M-1</c-ref>)</p>"))
    assert render("le <c-tag>A</c-tag>, puis") == 'le <span class="sp-tag">A</span>, puis'


def test_line_breaks_of_a_component_file_write_nothing_beside_tags():
    assert tighten('{% if x %}\n  <b\n  class="y">\n    a\n    b\n  </b>\n{% endif %}\n') == (
        '{% if x %}<b class="y">a b</b>{% endif %}'
    )


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Reste : 3", "Reste\u00a0: 3"),
        ("<b>Reste :</b> 3 ; « {{ q }} »", "<b>Reste\u00a0:</b> 3\u202f; «\u00a0{{ q }}\u00a0»"),
        ("{{ name }} : vide ?", "{{ name }}\u00a0: vide\u202f?"),
        ('<c-note title="Reste :">', '<c-note title="Reste\u00a0:">'),
        ('{{ x|default:"Vide : rien" }}', '{{ x|default:"Vide\u00a0: rien" }}'),
        ('<c-rate :value="x" />', '<c-rate :value="x" />'),
        ('{% if a == "b" %}', '{% if a == "b" %}'),
        ('<a href="?q=1">', '<a href="?q=1">'),
    ],
)
def test_a_french_sign_stays_with_its_word(typed, read):
    assert unbreakable(typed) == read


def test_text_given_to_a_component_is_escaped_once():
    owner = render('<c-owner name="{{ name }}" />', name="Yann L'Hostis <b>")
    assert "Y.\u00a0L&#x27;Hostis &lt;b&gt;" in owner
    assert "L&#x27;été" in render('<c-note title="{{ title }}">x</c-note>', title="L'été")


def test_a_refused_act_stays_visible_with_its_reason():
    html = render('<c-button variant="primary" why="Aucun prix en janvier">Émettre</c-button>')
    assert "disabled" in html
    assert "Aucun prix en janvier" in html


def test_a_sorted_header_says_so_and_keeps_the_filters():
    html = render('<c-th label="Mission" sort="ref" />')
    assert 'aria-sort="descending"' in html
    assert "tri=ref&amp;q=a+b" in html
    assert 'aria-sort="none"' in render('<c-th label="Lot" sort="lot" />')


def test_bars_hold_their_share_and_their_mark():
    assert 'width="46.4"' in render('<c-rate :value="13" :required="28" />')
    assert "f-ok" in render('<c-rate :value="12" :required="12" />')
    assert "—" in render('<c-rate :required="9" />')
    assert "f-ko" in render('<c-ratio :rate="rate" :ceiling="ceiling" />', rate=2, ceiling=1)
    assert "f-go" in render('<c-ratio :rate="rate" :ceiling="ceiling" />', rate=1, ceiling=1)


def test_a_segmented_bar_says_its_counts():
    html = render(
        '<c-seg :parts="parts" />', parts=[("done", 3, "émis"), ("act", 0, "à relire"), ("go", 1, "en cours")]
    )
    assert 'aria-label="3 émis, 1 en cours"' in html
    assert html.count("<rect") == 2
    widths = [float(width) for width in re.findall(r'width="([\d.]+)"', html)]
    assert sum(widths) == pytest.approx(99.6, abs=0.11)


def test_an_empty_segmented_bar_is_drawn_empty():
    assert "<rect" not in render('<c-seg :parts="parts" />', parts=[])


def test_nothing_and_zero_are_not_the_same():
    template = engines["django"].from_string("{{ none|euros }} {{ zero|number }} {{ none|day }}")
    assert template.render({"none": None, "zero": 0}) == "— 0 —"
