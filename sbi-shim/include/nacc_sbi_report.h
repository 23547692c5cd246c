/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * The NACC SBI extension: reports, by which the firmware says to somebody elsewhere what
 * runs here; part of nacc_sbi.h. Since 2.3.
 *
 * A report is an EAT (RFC 9711): claims of a CWT in a COSE_Sign1 (RFC 9052), CBOR in its
 * core deterministic encoding (RFC 8949, 4.2.1), signed with Ed25519 by a key that S-mode
 * cannot read. docs/evidence.md says of each claim what it proves.
 */
#ifndef NACC_SBI_REPORT_H
#define NACC_SBI_REPORT_H

/** NACC_REPORT_NONCE_MIN, NACC_REPORT_NONCE_MAX - bytes of a nonce (RFC 9711, 4.1) */
#define NACC_REPORT_NONCE_MIN		8
#define NACC_REPORT_NONCE_MAX		64
/** NACC_REPORT_TOLD_MAX - most bytes that the kernel may add */
#define NACC_REPORT_TOLD_MAX		1024

/**
 * struct nacc_sbi_report - what a report is to be about: the page of REPORT_BEGIN
 * @nonce_len: bytes of @nonce
 * @told_len: bytes of @told
 * @nonce: what the report is to repeat, so that it cannot be an old one
 * @told: what the kernel says, which the firmware does not look into; a claim of its own
 */
struct nacc_sbi_report {
	nacc_u32 nonce_len;
	nacc_u32 told_len;
	nacc_u8 nonce[NACC_REPORT_NONCE_MAX];
	nacc_u8 told[NACC_REPORT_TOLD_MAX];
};

/**
 * enum nacc_evidence_key - NACC_INFO_EVIDENCE: who vouches for the key of reports
 *
 * @NACC_EVIDENCE_NONE: there are no reports
 * @NACC_EVIDENCE_DEVELOPMENT: nobody: its secret half is published with the sources
 */
enum nacc_evidence_key {
	NACC_EVIDENCE_NONE = 0,
	NACC_EVIDENCE_DEVELOPMENT = 1,
};

/** NACC_REPORT_PROFILE - eat_profile: that the claims are those of this header */
#define NACC_REPORT_PROFILE		"tag:nacc.invalid,2026:evidence:1"

/** NACC_REPORT_ALG - COSE algorithm: EdDSA */
#define NACC_REPORT_ALG			(-8)
/** NACC_REPORT_HASH - of measurements: sha-512 (IANA, Named Information Hash Algorithms) */
#define NACC_REPORT_HASH		8
#define NACC_REPORT_HASH_SIZE		64
/** NACC_REPORT_COMPONENT - content format of a measured component (RFC 10013) */
#define NACC_REPORT_COMPONENT		295

/* Tags: a CWT, in it a COSE_Sign1 */
#define NACC_TAG_CWT			61
#define NACC_TAG_SIGN1			18

/* Claims of EAT (IANA, CBOR Web Token Claims) */
#define NACC_CLAIM_NONCE		10
#define NACC_CLAIM_UPTIME		261
#define NACC_CLAIM_DBGSTAT		263
#define NACC_CLAIM_PROFILE		265
#define NACC_CLAIM_BOOTSEED		268
#define NACC_CLAIM_SWNAME		270
#define NACC_CLAIM_SWVERSION		271
#define NACC_CLAIM_MEASUREMENTS		273

/* Claims of the profile, of the range for private use */
#define NACC_CLAIM_KEY			(-70000)
#define NACC_CLAIM_SETUP		(-70001)
#define NACC_CLAIM_MACHINE		(-70002)
#define NACC_CLAIM_DOMAIN		(-70003)
#define NACC_CLAIM_TOLD			(-70004)

/** NACC_DBGSTAT_ENABLED - value of NACC_CLAIM_DBGSTAT: nobody has ruled debuggers out */
#define NACC_DBGSTAT_ENABLED		0

/* Names of measured components */
#define NACC_COMPONENT_FIRMWARE		"firmware"
#define NACC_COMPONENT_KERNEL		"kernel"
#define NACC_COMPONENT_CMDLINE		"command-line"
#define NACC_COMPONENT_SETUP		"set-up"

/**
 * enum nacc_measured - what is measured
 *
 * @NACC_MEASURED_FIRMWARE: text and read-only data of OpenSBI with the shim, when it starts
 * @NACC_MEASURED_KERNEL: the file of the next stage, before it runs
 * @NACC_MEASURED_CMDLINE: its command line, without the final zero
 * @NACC_MEASURED_SETUP: what the module has locked, wherever the kernel lies
 * @NACC_MEASURED_MAX: number of components
 */
enum nacc_measured {
	NACC_MEASURED_FIRMWARE,
	NACC_MEASURED_KERNEL,
	NACC_MEASURED_CMDLINE,
	NACC_MEASURED_SETUP,
	NACC_MEASURED_MAX,
};

/**
 * enum nacc_claim_setup - keys of NACC_CLAIM_SETUP
 *
 * @NACC_SETUP_STATE: NACC_INFO_STATE: set up, locked, provenance, paging mode
 * @NACC_SETUP_GUARD: NACC_INFO_GUARD: whether roots are guarded, how many are bound
 */
enum nacc_claim_setup {
	NACC_SETUP_STATE = 1,
	NACC_SETUP_GUARD = 2,
};

/**
 * enum nacc_claim_machine - keys of NACC_CLAIM_MACHINE
 *
 * @NACC_MACHINE_ABI: NACC_SBI_ABI_VERSION
 * @NACC_MACHINE_POOL: size of the region in bytes
 * @NACC_MACHINE_FRAMES: frames in it
 * @NACC_MACHINE_REPORTS: number of this report in this boot, from 1
 * @NACC_MACHINE_TICKS: time CSR, when it was signed
 * @NACC_MACHINE_REFUSED: map: enum nacc_reason to how often, without those that were never
 */
enum nacc_claim_machine {
	NACC_MACHINE_ABI = 1,
	NACC_MACHINE_POOL = 2,
	NACC_MACHINE_FRAMES = 3,
	NACC_MACHINE_REPORTS = 4,
	NACC_MACHINE_TICKS = 5,
	NACC_MACHINE_REFUSED = 6,
};

/**
 * enum nacc_claim_domain - keys of NACC_CLAIM_DOMAIN; those about the gate only if it has one,
 *	NACC_DOMAIN_SEALS only if anything is sealed
 *
 * @NACC_DOMAIN_TAG: the number it has at the firmware
 * @NACC_DOMAIN_LIVE: address spaces
 * @NACC_DOMAIN_BUILDING: those that are being built
 * @NACC_DOMAIN_RETIRING: those that end
 * @NACC_DOMAIN_BOUND: roots of LIVE that are bound to their mm
 * @NACC_DOMAIN_TABLES: page tables
 * @NACC_DOMAIN_GATE: NACC_GATE_FLAGS
 * @NACC_DOMAIN_GATED: address spaces that go through it
 * @NACC_DOMAIN_REFUSED: returns that did not fit
 * @NACC_DOMAIN_REFUSED_CALLS: system calls that were not in the list
 * @NACC_DOMAIN_SEALED: sealed ranges of LIVE
 * @NACC_DOMAIN_SEALED_BYTES: bytes of addresses that they have
 * @NACC_DOMAIN_SEALS: which they are: SHA-512 of numbers of eight bytes, the lowest first. For
 *	each of LIVE that has any, in the order of their roots' addresses: how many, then start
 *	and end of each, in the order in which they were sealed
 */
enum nacc_claim_domain {
	NACC_DOMAIN_TAG = 1,
	NACC_DOMAIN_LIVE = 2,
	NACC_DOMAIN_BUILDING = 3,
	NACC_DOMAIN_RETIRING = 4,
	NACC_DOMAIN_BOUND = 5,
	NACC_DOMAIN_TABLES = 6,
	NACC_DOMAIN_GATE = 7,
	NACC_DOMAIN_GATED = 8,
	NACC_DOMAIN_REFUSED = 9,
	NACC_DOMAIN_REFUSED_CALLS = 10,
	NACC_DOMAIN_SEALED = 11,
	NACC_DOMAIN_SEALED_BYTES = 12,
	NACC_DOMAIN_SEALS = 13,
};

/**
 * enum nacc_claim_told - keys of the map that NACC_CLAIM_TOLD holds, as "nacc report" makes it
 *
 * @NACC_TOLD_RELEASE: release of the kernel
 * @NACC_TOLD_MODULE: build ID of the module
 * @NACC_TOLD_NAME: name of the domain
 * @NACC_TOLD_IMAGE: what container image it is of
 */
enum nacc_claim_told {
	NACC_TOLD_RELEASE = 1,
	NACC_TOLD_MODULE = 2,
	NACC_TOLD_NAME = 3,
	NACC_TOLD_IMAGE = 4,
};

#endif /* NACC_SBI_REPORT_H */
