/* The words of a menu's view: all that a panel needs beside the view itself. */
#include "firmware/maintenance/menu_view.h"

static const char *const colours[PANEL_COLOUR_COUNT] = {"",    "black", "white",
                                                        "red", "green", "blue"};

const char *panel_colour_word(PanelColour colour)
{
    return colours[(unsigned)colour < PANEL_COLOUR_COUNT ? colour : PANEL_COLOUR_NONE];
}

static const char *const row_states[] = {"", "unknown", "ok", "warn", "bad", "neutral"};

const char *menu_row_state_word(MenuRowState state)
{
    return row_states[(unsigned)state < G_N_ELEMENTS(row_states) ? state : 0];
}

const char *const *menu_keys(gboolean upper)
{
    static const char *const lower_keys[MENU_KEY_LINES] = {"1234567890", "qwertyuiop", "asdfghjkl-",
                                                           "zxcvbnm._@", "/:;=+*#%&?"};
    static const char *const upper_keys[MENU_KEY_LINES] = {"1234567890", "QWERTYUIOP", "ASDFGHJKL-",
                                                           "ZXCVBNM._ ", "!\"'()[]{}|"};
    return upper ? upper_keys : lower_keys;
}
