// SPDX-License-Identifier: GPL-2.0-only
/*
 * Row 0 of the square for n parts is 0, 1, n-1, 2, n-2, ...; its steps are all different
 * modulo n, so that in the rows that follow, each one part up, a part comes after each other
 * part once (for odd n: twice, with each row backwards too). A row backwards is in the square
 * of an even n anyway. Each second round is the one before backwards: the two together
 * cancel a drift, and a session that ends early is as balanced as can be.
 */
#include "bench/order.h"
#include "bench/prng.h"
#include "lib/util.h"

/* Who plays which part; another cast for each time the square is repeated. */
static void shuffle(unsigned *cast, size_t n, uint64_t seed, unsigned repeat)
{
	struct prng prng = {seed};

	prng.state = prng_next(&prng) + repeat;
	for (size_t i = 0; i < n; i++)
		cast[i] = (unsigned)i;
	for (size_t i = n; i > 1; i--) {
		size_t other = prng_below(&prng, i);
		unsigned last = cast[i - 1];

		cast[i - 1] = cast[other];
		cast[other] = last;
	}
}

int order_of_round(size_t nr_arms, unsigned round, uint64_t seed, unsigned *ret)
{
	_cleanup_free_ unsigned *cast = calloc(nr_arms + 1, sizeof(*cast));
	size_t nr_rows = nr_arms % 2 == 0 ? nr_arms / 2 : nr_arms;
	size_t row = round / 2;

	if (!cast)
		return -ENOMEM;
	if (nr_arms == 0)
		return 0;
	shuffle(cast, nr_arms, seed, (unsigned)(row / nr_rows));
	for (size_t i = 0; i < nr_arms; i++) {
		size_t place = round % 2 == 0 ? i : nr_arms - 1 - i;
		size_t part = i % 2 == 1 ? i / 2 + 1 : nr_arms - i / 2;

		ret[place] = cast[(part + row) % nr_arms];
	}
	return 0;
}
