/* SPDX-License-Identifier: BSD-2-Clause */
/* For libsodium, which includes it and wants nothing of it here; see ../string.h. */
#include <stddef.h>
