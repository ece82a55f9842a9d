/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * Steps: the network as one task among others. digits_step() does one bounded
 * slice of the inference (one row of one layer) and returns, so that the task
 * can yield, feed a watchdog or be stopped between any two slices. Rows come
 * through a callback that may say "not yet". Made for
 *   msfc compile digits96_int8.tflite -o digits --name digits */
#include "board.h"
#include "digits.h"

static uint8_t arena[DIGITS_ARENA_SIZE]
    __attribute__((aligned(DIGITS_ARENA_ALIGN)));
static digits network;

/* Called by digits_step() where it needs bytes [first, first + count) of row r:
 * here all of a row, as DIGITS_INPUT_PIECE_BYTES says. Returns 0 with them, or
 * anything else to leave them for later. */
static int pull(void *context, int32_t input, int32_t r, int32_t first,
                int32_t count, void *to) {
  (void)context;
  (void)input;
  (void)r;
  if (!board_camera_ready()) return 1;
  uint8_t pixels[DIGITS_INPUT_ROW_BYTES];
  board_camera_row(pixels);
  int8_t *codes = (int8_t *)to;
  for (int i = 0; i < count; ++i) {
    codes[i] = (int8_t)(pixels[first + i] + DIGITS_INPUT_ZERO_POINT);
  }
  return 0;
}

void app(void) {
  if (digits_init(&network, arena, sizeof arena) != MSF_OK) {
    board_fail("digits_init");
    return;
  }
  digits_set_pull(&network, &pull, 0);
  msf_status status;
  do {
    status = digits_step(&network);
    /* MSF_OK: a slice is done. MSF_NEED_INPUT: no row yet, ask again later. */
    board_yield();
  } while (status == MSF_OK || status == MSF_NEED_INPUT);
  if (status != MSF_DONE) {
    board_fail("digits_step");
    return;
  }
  const int8_t *scores = digits_output(&network);
  int digit = 0;
  for (int i = 1; i < (int)DIGITS_OUTPUT_SIZE; ++i) {
    if (scores[i] > scores[digit]) digit = i;
  }
  board_show(digit);
}
