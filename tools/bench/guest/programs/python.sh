# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
exec python3 /nacc/programs/work.py
