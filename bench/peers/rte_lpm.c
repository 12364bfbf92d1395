// DPDK's rte_lpm beside PrefixMap. The table is (prefix, length, next hop)…, three words each; the ways are single and bulk.
//
// rte_lpm_add searches the rules of a length one by one, so the full table takes it minutes. The table that lookups
// are measured on is therefore written straight into tbl24 and tbl8, which are public, as rte_lpm_add leaves them.
#include <rte_lpm.h>

#include "harness.h"

#define TBL8S (1 << 16)
#define ROW 3

static struct rte_lpm *lpm;
static uint32_t tbl8s_used;
// rte_lpm has no route of length 0.
static uint32_t fallback;

static void fill_short(uint32_t prefix, uint32_t length, uint32_t hop)
{
	uint32_t first = prefix >> 8, count = 1u << (24 - length);
	for (uint32_t i = first; i < first + count; i++) {
		struct rte_lpm_tbl_entry entry = { .next_hop = hop, .valid = 1, .valid_group = 0, .depth = length };
		lpm->tbl24[i] = entry;
	}
}

static void fill_long(uint32_t prefix, uint32_t length, uint32_t hop)
{
	struct rte_lpm_tbl_entry *top = &lpm->tbl24[prefix >> 8];
	if (!top->valid_group || !top->valid) {
		if (tbl8s_used == TBL8S)
			fail("too many networks with prefixes longer than /24");
		struct rte_lpm_tbl_entry *group = &lpm->tbl8[tbl8s_used * 256];
		for (int i = 0; i < 256; i++) {
			group[i] = *top;
			group[i].valid_group = 1;
		}
		struct rte_lpm_tbl_entry link = { .next_hop = tbl8s_used++, .valid = 1, .valid_group = 1 };
		*top = link;
	}
	struct rte_lpm_tbl_entry entry = { .next_hop = hop, .valid = 1, .valid_group = 1, .depth = length };
	uint32_t first = top->next_hop * 256 + (prefix & 255);
	for (uint32_t i = 0; i < 1u << (32 - length); i++)
		lpm->tbl8[first + i] = entry;
}

// Shorter prefixes first: what comes later is longer and writes over them.
static void load(struct words table)
{
	struct rte_lpm_config config = { .max_rules = (uint32_t)(table.count / ROW) + 16, .number_tbl8s = TBL8S };
	lpm = rte_lpm_create("table", SOCKET_ID_ANY, &config);
	if (lpm == NULL)
		fail("rte_lpm_create failed");
	for (uint32_t length = 0; length <= 32; length++)
		for (size_t i = 0; i < table.count; i += ROW) {
			if (table.at[i + 1] != length)
				continue;
			if (length == 0)
				fallback = table.at[i + 2];
			else if (length <= 24)
				fill_short(table.at[i], length, table.at[i + 2]);
			else
				fill_long(table.at[i], length, table.at[i + 2]);
		}
}

static void single(const uint32_t *addresses, size_t count, uint32_t *hops)
{
	uint32_t sum = 0, hop = 0;
	// A loop of its own for what is measured, which asks for nothing else.
	for (size_t i = 0; hops != NULL && i < count; i++)
		hops[i] = rte_lpm_lookup(lpm, addresses[i], &hop) == 0 ? hop : fallback;
	for (size_t i = 0; hops == NULL && i < count; i++)
		if (rte_lpm_lookup(lpm, addresses[i], &hop) == 0)
			sum += hop;
	NEEDED((uintptr_t)sum);
}

static void bulk(const uint32_t *addresses, size_t count, uint32_t *hops)
{
	uint32_t found[BULK];
	for (size_t i = 0; i + BULK <= count; i += BULK) {
		rte_lpm_lookup_bulk(lpm, &addresses[i], found, BULK);
		NEEDED(found);
		for (int k = 0; hops != NULL && k < BULK; k++)
			hops[i + k] = found[k] & RTE_LPM_LOOKUP_SUCCESS ? found[k] & 0xffffff : fallback;
	}
}

int main(int argc, char **argv)
{
	struct peer peer = { 1, load, NULL, { { "single", single }, { "bulk", bulk } } };
	return harness(&peer, argc, argv);
}
