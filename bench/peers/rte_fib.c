// DPDK's rte_fib (dir24_8, next hops of four bytes) beside PrefixMap. The table is (prefix, length, next hop)…, three words
// each; the ways are scalar and best, which is AVX-512 where the processor has it. It has no lookup of one address.
#include <rte_fib.h>
#include <rte_memory.h>

#include "harness.h"

#define TBL8S (1 << 16)
#define ROW 3

static struct rte_fib *fib;

static void load(struct words table)
{
	struct rte_fib_conf config = { .type = RTE_FIB_DIR24_8, .default_nh = 0,
		.max_routes = (int)(table.count / ROW) + 16 };
	config.dir24_8.nh_sz = RTE_FIB_DIR24_8_4B;
	config.dir24_8.num_tbl8 = TBL8S - 1;
	fib = rte_fib_create("table", SOCKET_ID_ANY, &config);
	if (fib == NULL)
		fail("rte_fib_create failed");
	for (size_t i = 0; i < table.count; i += ROW)
		if (rte_fib_add(fib, table.at[i], (uint8_t)table.at[i + 1], table.at[i + 2]) != 0)
			fail("rte_fib_add failed");
}

static void bulk(const uint32_t *addresses, size_t count, uint32_t *hops)
{
	uint64_t found[BULK];
	for (size_t i = 0; i + BULK <= count; i += BULK) {
		rte_fib_lookup_bulk(fib, (uint32_t *)(uintptr_t)&addresses[i], found, BULK);
		NEEDED(found);
		for (int k = 0; hops != NULL && k < BULK; k++)
			hops[i + k] = (uint32_t)found[k];
	}
}

static void scalar(const uint32_t *addresses, size_t count, uint32_t *hops)
{
	if (rte_fib_select_lookup(fib, RTE_FIB_LOOKUP_DIR24_8_SCALAR_MACRO) != 0)
		fail("rte_fib has no scalar lookup");
	bulk(addresses, count, hops);
}

static void best(const uint32_t *addresses, size_t count, uint32_t *hops)
{
	if (rte_fib_select_lookup(fib, RTE_FIB_LOOKUP_DEFAULT) != 0)
		fail("rte_fib has no lookup");
	bulk(addresses, count, hops);
}

int main(int argc, char **argv)
{
	struct peer peer = { 1, load, NULL, { { "scalar", scalar }, { "best", best } } };
	return harness(&peer, argc, argv);
}
