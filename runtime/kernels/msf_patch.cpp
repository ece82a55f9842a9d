// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "kernels/msf_patch.h"

#include "msf_kernels.h"
#include "msf_math.h"

#if defined(MSF_ISA_HELIUM)
#include "isa/helium/msf_vectors.h"
#endif

namespace {

int32_t Max(int32_t a, int32_t b) { return a > b ? a : b; }

// One band of the patch, and how far it is. All that lasts over a kernel's call
// is here: what a compiler keeps by itself would be stack below the kernels.
struct Band {
  const msf_call *call;
  const msf_patch_node *nodes;  // of this pass
  msf_patch_note *notes;
  int32_t row;      // the band's first output row
  int32_t strip;    // the strip's first output column
  int32_t x;        // output columns before this position of the sweep
  int32_t x_end;    // and behind it
  int32_t end;      // output columns before the strip's end
  int32_t cols;     // output columns of a position
  int32_t end_row;  // of the node that is made
  int32_t made;     // the node that the call's `out` views

  // Not members: each would cost stack below the kernels.
  const msf_patch_params *params() const {
    return static_cast<const msf_patch_params *>(call->params);
  }
  uint8_t *scratch() const { return static_cast<uint8_t *>(call->scratch); }
  uint8_t *state() const { return static_cast<uint8_t *>(call->state); }
};

// Of a node that keeps rows.
inline msf_patch_kept *Kept(const Band *band, const msf_patch_node *node) {
  return reinterpret_cast<msf_patch_kept *>(band->state() +
                                            node->kept_offset) -
         1;
}

// Adds the rows that rows [first, end) of a node read.
void DemandRows(const Band *band, const msf_patch_read *read, int32_t first,
                int32_t end) {
  if (read->source < 0 || first >= end) return;
  msf_patch_note *note = &band->notes[read->source];
  first = Max(first * read->row_stride + read->row_offset, 0);
  end = (end - 1) * read->row_stride + read->row_offset + read->row_extent;
  end = msf_min(end, band->nodes[read->source].rows);
  if (first >= end) return;
  note->first_row = (int16_t)msf_min(note->first_row, first);
  note->end_row = (int16_t)Max(note->end_row, end);
}

// Notes the rows that the band makes of each node, from the last one up: those
// that it needs and that are not in the kept ring.
__attribute__((noinline)) void PlanRows(const Band *band) {
  const msf_patch_params *p = band->params();
  for (int32_t n = 0; n < p->count; ++n) {
    band->notes[n].first_row = INT16_MAX;
    band->notes[n].end_row = 0;
  }
  msf_patch_note *last = &band->notes[p->count - 1];
  last->first_row = (int16_t)band->row;
  last->end_row = (int16_t)msf_min(last->first_row + p->patch_rows,
                                   band->nodes[p->count - 1].rows);
  for (int32_t n = p->count - 1; n >= 0; --n) {
    msf_patch_note *note = &band->notes[n];
    const msf_patch_node *node = &band->nodes[n];
    if (note->end_row == 0) note->first_row = 0;
    if (node->kept_rows > 0) {
      msf_patch_kept *kept = Kept(band, node);
      const int32_t done = band->row == 0 ? 0 : kept->done;
      note->first_row =
          (int16_t)Max(note->first_row, msf_min(done, note->end_row));
      kept->done = (int16_t)Max(done, note->end_row);
    }
    for (int32_t i = 0; i < node->read_count; ++i) {
      DemandRows(band, &node->reads[i], note->first_row, note->end_row);
    }
  }
}

// Where the sweep begins: no node makes columns that no other one reads.
__attribute__((noinline)) void BeginSweep(Band *band, msf_call *call) {
  const msf_patch_params *p = band->params();
  call->scratch = band->scratch() + p->kernel_scratch_offset;
  const bool is_last =
      band->nodes == p->nodes + (p->passes - 1) * p->count;
  band->cols = is_last ? p->last_pass_cols : p->patch_cols;
  band->x_end = band->strip;
  band->end = msf_min(band->strip + p->strip_cols,
                      p->nodes[p->count - 1].width);
  band->made = INT32_MAX; /* none */
  msf_patch_note *note = band->notes;
  const msf_patch_node *node = band->nodes;
  for (int32_t n = p->count; n > 0; --n) {
    const int32_t first =
        msf_clamp(band->strip * node->x_scale + node->x_first, 0, node->width);
    note->x_done = (int16_t)first;
    note->x_first = (int16_t)first;
    if (node->kept_rows > 0) Kept(band, node)->x_begin = (int16_t)first;
    ++note;
    ++node;
  }
}

// Rows [result, end_row) are in the tile; new ones above it are written to the
// kept ring: a first band makes more rows than others, and finds it empty.
inline int32_t FirstTileRow(const msf_patch_node *node,
                            const msf_patch_note *note) {
  return Max(note->first_row, note->end_row - node->tile_rows);
}

// The rows of a node, from column 0. Written where it is needed: returned
// views would each take their place on the stack.
inline void TileView(const Band *band, int32_t n, msf_view *view) {
  const msf_patch_node *node = &band->nodes[n];
  const msf_patch_note *note = &band->notes[n];
  const int32_t kept_rows = node->kept_rows;
  const int32_t pixel_bytes = node->pixel_bytes;
  uint8_t *base = band->state() + node->kept_offset;
  if (kept_rows > 0) base -= Kept(band, node)->x_begin * pixel_bytes;
  view->base = base;
  view->row_bytes = node->kept_row_bytes;
  view->capacity = kept_rows;
  view->rows = node->rows;
  view->fresh_base =
      band->scratch() + node->tile_offset - note->x_first * pixel_bytes;
  view->fresh_row_bytes = (uint16_t)node->tile_row_bytes;
  view->fresh = (uint16_t)FirstTileRow(node, note);
}

#if defined(MSF_ISA_HELIUM)
inline bool HasWords(int32_t) { return true; }

// Pixels, often few, go elsewhere or down.
inline void Move(uint8_t *to, const uint8_t *from, int32_t bytes, bool) {
  msf_copy_bytes((int8_t *)to, (const int8_t *)from, bytes);
}

#else
typedef uint32_t __attribute__((may_alias)) Word;

// Whether pixels of so many bytes may be moved as words.
inline bool HasWords(int32_t pixel_bytes) {
#if defined(MSF_ISA_ARMV7EM) /* from any address */
  (void)pixel_bytes;
  return true;
#else
  return (pixel_bytes & 3) == 0;
#endif
}

// Pixels, often few, go elsewhere or down.
__attribute__((noinline)) void Move(uint8_t *to, const uint8_t *from,
                                    int32_t bytes, bool words) {
  if (words) {
    const Word *from_words = (const Word *)from;
    Word *to_words = (Word *)to;
    for (; bytes >= 16; bytes -= 16) {
      to_words[0] = from_words[0];
      to_words[1] = from_words[1];
      to_words[2] = from_words[2];
      to_words[3] = from_words[3];
      to_words += 4;
      from_words += 4;
      __asm__ volatile("" : : : "memory"); /* or it becomes a call */
    }
    for (; bytes >= 4; bytes -= 4) {
      *to_words++ = *from_words++;
      __asm__ volatile("" : : : "memory");
    }
    to = (uint8_t *)to_words;
    from = (const uint8_t *)from_words;
  }
  for (; bytes > 0; --bytes) {
    *to++ = *from++;
    __asm__ volatile("" : : : "memory");
  }
}
#endif

// Lets go of the columns of the tile before `oldest`, which no node reads
// again in this band: rows that the next one needs take the place of their
// like in the ring, and what is left before `x_done` moves to the tile's left
// end.
__attribute__((noinline)) void DropColumns(const Band *band, int32_t n,
                                           int32_t oldest, int32_t x_done) {
  const msf_patch_node *node = &band->nodes[n];
  msf_patch_note *note = &band->notes[n];
  const int32_t dropped = (oldest - note->x_first) * node->pixel_bytes;
  const int32_t left = (x_done - oldest) * node->pixel_bytes;
  const int32_t kept_rows = node->kept_rows;
  const int32_t first_kept = note->end_row - kept_rows;
  uint8_t *ring = band->state() + node->kept_offset;
  if (kept_rows > 0) {
    ring += (note->x_first - Kept(band, node)->x_begin) * node->pixel_bytes;
  }
  uint8_t *row = band->scratch() + node->tile_offset;
  note->x_first = (int16_t)oldest;
  if (left == 0 && kept_rows == 0) return;
  const bool words = HasWords(node->pixel_bytes);
  for (int32_t r = FirstTileRow(node, note); r < note->end_row; ++r) {
    if (r >= first_kept) {
      Move(ring + r % kept_rows * node->kept_row_bytes, row, dropped, words);
    }
    if (left > 0) Move(row, row + dropped, left, words);
    row += node->tile_row_bytes;
  }
}

// What a node reads. Out of line: mostly it is what was made before.
__attribute__((noinline)) void ViewInputs(const Band *band,
                                          const msf_patch_node *node,
                                          msf_call *call) {
  msf_view *in = call->in;
  const msf_patch_read *read = node->reads;
  for (int32_t i = node->read_count; i > 0; --i) {
    if (read->source < 0) {
      *in = band->call->in[-1 - read->source];
    } else {
      TileView(band, read->source, in);
    }
    ++read;
    ++in;
  }
}

// The call that makes what this position needs of a node's new rows, from the
// first one on, and its kernel; null if there is nothing to make. Out of line,
// to keep the stack below kernels flat.
__attribute__((noinline)) msf_kernel PrepareCall(Band *band, int32_t n,
                                                 msf_call *call) {
  const msf_patch_node *node = &band->nodes[n];
  msf_patch_note *note = &band->notes[n];
  const int32_t want =
      msf_min(band->x_end * node->x_scale + node->x_end, node->width);
  const int32_t x_done = note->x_done;
  if (want <= x_done) return nullptr;
  const int32_t first_row = note->first_row;
  const int32_t end_row = note->end_row;
  note->x_done = (int16_t)want;
  if (first_row >= end_row) return nullptr;
  call->params = node->params;
  call->x = x_done;
  call->x_end = want;
  call->step = first_row;
  call->more_rows = node->many_rows ? end_row - first_row - 1 : 0;
  band->end_row = end_row;
  if (node->read_count == 1 && node->reads->source == band->made) {
    call->in[0] = call->out;
  } else {
    ViewInputs(band, node, call);
  }
  band->made = n;
  const msf_patch_params *p = band->params();
  if (n + 1 == p->count) {
    call->out = band->call->out;
    /* int32 sums, from column 0 */
    call->state = band->scratch() + p->sums_offset -
                  band->strip * node->pixel_bytes * (int32_t)sizeof(int32_t);
    return node->kernel;
  }
  call->state = nullptr;
  const int32_t oldest =
      msf_min(band->x * node->x_scale + node->x_oldest, x_done);
  if (oldest > note->x_first) DropColumns(band, n, oldest, x_done);
  TileView(band, n, &call->out);
  return node->kernel;
}

// To the next position. False at the strip's end.
inline bool NextPosition(Band *band) {
  if (band->x_end >= band->end) return false;
  band->x = band->x_end;
  band->x_end = msf_min(band->x + band->cols, band->end);
  return true;
}

// What the next band needs of a tile goes to its ring. On to the next pass, or
// with several passes the next strip. False behind the last one.
__attribute__((noinline)) bool EndSweep(Band *band) {
  const msf_patch_params *p = band->params();
  if (p->passes == 1) { /* only then rows are kept */
    for (int32_t n = 0; n + 1 < p->count; ++n) {
      if (band->nodes[n].kept_rows == 0) continue;
      const int32_t done = band->notes[n].x_done;
      DropColumns(band, n, done, done);
    }
    return false;
  }
  band->nodes += p->count;
  if (band->nodes != p->nodes + p->passes * p->count) return true;
  band->nodes = p->nodes;
  band->strip += p->strip_cols;
  return band->strip < p->nodes[p->count - 1].width;
}

// Finds the band and its strip.
__attribute__((noinline)) void Begin(const msf_call *call, Band *band) {
  const msf_patch_params *p =
      static_cast<const msf_patch_params *>(call->params);
  band->call = call;
  band->nodes = p->nodes;
  band->notes = static_cast<msf_patch_note *>(call->scratch);
  band->row = call->step * p->patch_rows;
  band->strip = 0;
  const int32_t rows = p->nodes[p->count - 1].rows;
  while (band->row >= rows) { /* a strip further, its rows in whole bands */
    int32_t strip_rows = p->patch_rows;
    while (strip_rows < rows) strip_rows += p->patch_rows;
    band->row -= strip_rows;
    band->strip += p->strip_cols;
  }
}

}  // namespace

void msf_patch(const msf_call *call) {
  Band band;
  msf_call inner;
  Begin(call, &band);
  PlanRows(&band);
  do {
    BeginSweep(&band, &inner);
    while (NextPosition(&band)) {
      for (int32_t n = 0; n < band.params()->count; ++n) {
        const msf_kernel kernel = PrepareCall(&band, n, &inner);
        if (kernel == nullptr) continue;
        do {
          kernel(&inner);
          inner.step += 1 + inner.more_rows;
        } while (inner.step < band.end_row);
      }
    }
  } while (EndSweep(&band));
}
