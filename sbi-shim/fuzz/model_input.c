// SPDX-License-Identifier: BSD-2-Clause
/* The fuzzer's input as arguments: mostly such as get far. */
#include "model.h"

nacc_u64 scratch_pa[SCRATCH];

static const unsigned char *in;
static size_t left;

void input_begin(const unsigned char *data, size_t size)
{
	in = data;
	left = size;
}

size_t input_left(void)
{
	return left;
}

unsigned int byte(void)
{
	if (!left)
		return 0;
	left--;
	return *in++;
}

unsigned int below(unsigned int n)
{
	return byte() % n;
}

nacc_u64 wild(void)
{
	nacc_u64 v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | byte();
	return v;
}

static nacc_u64 odd_address(void)
{
	static const nacc_u64 odd[] = {
		0, FW_BASE, FW_BASE + FW_SIZE, IMAGE_BASE, KERNEL_ROOT, VDSO_BASE,
		FREED_BASE, FREED_BASE + FREED_SIZE, IMAGE_BASE + IMAGE_SIZE - PAGE,
		POOL_BASE - PAGE, POOL_BASE, POOL_BASE + REGION,
		RAM_BASE + RAM_SIZE, -PAGE, 1UL << 55, 1UL << 63,
	};
	unsigned int i = below(ARRAY_SIZE(odd) + 2);

	if (i == ARRAY_SIZE(odd))
		return m.core.frame_base - PAGE;
	return i < ARRAY_SIZE(odd) ? odd[i] : wild();
}

/* An address for an argument: mostly a frame or a scratch page. */
nacc_u64 address(void)
{
	unsigned int k = byte();

	if (k < 160)
		return frame_pa_of(k % mo.nr);
	if (k < 240)
		return scratch_pa[k % SCRATCH];
	return odd_address() + (k & 1 ? 0 : below(8));
}

nacc_u64 scratch_arg(void)
{
	unsigned int k = byte();

	return k < 245 ? scratch_pa[k % SCRATCH] : odd_address();
}

nacc_u64 slot_arg(void)
{
	static const int slots[] = { 0, 1, 2, 3, 255, 256, 257, 258, 511 };
	unsigned int i = below(16);

	return i < ARRAY_SIZE(slots) ? slots[i] : below(256) * 2;
}

nacc_u64 pte_arg(void)
{
	switch (below(11)) {
	case 0:
		return 0;
	case 9:
		/* N, PBMT, and what is 64 KiB around something odd */
		return PTE(below(4) ? (odd_address() & -16 * PAGE) + 8 * PAGE : wild(),
			   V | U | (below(16) & (R | W | X | G))) | (nacc_u64)below(8) << 61;
	case 1:
	case 2:
		return PTE(DATA_PAGE + below(16) * PAGE, USER_RW);
	case 3:
		return PTE(DATA_PAGE, (nacc_u64)below(256) | (byte() & 3) << 8);
	case 4:
	case 5:
		return LINK(frame_pa_of(below(mo.nr)));
	case 6:
		return LINK(scratch_arg());
	case 7:
		return PTE(odd_address(), (nacc_u64)below(256) | V);
	case 8:
		return PTE(below(16) * 0x8000000000UL, USER_RW);
	default:
		return wild();
	}
}
