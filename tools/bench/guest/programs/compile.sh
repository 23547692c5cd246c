# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
gcc -O2 -o /tmp/compiled /nacc/programs/sample.c && /tmp/compiled
