#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Dashboard, alerts and docs against what "nacc metrics" says of a make-believe system.
set -eu
top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
b=$top/build/nacc-tests
make -s -C "$top/tools/nacc" O="$b" "$b/nacc-fake"
FAKE_ROOT=$top/tools/nacc/tests/root "$b/nacc-fake" metrics >"$b/metrics"
exec "$top/tools/packaging/test_monitoring.py" "$b/metrics"
