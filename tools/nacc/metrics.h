/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters and states of module, firmware and domains, as monitoring systems read them.
 */
#ifndef NACC_METRICS_H
#define NACC_METRICS_H

#include <stdbool.h>
#include <stdio.h>

/**
 * enum metrics_form - how they are written
 * @METRICS_OPEN: OpenMetrics 1.0
 * @METRICS_TEXT: the text format of Prometheus, 0.0.4, for who does not know the other
 */
enum metrics_form { METRICS_OPEN, METRICS_TEXT };

int metrics_write(FILE *out, enum metrics_form form);

#endif /* NACC_METRICS_H */
