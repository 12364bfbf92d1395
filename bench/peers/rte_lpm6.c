// DPDK's rte_lpm6 beside PrefixMap6. The table is (prefix, length, next hop)…, six words each; the ways are single and bulk.
#include <arpa/inet.h>

#include <rte_lpm6.h>
#include <rte_memory.h>

#include "harness.h"

#define TBL8S (1 << 16)
#define ROW 6

static struct rte_lpm6 *lpm;

// rte_lpm6 takes addresses as bytes in network order.
static void prepare(struct words stream)
{
	for (size_t i = 0; i < stream.count; i++)
		stream.at[i] = htonl(stream.at[i]);
}

static void load(struct words table)
{
	struct rte_lpm6_config config = { .max_rules = (uint32_t)(table.count / ROW) + 16, .number_tbl8s = TBL8S };
	lpm = rte_lpm6_create("table", SOCKET_ID_ANY, &config);
	if (lpm == NULL)
		fail("rte_lpm6_create failed");
	for (size_t i = 0; i < table.count; i += ROW) {
		uint32_t *row = &table.at[i];
		for (int k = 0; k < 4; k++)
			row[k] = htonl(row[k]);
		if (rte_lpm6_add(lpm, (uint8_t *)row, (uint8_t)row[4], row[5]) != 0)
			fail("rte_lpm6_add failed");
	}
}

static void single(const uint32_t *addresses, size_t count, uint32_t *hops)
{
	uint32_t sum = 0, hop = 0;
	// A loop of its own for what is measured, which asks for nothing else.
	for (size_t i = 0; hops != NULL && i < count; i++)
		hops[i] = rte_lpm6_lookup(lpm, (const uint8_t *)&addresses[4 * i], &hop) == 0 ? hop : 0;
	for (size_t i = 0; hops == NULL && i < count; i++)
		if (rte_lpm6_lookup(lpm, (const uint8_t *)&addresses[4 * i], &hop) == 0)
			sum += hop;
	NEEDED((uintptr_t)sum);
}

static void bulk(const uint32_t *addresses, size_t count, uint32_t *hops)
{
	int32_t found[BULK];
	for (size_t i = 0; i + BULK <= count; i += BULK) {
		rte_lpm6_lookup_bulk_func(lpm, (uint8_t (*)[16])(uintptr_t)&addresses[4 * i], found, BULK);
		NEEDED(found);
		for (int k = 0; hops != NULL && k < BULK; k++)
			hops[i + k] = found[k] < 0 ? 0 : (uint32_t)found[k];
	}
}

int main(int argc, char **argv)
{
	struct peer peer = { 4, load, prepare, { { "single", single }, { "bulk", bulk } } };
	return harness(&peer, argc, argv);
}
