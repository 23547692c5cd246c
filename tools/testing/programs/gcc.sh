# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Two compilers at once, and what one of them has made.
gcc -O2 -o /tmp/one /nacc/programs/sample.c &
gcc -O0 -g -o /tmp/two /nacc/programs/sample.c || exit
wait $! || exit
/tmp/one && /tmp/two && echo "gcc: both do what they should"
