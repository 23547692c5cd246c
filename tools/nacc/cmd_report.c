// SPDX-License-Identifier: GPL-2.0
/*
 * nacc report
 */
#include <stddef.h>

#include "cmd.h"
#include "report_file.h"

#define MAKE	"ID|NAME|PID|--machine --nonce HEX [--image TEXT] [--out FILE]"
#define VERIFY	"--verify FILE --key PUB [--nonce HEX] [--reference CORIM] [--seals LIST] [--json]"

static int run_report(const struct args *args)
{
	return args->verify ? report_check(args) : report_make(args);
}

const struct cmd cmd_report = {
	.name = "report",
	.usage = MAKE " | " VERIFY,
	.brief = "have the firmware sign what runs here; verify what it has signed",
	.help =
	"The firmware signs what it has measured at boot and what it knows of the machine and of\n"
	"a domain, as an Entity Attestation Token (RFC 9711). What the kernel tells it beside\n"
	"is in a part of its own, for which it does not vouch.\n"
	"\n"
	"  ID, NAME           of the domain, as 'nacc ps' shows them\n"
	"  PID                of a process of it\n"
	"  --machine          of no domain\n"
	"  --nonce HEX        8 to 64 bytes that the verifier has chosen; with --verify, those\n"
	"                     that the report must repeat\n"
	"  --image TEXT       what image the container is of: told, not proved\n"
	"  --out FILE         where the report goes; else to standard output\n"
	"  --verify FILE      judge a report; needs no device\n"
	"  --key PUB          file with the public key that must have signed it: Ed25519, hex\n"
	"  --reference CORIM  what must be measured: 'make corim' makes the file\n"
	"  --seals LIST       ranges that must be sealed, and no others: what 'nacc seal --list\n"
	"                     ID --json' has printed beside the report\n"
	"  --json             print an object\n"
	"\n"
	"Where there is no root of trust, as in QEMU, the key is the development key: anybody\n"
	"can sign with it, and --verify says so each time.\n"
	"\n"
	"Example:\n"
	"  # nacc report web --nonce 9f86d081884c7d65 --out web.eat\n"
	"  $ nacc report --verify web.eat --key board.pub --nonce 9f86d081884c7d65\n",
	.opts = OPT_JSON | OPT_REPORT,
	.min = 0,
	.max = 1,
	.run = run_report,
};
