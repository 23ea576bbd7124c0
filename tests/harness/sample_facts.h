/* What the menu's samples know of their machine. */
#pragma once
#include "firmware/maintenance/facts.h"

#define SAMPLE_WALL_MS 1782786240000

/* Indices of tests of which a sample says how they went. */
#define PRINTER_TEST 2
#define PANEL_TEST 3

/* A usual day: staff, two cases, tests, a printer with two warnings. `facts` borrows the others. */
void sample_facts_make(MenuFacts *facts, const Checks *checks, PrinterStatus *printer,
                       const ReaderDescription *reader);

/* The lines of what `subject` filters (NULL: of the program's log), as they read there. */
void sample_facts_fill_lines(MenuFacts *facts, const char *subject, Language language);
