// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "kernels/msf_patch.h"

#include "msf_kernels.h"
#include "msf_math.h"

namespace {

int32_t Max(int32_t a, int32_t b) { return a > b ? a : b; }

// One band of the patch.
struct Band {
  const msf_call *call;
  const msf_patch_node *nodes;  // of this pass
  msf_patch_note *notes;
  int32_t row;  // the band's first output row
  int32_t x;    // the strip's first output column

  // Not members: each would cost stack below the kernels.
  const msf_patch_params *params() const {
    return static_cast<const msf_patch_params *>(call->params);
  }
  uint8_t *scratch() const { return static_cast<uint8_t *>(call->scratch); }
  uint8_t *state() const { return static_cast<uint8_t *>(call->state); }
};

// Of a node that keeps rows.
msf_patch_kept *Kept(const Band *band, int32_t n) {
  return reinterpret_cast<msf_patch_kept *>(band->state() +
                                            band->nodes[n].kept_offset) -
         1;
}

// Rows [result, end_row) are new; those above are in the kept ring.
int32_t FirstNewRow(const Band *band, int32_t n) {
  const msf_patch_note *note = &band->notes[n];
  if (band->nodes[n].kept_rows == 0) return note->first_row;
  return Max(note->first_row, msf_min(Kept(band, n)->done, note->end_row));
}

// Rows [result, end_row) are in the tile; new ones above it are written to the
// kept ring: a first band makes more rows than others, and finds it empty.
int32_t FirstTileRow(const Band *band, int32_t n) {
  return Max(FirstNewRow(band, n),
             band->notes[n].end_row - band->nodes[n].tile_rows);
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

// Notes the rows that the band needs of each node, from the last one up.
__attribute__((noinline)) void PlanRows(const Band *band) {
  const msf_patch_params *p = band->params();
  for (int32_t n = 0; n < p->count; ++n) {
    if (band->row == 0 && band->nodes[n].kept_rows > 0) Kept(band, n)->done = 0;
    band->notes[n].first_row = INT16_MAX;
    band->notes[n].end_row = 0;
  }
  msf_patch_note *last = &band->notes[p->count - 1];
  last->first_row = (int16_t)band->row;
  last->end_row = (int16_t)msf_min(last->first_row + p->patch_rows,
                                   band->nodes[p->count - 1].rows);
  for (int32_t n = p->count - 1; n >= 0; --n) {
    msf_patch_note *note = &band->notes[n];
    if (note->end_row == 0) note->first_row = 0;
    const int32_t first = FirstNewRow(band, n);
    for (int32_t i = 0; i < band->nodes[n].read_count; ++i) {
      DemandRows(band, &band->nodes[n].reads[i], first, note->end_row);
    }
  }
}

// Where the sweep begins: no node makes columns that no other one reads.
__attribute__((noinline)) void BeginSweep(const Band *band) {
  const int32_t last = band->params()->count - 1;
  for (int32_t n = 0; n < last; ++n) band->notes[n].x_done = INT16_MAX;
  band->notes[last].x_done = (int16_t)band->x;
  for (int32_t n = last; n >= 0; --n) {
    msf_patch_note *note = &band->notes[n];
    const msf_patch_node *node = &band->nodes[n];
    for (int32_t i = 0; i < node->read_count; ++i) {
      const msf_patch_read *read = &node->reads[i];
      if (read->source < 0) continue;
      const int32_t first =
          note->x_done * read->column_stride + read->column_offset;
      const int32_t width = band->nodes[read->source].width;
      msf_patch_note *source = &band->notes[read->source];
      source->x_done = (int16_t)msf_min(source->x_done,
                                        msf_clamp(first, 0, width));
    }
    note->x_first = note->x_done;
    note->want = note->x_done;
    if (node->kept_rows > 0) Kept(band, n)->x_begin = note->x_done;
  }
}

// Notes how many columns each node must have made before the last one has
// made `x`.
__attribute__((noinline)) void PlanColumns(const Band *band, int32_t x) {
  const int32_t last = band->params()->count - 1;
  band->notes[last].want = (int16_t)x;
  for (int32_t n = last; n >= 0; --n) {
    const int32_t want = band->notes[n].want;
    if (want <= band->notes[n].x_done) continue;
    for (int32_t i = 0; i < band->nodes[n].read_count; ++i) {
      const msf_patch_read *read = &band->nodes[n].reads[i];
      if (read->source < 0) continue;
      const int32_t end = (want - 1) * read->column_stride +
                          read->column_offset + read->column_extent;
      msf_patch_note *source = &band->notes[read->source];
      source->want = (int16_t)Max(
          source->want, msf_min(end, band->nodes[read->source].width));
    }
  }
}

// The first column of node n that some node will read again.
int32_t OldestColumn(const Band *band, int32_t n) {
  int32_t oldest = band->notes[n].x_done;
  for (int32_t c = n + 1; c < band->params()->count; ++c) {
    const msf_patch_node *reader = &band->nodes[c];
    const int32_t x = band->notes[c].x_done;
    if (x >= reader->width) continue;
    for (int32_t i = 0; i < reader->read_count; ++i) {
      const msf_patch_read *read = &reader->reads[i];
      if (read->source != n) continue;
      oldest = msf_min(
          oldest, Max(x * read->column_stride + read->column_offset, 0));
    }
  }
  return oldest;
}

// The rows of a node, from column 0. Written where it is needed: returned
// views would each take their place on the stack.
__attribute__((noinline)) void TileView(const Band *band, int32_t n,
                                        msf_view *view) {
  const msf_patch_node *node = &band->nodes[n];
  view->base = band->state() + node->kept_offset;
  if (node->kept_rows > 0) {
    view->base -= Kept(band, n)->x_begin * node->pixel_bytes;
  }
  view->row_bytes = node->kept_cols * node->pixel_bytes;
  view->capacity = node->kept_rows;
  view->rows = node->rows;
  view->fresh_base = band->scratch() + node->tile_offset -
                     band->notes[n].x_first * node->pixel_bytes;
  view->fresh_row_bytes =
      (uint16_t)(node->tile_cols * node->pixel_bytes);
  view->fresh = (uint16_t)FirstTileRow(band, n);
}

// Lets go of the columns of the tile before `oldest`, which no node reads
// again in this band: rows that the next one needs take the place of their
// like in the ring, and what is left moves to the tile's left end.
__attribute__((noinline)) void DropColumns(const Band *band, int32_t n,
                                           int32_t oldest) {
  const msf_patch_node *node = &band->nodes[n];
  msf_patch_note *note = &band->notes[n];
  if (oldest <= note->x_first) return;
  msf_view view;
  TileView(band, n, &view);
  const int32_t at = note->x_first * node->pixel_bytes;
  const int32_t dropped = (oldest - note->x_first) * node->pixel_bytes;
  const int32_t left = (note->x_done - oldest) * node->pixel_bytes;
  const int32_t first_kept = note->end_row - node->kept_rows;
  for (int32_t r = view.fresh; r < note->end_row; ++r) {
    uint8_t *row = msf_row(&view, r) + at;
    if (r >= first_kept) {
      uint8_t *kept = view.base + r % node->kept_rows * view.row_bytes + at;
      __builtin_memcpy(kept, row, (size_t)dropped);
    }
    if (left > 0) __builtin_memmove(row, row + dropped, (size_t)left);
  }
  note->x_first = (int16_t)oldest;
}

// The call that makes the wanted columns of a node's new rows, from the first
// one on. Out of line, to keep the stack below kernels flat.
__attribute__((noinline)) void PrepareCall(const Band *band, int32_t n,
                                           msf_call *call) {
  const msf_patch_params *p = band->params();
  const msf_patch_node *node = &band->nodes[n];
  const bool is_last = n + 1 == p->count;
  if (!is_last) DropColumns(band, n, OldestColumn(band, n));
  call->params = node->params;
  for (int32_t i = 0; i < node->read_count; ++i) {
    const int32_t source = node->reads[i].source;
    if (source < 0) {
      call->in[i] = band->call->in[-1 - source];
    } else {
      TileView(band, source, &call->in[i]);
    }
  }
  if (is_last) {
    call->out = band->call->out;
  } else {
    TileView(band, n, &call->out);
  }
  call->x = band->notes[n].x_done;
  call->x_end = band->notes[n].want;
  call->state = nullptr;
  if (is_last) { /* int32 sums, from column 0 */
    call->state = band->scratch() + p->sums_offset -
                 band->x * node->pixel_bytes * (int32_t)sizeof(int32_t);
  }
  call->scratch = band->scratch() + p->kernel_scratch_offset;
  call->step = FirstNewRow(band, n);
  call->more_rows =
      node->many_rows ? band->notes[n].end_row - call->step - 1 : 0;
}

// Once along x.
void Sweep(const Band *band) {
  const msf_patch_params *p = band->params();
  msf_call call;
  BeginSweep(band);
  const int32_t end =
      msf_min(band->x + p->strip_cols, band->nodes[p->count - 1].width);
  for (int32_t x = band->x; x < end;) {
    x = msf_min(x + p->patch_cols, end);
    PlanColumns(band, x);
    for (int32_t n = 0; n < p->count; ++n) {
      msf_patch_note *note = &band->notes[n];
      if (note->want <= note->x_done) continue;
      PrepareCall(band, n, &call);
      for (; call.step < note->end_row; call.step += 1 + call.more_rows) {
        band->nodes[n].kernel(&call);
      }
      note->x_done = note->want;
    }
  }
  for (int32_t n = 0; n + 1 < p->count; ++n) {
    if (band->nodes[n].kept_rows > 0) {
      DropColumns(band, n, band->notes[n].x_done);
    }
  }
}

}  // namespace

void msf_patch(const msf_call *call) {
  const msf_patch_params *p =
      static_cast<const msf_patch_params *>(call->params);
  Band band;
  band.call = call;
  band.nodes = p->nodes;
  band.notes = static_cast<msf_patch_note *>(call->scratch);
  band.row = call->step * p->patch_rows;
  band.x = 0;
  const int32_t rows = p->nodes[p->count - 1].rows;
  while (band.row >= rows) { /* a strip further, its rows in whole bands */
    int32_t strip_rows = p->patch_rows;
    while (strip_rows < rows) strip_rows += p->patch_rows;
    band.row -= strip_rows;
    band.x += p->strip_cols;
  }
  PlanRows(&band);
  const int32_t width = p->nodes[p->count - 1].width;
  do {
    for (int32_t pass = 0; pass < p->passes; ++pass) {
      band.nodes = p->nodes + pass * p->count;
      Sweep(&band);
    }
    band.x += p->strip_cols;
  } while (p->passes > 1 && band.x < width);
  band.nodes = p->nodes;
  for (int32_t n = 0; n < p->count; ++n) {
    if (p->nodes[n].kept_rows == 0) continue;
    msf_patch_kept *kept = Kept(&band, n);
    kept->done = (int16_t)Max(kept->done, band.notes[n].end_row);
  }
}
