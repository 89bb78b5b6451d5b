/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The order of a round: each arm once, and over the rounds each arm as often at each place,
 * and as often right after each other arm, as can be (a Williams design: for an even number
 * of arms it is balanced after as many rounds, for an odd one after twice as many). @seed
 * shuffles which arm plays which part, so that no arm always follows the same one.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Fills @ret with the indices of @nr_arms arms for round @round, from 0. 0 or -ENOMEM. */
int order_of_round(size_t nr_arms, unsigned round, uint64_t seed, unsigned *ret);
