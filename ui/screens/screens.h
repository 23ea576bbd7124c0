/* One screen, one file: each draws its view on a sheet between header and foot. */
#pragma once
#include "ui/frame.h"
#include "ui/reason.h"
#include "ui/scene.h"

void screen_draw_attract(Sheet *sheet);
void screen_draw_card(Sheet *sheet);
void screen_draw_reading(Sheet *sheet);
void screen_draw_factor(Sheet *sheet);
void screen_draw_choose(Sheet *sheet);
gboolean screen_choose_shows(const View *view, int index); /* its card is on this page */
void screen_draw_preview(Sheet *sheet);
void screen_draw_printing(Sheet *sheet);
void screen_draw_take_card(Sheet *sheet);
void screen_draw_collect(Sheet *sheet);
void screen_draw_done(Sheet *sheet);
void screen_draw_still_there(Sheet *sheet);
void screen_draw_refused(Sheet *sheet);
void screen_draw_fault(Sheet *sheet);
void screen_draw_closed(Sheet *sheet);
void screen_draw_help(Sheet *sheet);
