// DPDK's rte_lpm beside PrefixMap: reads a table and streams, answers "run" and "answers" lines on standard input.
//
//   rte_lpm TABLE STREAM...      files of 32-bit words in host order: TABLE is (prefix, length, next hop)…
//   > run K single|bulk          passes stream K; prints the nanoseconds of each part
//   > answers K FILE             writes the next hop of each address of stream K, 0 for none
//   > build                      adds the table with rte_lpm_add to a second rte_lpm; prints nanoseconds
//
// rte_lpm_add searches the rules of a length one by one, so the full table takes it minutes. The table that lookups
// are measured on is therefore written straight into tbl24 and tbl8, which are public, as rte_lpm_add leaves them.
#include <rte_eal.h>
#include <rte_lpm.h>

#include "harness.h"

#define TBL8S (1 << 16)

static uint32_t tbl8s_used;

static void fill_short(struct rte_lpm *lpm, uint32_t prefix, uint32_t length, uint32_t hop)
{
	uint32_t first = prefix >> 8, count = 1u << (24 - length);
	for (uint32_t i = first; i < first + count; i++) {
		struct rte_lpm_tbl_entry entry = { .next_hop = hop, .valid = 1, .valid_group = 0, .depth = length };
		lpm->tbl24[i] = entry;
	}
}

static void fill_long(struct rte_lpm *lpm, uint32_t prefix, uint32_t length, uint32_t hop)
{
	struct rte_lpm_tbl_entry *top = &lpm->tbl24[prefix >> 8];
	if (!top->valid_group || !top->valid) {
		if (tbl8s_used == TBL8S) {
			fprintf(stderr, "more than %d networks with prefixes longer than /24\n", TBL8S);
			exit(1);
		}
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
static void fill(struct rte_lpm *lpm, struct words table, uint32_t *fallback)
{
	for (uint32_t length = 0; length <= 32; length++)
		for (size_t i = 0; i < table.count; i += 3) {
			if (table.at[i + 1] != length)
				continue;
			if (length == 0)
				*fallback = table.at[i + 2];
			else if (length <= 24)
				fill_short(lpm, table.at[i], length, table.at[i + 2]);
			else
				fill_long(lpm, table.at[i], length, table.at[i + 2]);
		}
}

static struct rte_lpm *create(const char *name, size_t rules)
{
	struct rte_lpm_config config = { .max_rules = (uint32_t)rules + 16, .number_tbl8s = TBL8S };
	struct rte_lpm *lpm = rte_lpm_create(name, SOCKET_ID_ANY, &config);
	if (lpm == NULL) {
		fprintf(stderr, "rte_lpm_create failed\n");
		exit(1);
	}
	return lpm;
}

static uint64_t run_single(struct rte_lpm *lpm, struct words stream)
{
	uint64_t start = nanoseconds();
	uint32_t sum = 0, hop = 0;
	for (size_t i = 0; i < stream.count; i++)
		if (rte_lpm_lookup(lpm, stream.at[i], &hop) == 0)
			sum += hop;
	sink = sum;
	return nanoseconds() - start;
}

static uint64_t run_bulk(struct rte_lpm *lpm, struct words stream)
{
	uint64_t start = nanoseconds();
	uint32_t sum = 0, hops[BULK];
	for (size_t i = 0; i + BULK <= stream.count; i += BULK) {
		rte_lpm_lookup_bulk(lpm, &stream.at[i], hops, BULK);
		for (int k = 0; k < BULK; k++)
			sum += hops[k];
	}
	sink = sum;
	return nanoseconds() - start;
}

static void run(struct rte_lpm *lpm, struct words stream, int bulk)
{
	for (size_t i = 0; i + PART <= stream.count; i += PART) {
		struct words part = { stream.at + i, PART };
		printf("%" PRIu64 " ", bulk ? run_bulk(lpm, part) : run_single(lpm, part));
	}
	printf("\n");
}

static void answers(struct rte_lpm *lpm, struct words stream, uint32_t fallback, const char *path)
{
	FILE *file = fopen(path, "wb");
	for (size_t i = 0; file != NULL && i < stream.count; i++) {
		uint32_t hop = 0;
		if (rte_lpm_lookup(lpm, stream.at[i], &hop) != 0)
			hop = fallback;
		fwrite(&hop, 4, 1, file);
	}
	if (file == NULL || fclose(file) != 0)
		exit(1);
	printf("ok\n");
}

static uint64_t build(struct words table)
{
	struct rte_lpm *lpm = create("built", table.count / 3);
	uint64_t start = nanoseconds();
	for (size_t i = 0; i < table.count; i += 3)
		if (table.at[i + 1] != 0)
			rte_lpm_add(lpm, table.at[i], (uint8_t)table.at[i + 1], table.at[i + 2]);
	uint64_t took = nanoseconds() - start;
	rte_lpm_free(lpm);
	return took;
}

int main(int argc, char **argv)
{
	char *eal[] = { argv[0], "--no-huge", "--no-pci", "--no-telemetry", "--no-shconf", "-m", "1024",
			"--log-level=error", "-l", "0" };
	if (argc < 3 || rte_eal_init(10, eal) < 0)
		return 1;
	struct words table = words_of(argv[1]);
	struct rte_lpm *lpm = create("table", table.count / 3);
	uint32_t fallback = 0;
	fill(lpm, table, &fallback);
	printf("ready\n");
	fflush(stdout);
	char line[4096], how[4000];
	unsigned int which;
	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (sscanf(line, "run %u %3999s", &which, how) == 2) {
			struct words stream = words_of(argv[2 + which]);
			(how[0] == 'b' ? run_bulk : run_single)(lpm, stream);
			run(lpm, stream, how[0] == 'b');
			free(stream.at);
		} else if (sscanf(line, "answers %u %3999s", &which, how) == 2) {
			struct words stream = words_of(argv[2 + which]);
			answers(lpm, stream, fallback, how);
			free(stream.at);
		} else if (strncmp(line, "build", 5) == 0) {
			printf("%" PRIu64 "\n", build(table));
		}
		fflush(stdout);
	}
	return 0;
}
