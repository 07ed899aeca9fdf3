"""Contrast, measured by axe once for each look: a text's colour, size and weight, and what is painted behind.

It is two thirds of axe's time, and the same few dozen looks come back on every page. A look is made of
computed values, whatever class, theme or width gave them; a text that floats over something else isn't
decided by them, and is measured on each page.
"""

from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.browser import Finding, ask_axe

MEASURE = """
async (known) => {
  const seen = new Set(known), styles = new Map();
  const style = (node) => styles.get(node) ?? styles.set(node, getComputedStyle(node)).get(node);
  const isClear = (colour) => /^rgba\\(.*, 0\\)$|^transparent$|\\/ 0\\)$/.test(colour);
  const isSolid = (colour) => /^rgb\\(/.test(colour);
  // What is painted behind, from the text out to the first solid colour. What floats may be over anything,
  // hence its rank, which no other page shares; of a text on an image, or clipped away, axe says nothing.
  const behind = (node, rank) => {
    const found = [];
    for (let one = node; one; one = one.parentElement) {
      const { backgroundColor, backgroundImage, opacity, filter, position, mixBlendMode } = style(one);
      if (backgroundImage !== "none" || one.offsetWidth === 1) return null;
      if (filter !== "none" || mixBlendMode !== "normal") return `floats ${rank}`;
      if (opacity !== "1") found.push(opacity);
      if (!isClear(backgroundColor)) found.push(backgroundColor);
      if (isSolid(backgroundColor) && opacity === "1") return found.join();
      if (position !== "static" && position !== "relative") return `floats ${rank}`;
    }
    return found.join();
  };
  const isFloating = (its) => its.startsWith("floats ");
  const look = (node, rank) => {
    const around = behind(node, rank);
    if (around === null || isFloating(around)) return around;
    const { color, fontSize, fontWeight, textShadow } = style(node);
    return [color, fontSize, fontWeight, textShadow, around].join("|");
  };
  const UNREAD = ":disabled, [aria-disabled=true], option";
  const TYPED = "input:not([type=radio], [type=checkbox], [type=hidden], [type=file]), select, textarea";
  // As axe sees it: what is closed, clipped or put beside the page is not read by the eye.
  const isSeen = (node) => {
    const { width, right, bottom } = node.getBoundingClientRect();
    const isThere = width > 1 && right > 0 && bottom + scrollY > 0;
    return isThere && node.checkVisibility({ visibilityProperty: true });
  };
  const hasText = (node) => [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
  const looks = new Map();
  document.body.querySelectorAll("*").forEach((node, rank) => {
    const isText = (hasText(node) || node.matches(TYPED)) && isSeen(node) && !node.closest(UNREAD);
    const its = isText ? look(node, rank) : null;
    if (its !== null && !seen.has(its)) looks.set(node, its);
  });
  if (!looks.size) return [[], []];
  const told = await axe.run([...looks.keys()], {
    runOnly: { type: "rule", values: ["color-contrast"] },
    resultTypes: ["violations", "passes"], elementRef: true, preload: false,
  });
  const nodes = (results) => results.flatMap((one) => one.nodes.map((node) => node.element));
  const bad = new Set(nodes(told.violations).map((node) => looks.get(node)));
  const good = new Set(nodes(told.passes).map((node) => looks.get(node)));
  return [
    told.violations.map((one) => [one.id, one.impact, one.nodes.map((node) => node.html.slice(0, 160))]),
    [...good].filter((its) => its && !isFloating(its) && !bad.has(its)),
  ];
}
"""


@dataclass
class Contrasts:
    """The looks that axe accepted so far, on whatever page."""

    accepted: set[str] = field(default_factory=set)

    def faults(self, page: Page) -> list[Finding]:
        """Return what axe says of the looks of this page that it hasn't accepted yet."""
        found, accepted = ask_axe(page, MEASURE, sorted(self.accepted))
        self.accepted.update(accepted)
        return [(rule, impact, nodes) for rule, impact, nodes in found]
