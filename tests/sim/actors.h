/* The parts of a machine that meet the product's own headers. */
#pragma once
#include "firmware/loop/loop.h"
#include "tests/sim/sim.h"

extern const PanelDriver sim_panel; /* citizen.c; its Panel is the Machine */

gint64 queue_next_ms(const Queue *queue); /* world time of its first message, -1: empty */
void printer_run(Machine *m); /* faults that come by themselves */
void staff_process_ended(Machine *m);
void slot_run(Machine *m);
void reader_run(Machine *m);
void reader_reset(Machine *m);
