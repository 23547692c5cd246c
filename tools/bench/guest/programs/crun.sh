# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# A container from its start to its end. The first run makes the bundle.
b=/tmp/bundle
[ -d $b ] || mkbundle $b true
exec crun run -b $b bench
