// What the harnesses of DPDK's tables share: a table and streams of addresses from files, and lines on standard input.
//
//   PEER TABLE STREAM...         files of 32-bit words in host order
//   > run K WAY                  passes stream K in one of the peer's ways; prints the nanoseconds of each part
//   > answers K WAY FILE         writes the next hop of each address of stream K, 0 for none
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rte_eal.h>

// Lookups of which the time is taken, some 0.2 ms; as in dpdk.ts.
#define PART (1 << 15)
// Lookups of one call.
#define BULK 32

struct words {
	uint32_t *at;
	size_t count;
};

struct way {
	const char *name;
	// Looks `count` addresses up; writes next hops to `hops` unless that is NULL.
	void (*lookup)(const uint32_t *addresses, size_t count, uint32_t *hops);
};

struct peer {
	// Words of an address.
	size_t width;
	void (*load)(struct words table);
	// What turns addresses of host order into the peer's own form; NULL if nothing.
	void (*prepare)(struct words stream);
	// Ended by one without a name.
	struct way ways[4];
};

// Results are needed: the compiler may not leave lookups out that nobody reads.
#define NEEDED(pointer) __asm__ volatile("" : : "r"(pointer) : "memory")

static void fail(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

static struct words words_of(const char *path)
{
	struct words words = { NULL, 0 };
	FILE *file = fopen(path, "rb");
	if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
		perror(path);
		exit(1);
	}
	words.count = (size_t)ftell(file) / 4;
	words.at = malloc(words.count * 4 + 4);
	rewind(file);
	if (fread(words.at, 4, words.count, file) != words.count)
		fail("a file is too short");
	fclose(file);
	return words;
}

static struct words stream_of(const struct peer *peer, const char *path)
{
	struct words stream = words_of(path);
	if (peer->prepare != NULL)
		peer->prepare(stream);
	return stream;
}

static uint64_t nanoseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static const struct way *way_of(const struct peer *peer, const char *name)
{
	for (const struct way *way = peer->ways; way->name != NULL; way++)
		if (strcmp(way->name, name) == 0)
			return way;
	return NULL;
}

// A pass that is not counted, then one of which each part is.
static void run(const struct peer *peer, const struct way *way, struct words stream)
{
	way->lookup(stream.at, stream.count / peer->width, NULL);
	for (size_t i = 0; i + PART * peer->width <= stream.count; i += PART * peer->width) {
		uint64_t start = nanoseconds();
		way->lookup(stream.at + i, PART, NULL);
		printf("%" PRIu64 " ", nanoseconds() - start);
	}
	printf("\n");
}

static void answers(const struct peer *peer, const struct way *way, struct words stream, const char *path)
{
	size_t count = stream.count / peer->width;
	uint32_t *hops = malloc(count * 4);
	FILE *file = fopen(path, "wb");
	way->lookup(stream.at, count, hops);
	if (file == NULL || fwrite(hops, 4, count, file) != count || fclose(file) != 0)
		fail("the answers could not be written");
	free(hops);
	printf("ok\n");
}

static void obey(const struct peer *peer, const char *line, char **streams)
{
	char name[16], path[4000];
	unsigned int which;
	const struct way *way;
	int isRun = sscanf(line, "run %u %15s", &which, name) == 2;
	if (!isRun && sscanf(line, "answers %u %15s %3999s", &which, name, path) != 3)
		fail("neither run nor answers");
	way = way_of(peer, name);
	if (way == NULL) {
		printf("no such way\n");
		return;
	}
	struct words stream = stream_of(peer, streams[which]);
	if (isRun)
		run(peer, way, stream);
	else
		answers(peer, way, stream, path);
	free(stream.at);
}

static int harness(const struct peer *peer, int argc, char **argv)
{
	char *eal[] = { argv[0], "--no-huge", "--no-pci", "--no-telemetry", "--no-shconf", "-m", "1024",
			"--log-level=error", "-l", "0", "--force-max-simd-bitwidth=512" };
	char line[4096];
	if (argc < 3 || rte_eal_init(sizeof(eal) / sizeof(*eal), eal) < 0)
		return 1;
	peer->load(words_of(argv[1]));
	printf("ready\n");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		obey(peer, line, argv + 2);
		fflush(stdout);
	}
	return 0;
}
