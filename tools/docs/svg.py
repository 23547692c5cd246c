# SPDX-License-Identifier: GPL-2.0
"""A drawing as SVG text, readable in light and dark viewers: the background is in it."""
import html


class Drawing:
    """Elements in the order in which they are drawn; to_text() is the file."""

    def __init__(self):
        self.parts = []

    def text(self, x, y, what, anchor="start", size=11, color="#222", bold=False):
        weight = ' font-weight="bold"' if bold else ""
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
                          f'font-size="{size}" fill="{color}"{weight}>{html.escape(what)}</text>')

    def box(self, x, y, width, tall, color, edge=None):
        stroke = f' stroke="{edge}"' if edge else ""
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{tall}" '
                          f'fill="{color}"{stroke}/>')

    def arrow(self, points, color="#444"):
        """A line through the points, with a head at the last of them."""
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{line}" fill="none" stroke="{color}"/>')
        (x0, y0), (x, y) = points[-2:]
        dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)
        head = [(x, y), (x - 6 * dx - 3 * dy, y - 6 * dy - 3 * dx),
                (x - 6 * dx + 3 * dy, y - 6 * dy + 3 * dx)]
        line = " ".join(f"{hx:.1f},{hy:.1f}" for hx, hy in head)
        self.parts.append(f'<polygon points="{line}" fill="{color}"/>')

    def to_text(self, width, height):
        return "\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
            f'height="{height}" font-family="sans-serif">',
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            *self.parts, "</svg>"]) + "\n"
