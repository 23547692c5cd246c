#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""openmetrics.py OPEN TEXT: are these OpenMetrics and the older text format, by the parsers
of Debian's python3-prometheus-client, and do they say the same?

With one file only: is it OpenMetrics? Prints "NAME{LABELS} VALUE" for each sample of the
first, in order."""
import sys

from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client import parser as text


def samples(parse, path):
    with open(path, encoding="utf-8") as f:
        families = list(parse(f.read()))
    names = [family.name for family in families]
    if len(set(names)) != len(names):
        sys.exit(f"{path}: a family is there twice")
    if not all(family.documentation for family in families):
        sys.exit(f"{path}: a family has no help")
    return [(s.name, tuple(sorted(s.labels.items())), s.value)
            for family in families for s in family.samples]


def main():
    first = samples(openmetrics.text_string_to_metric_families, sys.argv[1])
    if len({s[:2] for s in first}) != len(first):
        sys.exit("a sample is there twice")
    if len(sys.argv) > 2:
        second = samples(text.text_string_to_metric_families, sys.argv[2])
        if first != second:
            sys.exit(f"they differ: {set(first) ^ set(second)}")
    for name, labels, value in first:
        print(f"{name}{{{','.join(f'{k}={v}' for k, v in labels)}}} {value:g}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
