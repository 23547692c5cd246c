/* SPDX-License-Identifier: BSD-2-Clause */
/* Per-hart state. */
#ifndef NACC_HART_H
#define NACC_HART_H

#include <sbi/sbi_scratch.h>
#include <sbi/sbi_types.h>
#include "fast.h"
#include "nacc_core.h"

/**
 * struct nacc_hart - one hart, in its scratch space
 * @fast: what the trap vector knows; first, at NACC_HART_OFFSET
 * @seen: contexts of threads that it had in user mode, behind fast.known, or NULL; by the
 *	vector and user.c. A fence forgets them
 * @fence_done: last fence that this hart has acknowledged
 * @root: physical address of the root that satp named then, 0 for bare
 * @ad: enum nacc_ad
 * @walker: enum nacc_walker
 * @inval: enum nacc_inval
 * @armed: its trap vector is the shim's
 * @retry_pc: access tried again in trap.c: its instruction
 * @retry_va: its address
 * @retry_time: when
 * @retries: how often in a row
 * @refused_pc: store that was refused last: its instruction; 0 for none
 * @refused_va: its address
 * @refused_regs: all registers then, as one number
 * @before: what satp held before the hart was last started, until it has something else
 * @guard: NACC_GUARD_* as it does
 * @resuming: it is on its way back from a suspend, and not guarded yet
 * @joining: it has been started, and may have read what is to be guarded
 * @guest: a virtual machine ran on it when it began to
 * @hgatp: what hgatp held then
 * @can_guard: it has mstatus.TVM
 * @left: it has turned translation off since it was started: its kernel has ended
 * @refused_root: NACC_INFO_REFUSED
 * @pads: it has landing pads (Zicfilp) or double traps (Ssdbltrp), of which mstatus has
 *	bits that the vector does not look at: it leaves the gate to user.c
 * @medeleg: what is delegated while no gated thread is in user mode; with @pads
 * @mideleg: likewise
 * @waits: with H, of mie what is delegated for good, while a gated thread is in user mode
 * @is_open: user mode may use secret pages
 * @guest_loads: hstatus before that, of a hart with H
 * @window: the PMP entry of those, as last found
 * @tried_pc: access to a secret page that it was opened for last: its instruction
 * @tried_va: its address
 * @has_triggers: the caller has named shared memory for DBTR ...
 * @triggers: ... at this physical address
 *
 * Written by the hart itself only; some of it read by others.
 */
struct nacc_hart {
	struct nacc_fast fast;
	struct nacc_sbi_context *seen[NACC_FAST_SEEN];
	unsigned long fence_done;
	unsigned long root;
	u32 ad;
	u32 walker;
	u32 inval;
	u32 armed;
	u64 retry_pc;
	u64 retry_va;
	u64 retry_time;
	u32 retries;
	u64 refused_pc;
	u64 refused_va;
	u64 refused_regs;
	u64 before;
	u64 guard;
	u64 hgatp;
	u32 resuming;
	u32 joining;
	u32 guest;
	u32 can_guard;
	u32 left;
	u64 refused_root[4];
	u32 pads;
	u64 medeleg;
	u64 mideleg;
	u64 waits;
	u32 is_open;
	u32 window;
	u64 guest_loads;
	u64 tried_pc;
	u64 tried_va;
	u32 has_triggers;
	u64 triggers;
};

/**
 * nacc_hart_of() - the shim's state of a hart
 * @scratch: the hart's scratch space
 */
static inline struct nacc_hart *nacc_hart_of(struct sbi_scratch *scratch)
{
	return sbi_scratch_offset_ptr(scratch, NACC_HART_OFFSET);
}

void nacc_hart_init(void);
bool nacc_hart_room(void);
void nacc_hart_disarm(struct sbi_scratch *scratch);
unsigned long nacc_hart_count(void);
enum nacc_walker nacc_hart_walker(void);
enum nacc_inval nacc_hart_inval(void);

#endif /* NACC_HART_H */
