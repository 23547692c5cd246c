// SPDX-License-Identifier: GPL-2.0
/*
 * The trap vector's part of the gate, by itself: whatever a turn is about, and by whichever
 * way it goes out, registers and CSRs are as they have to be.
 *
 * S-mode, one hart, and where double traps are one another that switches the gate off; ends with a
 * reset call. See sbi-shim/opensbi/turned.S.
 */
#include "bare.h"

void s_mode(void)
{
	make_world();
	look_for_pads();
	calibrate(&one);
	mode(NACC_GATE_ENFORCE);
	cases();
	units();
	virtuals();
	pads();
	differ();
	put("bare: ");
	put_number(asserted, 10);
	put(" assertions, ");
	put_number(failed, 10);
	put(has_h ? " failed, with H" : " failed, without H");
	put(has_v ? ", with V" : ", without V");
	put(has_pads ? ", with landing pads" : "");
	put(has_sdt ? ", with double traps\n" : "\n");
	put("bare: done\n");
	end();
}
