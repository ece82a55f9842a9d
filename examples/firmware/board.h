/* Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
 *
 * What the examples ask of a board. board_pc.c stands in for one on a PC. */
#ifndef BOARD_H_
#define BOARD_H_

#include <stdint.h>

#define BOARD_WIDTH 96
#define BOARD_HEIGHT 96

/* Waits for the next row of the picture and fills `pixels` with its
 * BOARD_WIDTH grey values. The row after the last one is the first again. */
void board_camera_row(uint8_t *pixels);

/* Whether board_camera_row() would return at once. */
int board_camera_ready(void);

/* Lets other tasks run: vTaskDelay(), k_yield(), a watchdog. */
void board_yield(void);

/* Shows the recognised digit. */
void board_show(int digit);

/* Something that must not happen did: blink, log, stop. */
void board_fail(const char *what);

/* The example; the board calls it for each picture. */
void app(void);

#endif /* BOARD_H_ */
