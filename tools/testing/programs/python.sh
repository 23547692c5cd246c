# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
python3 /nacc/programs/work.py && exec python3 /nacc/hello.py
