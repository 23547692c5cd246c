# SPDX-License-Identifier: GPL-2.0
"""The results as a drawing: bars of what marking adds, with the targets on them."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../docs"))
import svg  # noqa: E402 pylint: disable=wrong-import-position

LEFT, WIDTH, BAR, GAP, TOP = 130, 620, 9, 8, 70
COLOR = {"trap": "#c2703d", "routed": "#2f6f9f"}
TICKS = (0, 1, 3, 10, 20, 50, 100, 200, 400, 800)
# How wide a letter is at most: of a number beside a bar, of one above the axis with its "%"
LETTER, WIDE = 5.5, 7


def beside(at, what, line):
    """Where a number stands that begins at AT, and is not to be crossed by the line of a target."""
    crossed = line is not None and at - 2 <= line + 2 and line <= at + LETTER * len(what)
    return line + 5 if crossed else at


def chart(results, target_of):
    """SVG text. The axis is the square root, so that 1 % and 400 % both show."""
    variants = ["trap"] + (["routed"] if results.has_routed else [])
    works = [w for w in results.works if results.ratio(w, "trap")]
    extra = {(w, v): ((results.ratio(w, v) or 1) - 1) * 100 for w in works for v in variants}
    most = max([10.0] + list(extra.values()))
    step = BAR * len(variants) + GAP
    height = TOP + step * len(works) + 30

    def x(value):
        return LEFT + WIDTH * (max(0.0, value) / most) ** 0.5

    drawing = svg.Drawing()
    text, box = drawing.text, drawing.box
    text(10, 20, "Instructions that marking adds to each work", size=14)
    at = 10
    for v in variants:
        box(at, 31, 12, 10, COLOR[v])
        text(at + 16, 40, {"trap": "every store traps", "routed": "with routes"}[v])
        at += 140
    box(at, 29, 2, 14, "#000")
    text(at + 8, 40, "target")
    said = 0
    for t in (t for t in TICKS if t <= most):
        box(x(t), TOP - 5, 1, height - TOP - 20, "#ddd")
        half = WIDE * len(f"{t} %") / 2
        # Near zero lines are close to each other: some have no number.
        if x(t) - half > said:
            text(x(t), TOP - 9, f"{t} %", "middle", 10, "#666")
            said = x(t) + half
    for i, w in enumerate(works):
        y = TOP + i * step
        line = x((target_of[w] - 1) * 100) if w in target_of else None
        text(LEFT - 6, y + (step - GAP) / 2 + 4, w, "end")
        for j, v in enumerate(variants):
            value = extra[w, v]
            box(LEFT, y + j * BAR, max(1, x(value) - LEFT), BAR - 1, COLOR[v])
            number = f"{value:.1f}".replace("-0.0", "0.0")
            text(beside(x(value) + 4, number, line), y + j * BAR + BAR - 1, number, size=9, color="#444")
        if line is not None:
            box(line, y - 2, 2, BAR * len(variants) + 3, "#000")
    return drawing.to_text(LEFT + WIDTH + 80, height)
