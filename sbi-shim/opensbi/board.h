/* SPDX-License-Identifier: BSD-2-Clause */
/* Which boards are known. */
#ifndef NACC_BOARD_H
#define NACC_BOARD_H

const char *nacc_board_lacks(const void *fdt);
void nacc_board_say(const void *fdt, const char *why);

#endif /* NACC_BOARD_H */
