/* SPDX-License-Identifier: BSD-2-Clause */
/* Which boards are known. */
#ifndef NACC_BOARD_H
#define NACC_BOARD_H

const char *nacc_board_lacks(const void *fdt);

#endif /* NACC_BOARD_H */
