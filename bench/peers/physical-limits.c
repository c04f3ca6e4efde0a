/* What the machine can do at most: memory streams and multiply-adds. Prints a line of JSON for each.
 *   cc -O3 -march=native -ffp-contract=fast -fno-tree-slp-vectorize -pthread physical-limits.c -o physical-limits
 *   ./physical-limits THREADS
 * The best of several repetitions: a limit is what nothing disturbed. */
#define _POSIX_C_SOURCE 200112L
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define REPETITIONS 7
#define STREAM_FLOATS ((size_t)1 << 25) /* 128 MiB an array: out of every cache, and REPETITIONS times the rows */
#define CACHED_FLOATS ((size_t)1 << 20) /* 4 MiB an array: in a large third-level cache */
#define ROWS_FLOATS ((size_t)1 << 22) /* 16 MiB: the rows of the workloads */
#define STEPS 10000000L
#define CHAINS 10 /* latency times throughput of a multiply-add, and registers to spare */

typedef float vector128 __attribute__((vector_size(16)));
typedef float vector256 __attribute__((vector_size(32)));

static int threads;
static size_t floats;
static int turn; /* the repetition */
static float *a, *b, *c;
static volatile float sink[64];
/* Not known when compiling, or the multiply-adds would be computed then. */
static volatile float factor = 0.9999f, summand = 0.0001f;
static pthread_barrier_t barrier;

static size_t begin_of(int thread) { return floats / threads * thread; }
static size_t end_of(int thread) { return thread == threads - 1 ? floats : begin_of(thread + 1); }

static void triad(int thread) {
  for (size_t i = begin_of(thread), end = end_of(thread); i < end; i++) a[i] = b[i] + 3.0f * c[i];
}

static void read_only(int thread) {
  vector256 sums[4] = {{0}, {0}, {0}, {0}};
  const vector256 *from = (const vector256 *)(b + begin_of(thread));
  size_t count = (end_of(thread) - begin_of(thread)) / 32;
  for (size_t i = 0; i < count; i++)
    for (int k = 0; k < 4; k++) sums[k] += from[4 * i + k];
  sink[thread] = (sums[0] + sums[1] + sums[2] + sums[3])[0];
}

/* As kernels with vectors of 128 bits read. */
static void read_128(int thread) {
  vector128 sums[8] = {{0}};
  const vector128 *from = (const vector128 *)(b + begin_of(thread));
  size_t count = (end_of(thread) - begin_of(thread)) / 32;
  for (size_t i = 0; i < count; i++)
    for (int k = 0; k < 8; k++) sums[k] += from[8 * i + k];
  for (int k = 1; k < 8; k++) sums[0] += sums[k];
  sink[thread] = sums[0][0];
}

/* To another part of the memory each time, as results are written that nobody has disposed of. */
static void copy(int thread) {
  float *to = a + turn * floats;
  for (size_t i = begin_of(thread), end = end_of(thread); i < end; i++) to[i] = 3.0f * b[i];
}

#define MULTIPLY_ADD(name, vector)                                           \
  static void name(int thread) {                                             \
    vector x = {0}, y = {0}, r[CHAINS];                                      \
    x += factor, y += summand;                                               \
    for (int k = 0; k < CHAINS; k++) r[k] = y + (float)k;                    \
    for (long step = 0; step < STEPS; step++)                                \
      for (int k = 0; k < CHAINS; k++) r[k] = r[k] * x + y;                  \
    for (int k = 1; k < CHAINS; k++) r[0] += r[k];                           \
    sink[thread] = r[0][0];                                                  \
  }
MULTIPLY_ADD(multiply_add_128, vector128)
MULTIPLY_ADD(multiply_add_256, vector256)

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

static void (*work)(int thread);

static void *follow(void *thread) {
  for (int repetition = 0; repetition < REPETITIONS; repetition++) {
    pthread_barrier_wait(&barrier);
    work((int)(long)thread);
    pthread_barrier_wait(&barrier);
  }
  return NULL;
}

static double least_seconds(void (*what)(int)) {
  pthread_t others[64];
  work = what;
  pthread_barrier_init(&barrier, NULL, threads);
  for (long thread = 1; thread < threads; thread++)
    pthread_create(&others[thread], NULL, follow, (void *)thread);
  double least = 1e9;
  for (int repetition = 0; repetition < REPETITIONS; repetition++) {
    turn = repetition;
    pthread_barrier_wait(&barrier);
    double start = seconds();
    work(0);
    pthread_barrier_wait(&barrier);
    double taken = seconds() - start;
    if (taken < least) least = taken;
  }
  for (int thread = 1; thread < threads; thread++) pthread_join(others[thread], NULL);
  pthread_barrier_destroy(&barrier);
  return least;
}

static void print(const char *name, const char *unit, double value) {
  printf("{\"name\":\"%s\",\"threads\":%d,\"unit\":\"%s\",\"value\":%.1f}\n", name, threads, unit, value);
}

int main(int count, char **arguments) {
  threads = count > 1 ? atoi(arguments[1]) : 1;
  if (threads < 1 || threads > 64) return fprintf(stderr, "1 to 64 threads, not %d\n", threads), 1;
  void *blocks[3];
  for (int i = 0; i < 3; i++)
    if (posix_memalign(&blocks[i], 64, STREAM_FLOATS * sizeof(float))) return 1;
  a = blocks[0], b = blocks[1], c = blocks[2];
  for (size_t i = 0; i < STREAM_FLOATS; i++) a[i] = 1, b[i] = 2, c[i] = 3;
  floats = STREAM_FLOATS;
  print("stream triad", "GB/s", 12.0 * floats / least_seconds(triad) / 1e9);
  print("stream read", "GB/s", 4.0 * floats / least_seconds(read_only) / 1e9);
  floats = CACHED_FLOATS;
  print("cached triad", "GB/s", 12.0 * floats / least_seconds(triad) / 1e9);
  floats = ROWS_FLOATS;
  print("read of 16 MiB, 128 bit", "GB/s", 4.0 * floats / least_seconds(read_128) / 1e9);
  print("copy of 16 MiB to other memory", "GB/s", 8.0 * floats / least_seconds(copy) / 1e9);
  double operations = 2.0 * STEPS * CHAINS * threads;
  print("multiply-add 128 bit", "GFLOP/s", 4 * operations / least_seconds(multiply_add_128) / 1e9);
  print("multiply-add 256 bit", "GFLOP/s", 8 * operations / least_seconds(multiply_add_256) / 1e9);
  return 0;
}
