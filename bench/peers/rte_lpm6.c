// DPDK's rte_lpm6 beside PrefixMap6: as rte_lpm.c, with addresses of four words in host order.
//
//   rte_lpm6 TABLE STREAM...     TABLE is (prefix, length, next hop)…, six words each
//   > run K single|bulk          passes stream K; prints the nanoseconds of each part
//   > answers K FILE             writes the next hop of each address of stream K, 0 for none
#include <arpa/inet.h>

#include <rte_eal.h>
#include <rte_lpm6.h>
#include <rte_memory.h>

#include "harness.h"

#define TBL8S (1 << 16)
#define ROW 6

struct addresses {
	uint8_t (*at)[16];
	size_t count;
};

// rte_lpm6 takes addresses as bytes in network order.
static struct addresses addresses_of(const char *path)
{
	struct words words = words_of(path);
	for (size_t i = 0; i < words.count; i++)
		words.at[i] = htonl(words.at[i]);
	struct addresses addresses = { (uint8_t (*)[16])words.at, words.count / 4 };
	return addresses;
}

static struct rte_lpm6 *create(struct words table)
{
	struct rte_lpm6_config config = { .max_rules = (uint32_t)(table.count / ROW) + 16, .number_tbl8s = TBL8S };
	struct rte_lpm6 *lpm = rte_lpm6_create("table", SOCKET_ID_ANY, &config);
	for (size_t i = 0; lpm != NULL && i < table.count; i += ROW) {
		uint32_t prefix[4];
		for (int k = 0; k < 4; k++)
			prefix[k] = htonl(table.at[i + k]);
		if (rte_lpm6_add(lpm, (uint8_t *)prefix, (uint8_t)table.at[i + 4], table.at[i + 5]) != 0)
			lpm = NULL;
	}
	if (lpm == NULL) {
		fprintf(stderr, "rte_lpm6: the table could not be made\n");
		exit(1);
	}
	return lpm;
}

static uint64_t run_single(struct rte_lpm6 *lpm, struct addresses stream)
{
	uint64_t start = nanoseconds();
	uint32_t sum = 0, hop = 0;
	for (size_t i = 0; i < stream.count; i++)
		if (rte_lpm6_lookup(lpm, stream.at[i], &hop) == 0)
			sum += hop;
	sink = sum;
	return nanoseconds() - start;
}

static uint64_t run_bulk(struct rte_lpm6 *lpm, struct addresses stream)
{
	uint64_t start = nanoseconds();
	uint32_t sum = 0;
	int32_t hops[BULK];
	for (size_t i = 0; i + BULK <= stream.count; i += BULK) {
		rte_lpm6_lookup_bulk_func(lpm, &stream.at[i], hops, BULK);
		for (int k = 0; k < BULK; k++)
			sum += (uint32_t)hops[k];
	}
	sink = sum;
	return nanoseconds() - start;
}

static void run(struct rte_lpm6 *lpm, struct addresses stream, int bulk)
{
	(bulk ? run_bulk : run_single)(lpm, stream);
	for (size_t i = 0; i + PART <= stream.count; i += PART) {
		struct addresses part = { stream.at + i, PART };
		printf("%" PRIu64 " ", bulk ? run_bulk(lpm, part) : run_single(lpm, part));
	}
	printf("\n");
}

static void answers(struct rte_lpm6 *lpm, struct addresses stream, const char *path)
{
	FILE *file = fopen(path, "wb");
	for (size_t i = 0; file != NULL && i < stream.count; i++) {
		uint32_t hop = 0;
		if (rte_lpm6_lookup(lpm, stream.at[i], &hop) != 0)
			hop = 0;
		fwrite(&hop, 4, 1, file);
	}
	if (file == NULL || fclose(file) != 0)
		exit(1);
	printf("ok\n");
}

int main(int argc, char **argv)
{
	char *eal[] = { argv[0], "--no-huge", "--no-pci", "--no-telemetry", "--no-shconf", "-m", "1024",
			"--log-level=error", "-l", "0" };
	if (argc < 3 || rte_eal_init(10, eal) < 0)
		return 1;
	struct rte_lpm6 *lpm = create(words_of(argv[1]));
	printf("ready\n");
	fflush(stdout);
	char line[4096], how[4000];
	unsigned int which;
	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (sscanf(line, "run %u %3999s", &which, how) == 2) {
			struct addresses stream = addresses_of(argv[2 + which]);
			run(lpm, stream, how[0] == 'b');
			free(stream.at);
		} else if (sscanf(line, "answers %u %3999s", &which, how) == 2) {
			struct addresses stream = addresses_of(argv[2 + which]);
			answers(lpm, stream, how);
			free(stream.at);
		}
		fflush(stdout);
	}
	return 0;
}
