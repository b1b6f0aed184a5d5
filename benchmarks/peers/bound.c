// The reference model by hand, for one core: the bound that an engine which reads scenarios can be held against.
//
// It makes the same draws as the engine (Philox4x32-10 by replication, index and stream; the same quantile tables) in the
// same order of events, so that its futures are the engine's, but for rounding. What makes it fast is that everything is
// known when it is compiled: W futures at a time keep their state in local arrays, loops over lanes are vectorised, and
// what happens seldom (a change of state, a failure, a tail) is done lane by lane. Numbers come from a header that
// bound.py writes from the scenario.
#include <math.h>
#include <stdint.h>
#include <string.h>
#ifdef __AVX512F__
#include <immintrin.h>
#endif
#include NUMBERS

#ifndef W
#define W 16
#endif
#define LANES for (int i = 0; i < W; i++)
#define VECTOR _Pragma("omp simd") for (int i = 0; i < W; i++)
typedef uint32_t u32;
typedef uint64_t u64;
#define INLINE static inline __attribute__((always_inline))
INLINE double least(double a, double b) { return a < b ? a : b; }  // fmin minds NaN, and is then a call
INLINE double most(double a, double b) { return a > b ? a : b; }

static const u32 M0 = 0xD2511F53u, M1 = 0xCD9E8D57u, K0 = 0x9E3779B9u, K1 = 0xBB67AE85u;

static void philox1(u32 a, u32 b, u32 c, u32 k, u32 l, u32 out[4]) {
  u32 d = 0;
  for (int r = 0; r < 10; r++) {
    u64 p = (u64)M0 * a, q = (u64)M1 * c;
    a = (u32)(q >> 32) ^ b ^ k; b = (u32)q; c = (u32)(p >> 32) ^ d ^ l; d = (u32)p;
    k += K0; l += K1;
  }
  out[0] = a; out[1] = b; out[2] = c; out[3] = d;
}

#if defined(__AVX512F__) && W == 16
// 16 lanes: the even and the odd ones as two vectors of 64 bits, as the multiplier wants them.
INLINE void philox(__m512i rep, __m512i index, u32 stream, u32 k, u32 l, u32 out[4][W]) {
  const __m512i m0 = _mm512_set1_epi64(M0), m1 = _mm512_set1_epi64(M1), low = _mm512_set1_epi64(0xffffffff);
  __m512i a[2] = {_mm512_and_si512(rep, low), _mm512_srli_epi64(rep, 32)};
  __m512i b[2] = {_mm512_and_si512(index, low), _mm512_srli_epi64(index, 32)};
  __m512i c[2] = {_mm512_set1_epi64(stream), _mm512_set1_epi64(stream)}, d[2] = {_mm512_setzero_si512(), _mm512_setzero_si512()};
  for (int r = 0; r < 10; r++) {
    __m512i x = _mm512_set1_epi64(k), y = _mm512_set1_epi64(l);
    for (int h = 0; h < 2; h++) {
      __m512i p = _mm512_mul_epu32(a[h], m0), q = _mm512_mul_epu32(c[h], m1);
      a[h] = _mm512_ternarylogic_epi64(_mm512_srli_epi64(q, 32), b[h], x, 0x96); b[h] = q;
      c[h] = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p, 32), d[h], y, 0x96); d[h] = p;
      b[h] = _mm512_and_si512(b[h], low); d[h] = _mm512_and_si512(d[h], low);
    }
    k += K0; l += K1;
  }
  const __m512i *v[4] = {a, b, c, d};
  for (int j = 0; j < 4; j++)
    _mm512_storeu_si512(out[j], _mm512_or_si512(_mm512_and_si512(v[j][0], low), _mm512_slli_epi64(v[j][1], 32)));
}
#define PHILOX(rep, index, stream, out) \
  philox(_mm512_loadu_si512(rep), _mm512_loadu_si512(index), stream, (u32)seed, (u32)(seed >> 32), out)
#else
INLINE void philox(const u32 *restrict rep, const u32 *restrict index, u32 stream, u32 k0, u32 l0, u32 out[4][W]) {
  u32 a[W], b[W], c[W], d[W];
  LANES { a[i] = rep[i]; b[i] = index[i]; c[i] = stream; d[i] = 0; }
  for (int r = 0; r < 10; r++) {
    VECTOR {
      u64 p = (u64)M0 * a[i], q = (u64)M1 * c[i];
      a[i] = (u32)(q >> 32) ^ b[i] ^ k0; b[i] = (u32)q; c[i] = (u32)(p >> 32) ^ d[i] ^ l0; d[i] = (u32)p;
    }
    k0 += K0; l0 += K1;
  }
  LANES { out[0][i] = a[i]; out[1][i] = b[i]; out[2][i] = c[i]; out[3][i] = d[i]; }
}
#define PHILOX(rep, index, stream, out) philox(rep, index, stream, (u32)seed, (u32)(seed >> 32), out)
#endif

// The lanes in which a value is at most a limit, as bits, so that what happens seldom is done without a branch a lane.
INLINE u32 at_most(const double *restrict x, const double *restrict limit) {
#if defined(__AVX512F__) && W == 16
  return _mm512_cmp_pd_mask(_mm512_loadu_pd(x), _mm512_loadu_pd(limit), _CMP_LE_OQ) |
         (u32)_mm512_cmp_pd_mask(_mm512_loadu_pd(x + 8), _mm512_loadu_pd(limit + 8), _CMP_LE_OQ) << 8;
#else
  u32 bits = 0;
  LANES bits |= (u32)(x[i] <= limit[i]) << i;
  return bits;
#endif
}
#define EACH(bits) for (u32 rest_ = (bits), i = 0; rest_ && (i = (u32)__builtin_ctz(rest_), 1); rest_ &= rest_ - 1)

// Tables of laws, as the engine lays them out: 1 + 3 x 1024 body, 3 x 184 lower tail, 3 x 184 upper tail.
#define BODY 1
#define LOWER (1 + 3 * 1024)
#define UPPER (LOWER + 3 * 184)

static double tail(const double *law, u32 w) {
  int low = w < (1u << 22);
  double x = (double)(low ? w : 0xffffffffu - w) + 0.5;
  u64 bits;
  memcpy(&bits, &x, 8);
  double place = (double)(bits & 0xfffffffffffffull) * 0x1p-52 * 8.0;
  int piece = (int)place;
  double f = place - piece;
  const double *q = law + (low ? LOWER : UPPER) + 3 * (((int)(bits >> 52) - 1022) * 8 + piece);
  return q[0] + f * (q[1] + f * q[2]);
}

static double draw(const double *law, u32 w) {
  u32 piece = w >> 22;
  if (piece == 0 || piece == 1023) return tail(law, w);
  const double *q = law + BODY + 3 * piece;
  double f = (double)(w & 0x3fffff) * 0x1p-22;
  return q[0] + f * (q[1] + f * q[2]);
}

static double unit(u32 w) { return ((double)w + 0.5) * 0x1p-32; }
static double at_least_one(double x, u32 w) { double n = floor(x + unit(w)); return n < 1.0 ? 1.0 : n; }

// Word n of a stream, whose words n & ~3 .. n | 3 are kept once drawn.
INLINE double exponential(u64 seed, u32 rep, u32 stream, u32 n, u32 kept[4]) {
  if ((n & 3) == 0) philox1(rep, n >> 2, stream, (u32)seed, (u32)(seed >> 32), kept);
  return -log(unit(kept[n & 3]));
}

typedef struct {
  const double *laws[3][3];   // weeks in a state, by regime and state
  const double *ratio, *towns;
  const int32_t *bucket;      // [2][4096] the guards' demand by the first 12 bits of a word, -1 - first where it depends
  const u64 *threshold;       // [2][POISSON] thresholds of the guards' demand
  const double *discount;
} Tables;

typedef struct { double state[3][W], left[3][W], capacity[2][W]; u32 next[3][W], spell[3][W]; } Regimes;

static void enter(Regimes *g, int r, int i, u32 rep, u64 seed, const Tables *T) {
  u32 w[4];
  philox1(rep, g->spell[r][i], REGIME_STREAM[r], (u32)seed, (u32)(seed >> 32), w);
  int s = (int)g->state[r][i];
  g->left[r][i] = at_least_one(draw(T->laws[r][s], w[0]), w[1]);
  g->next[r][i] = r == 2 ? 1 - s : ((u64)w[2] >= THEN[r][s][0]) + ((u64)w[2] >= THEN[r][s][1]);
  if (r < 2) g->capacity[r][i] = CAPACITY[r][s];
}

// Share of a week that a line is up in which it goes up or down.
static double changes(u64 seed, u32 rep, int line, double *left, u32 *number, u32 kept[4]) {
  double time = 1.0, up = 0.0;
  for (;;) {
    double rate = *number % 2 == 0 ? FAILS[line] : MENDS[line];
    if (*left > rate * time) { *left -= rate * time; return least(1.0, up + (*number % 2 == 0 ? time : 0.0)); }
    double spent = *left / rate;
    if (*number % 2 == 0) up += spent;
    time -= spent;
    *left = exponential(seed, rep, LINE_STREAM[line], ++*number, kept);
  }
}

static void block(u32 first, u64 seed, const Tables *T, double *restrict out, int64_t *restrict fan0,
                  int64_t *restrict fan1, int64_t n, int64_t begin) {
  u32 rep[W], number[LINES][W], week[W], words[LINES][4][W], demand[2][4][W];
  u32 kept[LINES][W][4];
  double on_hand[W], backlog[W], inside[W], passed[W], held[2][W], due0[LEAD0][W], due1[LEAD1][W], on_order[2][W];
  const double zero[W] = {0};
  double one[W], left[LINES][W], opened[LINES][W], sum[8][W], spell[2][W], longest[2][W];
  Regimes g;
  memset(&g, 0, sizeof g);
  memset(due0, 0, sizeof due0); memset(due1, 0, sizeof due1); memset(number, 0, sizeof number);
  memset(sum, 0, sizeof sum); memset(spell, 0, sizeof spell); memset(longest, 0, sizeof longest);
  LANES {
    rep[i] = first + i; one[i] = 1.0; on_hand[i] = OPENING;
    backlog[i] = inside[i] = passed[i] = held[0][i] = held[1][i] = on_order[0][i] = on_order[1][i] = 0.0;
    for (int r = 0; r < 3; r++) enter(&g, r, i, rep[i], seed, T);
    for (int l = 0; l < LINES; l++) {
      left[l][i] = exponential(seed, rep[i], LINE_STREAM[l], 0, kept[l][i]);
      opened[l][i] = 0.0;
      if (PLANNED[l] > 0) {
        u32 w[4];
        philox1(rep[i], 0, PROJECT_STREAM[l], (u32)seed, (u32)(seed >> 32), w);
        opened[l][i] = at_least_one(PLANNED[l] * draw(T->ratio, w[0]), w[2]);
      }
    }
  }
  int a0 = 0, a1 = 0;
  for (int t = 0; t < PERIODS; t++) {
    double discount = T->discount[t];
    if ((t & 3) == 0) {
      VECTOR week[i] = (u32)t >> 2;
      PHILOX(rep, week, GUARDS_STREAM, demand[0]);
      PHILOX(rep, week, TOWNS_STREAM, demand[1]);
      for (int l = 0; l < LINES; l++) PHILOX(rep, week, LOT_STREAM[l], words[l]);
    }
    double up[LINES][W];
    u32 moves[LINES];
    for (int l = 0; l < LINES; l++) {
      double spends[W];
      VECTOR {
        double works = number[l][i] & 1 ? 0.0 : 1.0;
        int runs = t >= opened[l][i];
        spends[i] = runs ? (number[l][i] & 1 ? MENDS[l] : FAILS[l]) : -1.0;
        up[l][i] = runs ? works : 0.0;
      }
      moves[l] = at_most(left[l], spends);
      VECTOR left[l][i] -= left[l][i] <= spends[i] ? 0.0 : most(spends[i], 0.0);
    }
    for (int l = 0; l < LINES; l++)
      EACH(moves[l]) up[l][i] = changes(seed, rep[i], l, &left[l][i], &number[l][i], kept[l][i]);
    for (int r = 0; t > 0 && r < 3; r++) {
      VECTOR g.left[r][i] -= 1.0;
      EACH(at_most(g.left[r], zero)) {
        g.state[r][i] = g.next[r][i]; g.spell[r][i]++;
        enter(&g, r, i, rep[i], seed, T);
      }
    }
    double *d0 = due0[a0], *d1 = due1[a1];
    VECTOR {
      double x = held[0][i] + d0[i], y = held[1][i] + d1[i];
      double p = least(x, g.capacity[0][i]), q = least(y, g.capacity[1][i]);
      held[0][i] = x - p; held[1][i] = y - q; on_order[0][i] -= p; on_order[1][i] -= q;
      on_hand[i] += least(p + q + passed[i], ROOM - on_hand[i]);
      inside[i] = passed[i] = 0.0;
      double wanted = ORDER_UP_TO - (on_hand[i] + on_order[0][i] + on_order[1][i] - backlog[i]);
      wanted = wanted <= 1e-9 * (1.0 + ORDER_UP_TO) ? 0.0 : wanted;
      p = least(SHARE0 * wanted, g.capacity[0][i]); q = least(SHARE1 * wanted, g.capacity[1][i]);
      d0[i] = p; d1[i] = q; on_order[0][i] += p; on_order[1][i] += q;
      sum[0][i] += discount * (PRICE0 * p + PRICE1 * q);
    }
    if (++a0 == LEAD0) a0 = 0;
    if (++a1 == LEAD1) a1 = 0;
    for (int l = 0; l < LINES; l++)
      VECTOR {
        double ramp = RAMP_FROM[l] + (1.0 - RAMP_FROM[l]) * least(1.0, (t - opened[l][i]) * (1.0 / RAMP_OVER[l]));
        double gap = TARGET - (on_hand[i] + inside[i] - backlog[i]);
        gap = gap > 1e-9 * TARGET ? gap : 0.0;
        double made = least(NAMEPLATE[l] * up[l][i] * ramp, gap);
        int lot = made > 1e-9;
        inside[i] += made;
        passed[i] += lot & (words[l][t & 3][i] < ACCEPTS[l]) ? made : 0.0;
        sum[1][i] += discount * UNIT_COST * made;
      }
    u32 *wg = demand[0][t & 3], *wt = demand[1][t & 3];
    double guards[W], towns[W];
    int32_t k[W];
    double found[W], place[W];
    VECTOR { k[i] = T->bucket[4096 * (int)g.state[2][i] + (wg[i] >> 20)]; found[i] = k[i] + 0.5; }
    EACH(at_most(found, zero)) {
      int s = (int)g.state[2][i];
      k[i] = -1 - k[i];
      while ((u64)wg[i] >= T->threshold[POISSON * s + k[i]]) k[i]++;
    }
    VECTOR {
      guards[i] = k[i];
      u32 piece = wt[i] >> 22;
      const double *q = T->towns + BODY + 3 * piece;
      double f = (double)(int32_t)(wt[i] & 0x3fffff) * 0x1p-22;
      towns[i] = q[0] + f * (q[1] + f * q[2]);
      place[i] = (double)(int32_t)((piece + 1) & 1023);
    }
    EACH(at_most(place, one)) towns[i] = tail(T->towns, wt[i]);
    VECTOR {
      double need = backlog[i] + guards[i], issued = least(on_hand[i], need);
      double late = guards[i] - most(0.0, issued - backlog[i]), rest = on_hand[i] - issued, sold = least(rest, towns[i]);
      double lost = towns[i] - sold;
      backlog[i] = need - issued; on_hand[i] = rest - sold;
      sum[2][i] += discount * HOLDING * on_hand[i];
      sum[3][i] += discount * (LATE * backlog[i] + LOST * lost);
      sum[4][i] += late; sum[5][i] += lost; sum[6][i] += on_hand[i];
      spell[0][i] = late > SHORT0 ? spell[0][i] + 1.0 : 0.0; longest[0][i] = most(longest[0][i], spell[0][i]);
      spell[1][i] = lost > SHORT1 ? spell[1][i] + 1.0 : 0.0; longest[1][i] = most(longest[1][i], spell[1][i]);
    }
    if (t % STRIDE == 0) {
      int32_t b0[W], b1[W];
      int64_t *h0 = fan0 + (t / STRIDE) * BINS, *h1 = fan1 + (t / STRIDE) * BINS;
      VECTOR {
        double x = least(on_hand[i] * ((BINS - 2) / TOP0), BINS - 2), y = least(backlog[i] * ((BINS - 2) / TOP1), BINS - 2);
        b0[i] = on_hand[i] <= 0.0 ? 0 : 1 + (int32_t)x; b1[i] = backlog[i] <= 0.0 ? 0 : 1 + (int32_t)y;
      }
      LANES if (begin + i < n) { h0[b0[i]]++; h1[b1[i]]++; }
    }
  }
  LANES if (begin + i < n) {
    double *o = out + begin + i;
    for (int j = 0; j < 6; j++) o[j * n] = sum[j][i];
    o[6 * n] = longest[0][i]; o[7 * n] = longest[1][i]; o[8 * n] = sum[6][i] / PERIODS;
  }
}

// Futures first .. first + n - 1. out: [9][n]; fans: [PERIODS / STRIDE, up][BINS].
void simulate(int64_t n, u32 first, u64 seed, const double *laws, const double *ratio, const double *towns,
              const int32_t *bucket, const u64 *threshold, const double *discount, double *out, int64_t *fan0,
              int64_t *fan1) {
  Tables T = {.ratio = ratio, .towns = towns, .bucket = bucket, .threshold = threshold, .discount = discount};
  for (int r = 0; r < 3; r++) for (int s = 0; s < 3; s++) T.laws[r][s] = laws + (3 * r + s) * LAW;
  for (int64_t begin = 0; begin < n; begin += W) block(first + (u32)begin, seed, &T, out, fan0, fan1, n, begin);
}
