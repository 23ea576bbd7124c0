#include "central/issuance_rules.h"
#include <string.h>

static const RegisterRow rows[REGISTER_STATE_COUNT] = {
    /* name, word, booklet, locks, frees serial, decided, open, reason, paper */
    [REGISTER_STATE_UNKNOWN] = {"", "", "", TRUE, FALSE, TRUE, FALSE, "locked", PAPER_UNKNOWN},
    [REGISTER_STATE_RESERVED] = {"reserved", "reserved", "reserved", TRUE, FALSE, FALSE, TRUE,
                                 "in-progress", PAPER_UNKNOWN},
    [REGISTER_STATE_RELEASED] = {"released", "released", "in stock", FALSE, TRUE, TRUE, FALSE, "",
                                 PAPER_VOID},
    [REGISTER_STATE_PRINTED] = {"printed", "printed", "issued", TRUE, FALSE, TRUE, TRUE, "printed",
                                PAPER_GENUINE},
    [REGISTER_STATE_DELIVERED] = {"delivered", "delivered", "issued", TRUE, FALSE, TRUE, FALSE,
                                  "printed", PAPER_GENUINE},
    [REGISTER_STATE_RETRACTED] = {"retracted", "retracted", "retracted", TRUE, FALSE, TRUE, TRUE,
                                  "locked", PAPER_UNKNOWN},
    [REGISTER_STATE_SPOILED] = {"spoiled", "spoiled", "spoiled", FALSE, FALSE, TRUE, FALSE, "",
                                PAPER_VOID},
    [REGISTER_STATE_LAPSED] = {"lapsed", "unsure", "unsure", TRUE, FALSE, FALSE, TRUE, "locked",
                               PAPER_UNKNOWN},
    [REGISTER_STATE_UNSURE] = {"unsure", "unsure", "unsure", TRUE, FALSE, FALSE, TRUE, "locked",
                               PAPER_UNKNOWN},
    [REGISTER_STATE_VOID] = {"void", "void", "void", FALSE, FALSE, TRUE, FALSE, "", PAPER_VOID},
    [REGISTER_STATE_RETOLD] = {"retold", "reserved", "reserved", FALSE, FALSE, FALSE, TRUE, "",
                               PAPER_UNKNOWN},
};

static const struct {
    RegisterState from, to;
    RegisterActor actor;
} transitions[] = {
    {REGISTER_STATE_RESERVED, REGISTER_STATE_RELEASED, REGISTER_ACTOR_KIOSK},
    {REGISTER_STATE_RESERVED, REGISTER_STATE_PRINTED, REGISTER_ACTOR_KIOSK},
    {REGISTER_STATE_RESERVED, REGISTER_STATE_SPOILED, REGISTER_ACTOR_KIOSK},
    {REGISTER_STATE_RESERVED, REGISTER_STATE_UNSURE, REGISTER_ACTOR_KIOSK},
    {REGISTER_STATE_RESERVED, REGISTER_STATE_LAPSED, REGISTER_ACTOR_CLOCK},
    {REGISTER_STATE_LAPSED, REGISTER_STATE_RELEASED, REGISTER_ACTOR_KIOSK},
    {REGISTER_STATE_LAPSED, REGISTER_STATE_PRINTED, REGISTER_ACTOR_KIOSK},
    {REGISTER_STATE_LAPSED, REGISTER_STATE_SPOILED, REGISTER_ACTOR_KIOSK},
    {REGISTER_STATE_LAPSED, REGISTER_STATE_UNSURE, REGISTER_ACTOR_KIOSK},
    {REGISTER_STATE_LAPSED, REGISTER_STATE_PRINTED, REGISTER_ACTOR_TWO_PEOPLE},
    {REGISTER_STATE_LAPSED, REGISTER_STATE_SPOILED, REGISTER_ACTOR_TWO_PEOPLE},
    {REGISTER_STATE_LAPSED, REGISTER_STATE_VOID, REGISTER_ACTOR_TWO_PEOPLE},
    {REGISTER_STATE_UNSURE, REGISTER_STATE_PRINTED, REGISTER_ACTOR_TWO_PEOPLE},
    {REGISTER_STATE_UNSURE, REGISTER_STATE_SPOILED, REGISTER_ACTOR_TWO_PEOPLE},
    {REGISTER_STATE_UNSURE, REGISTER_STATE_VOID, REGISTER_ACTOR_TWO_PEOPLE},
    {REGISTER_STATE_PRINTED, REGISTER_STATE_DELIVERED, REGISTER_ACTOR_KIOSK},
    {REGISTER_STATE_PRINTED, REGISTER_STATE_RETRACTED, REGISTER_ACTOR_KIOSK},
    {REGISTER_STATE_RETRACTED, REGISTER_STATE_DELIVERED, REGISTER_ACTOR_TWO_PEOPLE},
    {REGISTER_STATE_RETRACTED, REGISTER_STATE_VOID, REGISTER_ACTOR_TWO_PEOPLE},
    {REGISTER_STATE_RETOLD, REGISTER_STATE_SPOILED, REGISTER_ACTOR_KIOSK},
    {REGISTER_STATE_RETOLD, REGISTER_STATE_SPOILED, REGISTER_ACTOR_TWO_PEOPLE},
    {REGISTER_STATE_RETOLD, REGISTER_STATE_VOID, REGISTER_ACTOR_TWO_PEOPLE},
};

const RegisterRow *register_row(RegisterState state)
{
    return &rows[(unsigned)state < REGISTER_STATE_COUNT ? state : REGISTER_STATE_UNKNOWN];
}

RegisterState register_state_from_name(const char *name)
{
    for (int i = 1; name && i < REGISTER_STATE_COUNT; i++)
        if (!strcmp(rows[i].name, name))
            return (RegisterState)i;
    return REGISTER_STATE_UNKNOWN;
}

RegisterState register_state_from_word(const char *word)
{
    RegisterState state = register_state_from_name(word);
    return strcmp(rows[state].name, rows[state].word) ? REGISTER_STATE_UNKNOWN : state;
}

const char *register_actor_word(RegisterActor actor)
{
    static const char *const words[REGISTER_ACTOR_COUNT] = {"unknown", "kiosk", "two-people",
                                                            "clock"};
    return words[(unsigned)actor < REGISTER_ACTOR_COUNT ? actor : REGISTER_ACTOR_UNKNOWN];
}

static gboolean has_transition(RegisterState from, RegisterState to, RegisterActor actor)
{
    for (gsize i = 0; i < G_N_ELEMENTS(transitions); i++)
        if (transitions[i].from == from && transitions[i].to == to && transitions[i].actor == actor)
            return TRUE;
    return FALSE;
}

static gboolean waits_for_people(RegisterState state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(transitions); i++)
        if (transitions[i].from == state && transitions[i].actor == REGISTER_ACTOR_TWO_PEOPLE)
            return TRUE;
    return FALSE;
}

RegisterStep register_step_judge(RegisterState from, RegisterState to, RegisterActor actor)
{
    if (has_transition(from, to, actor))
        return REGISTER_STEP_ALLOWED;
    if (actor != REGISTER_ACTOR_TWO_PEOPLE && has_transition(from, to, REGISTER_ACTOR_TWO_PEOPLE))
        return REGISTER_STEP_NEEDS_TWO_PEOPLE;
    if (actor == REGISTER_ACTOR_TWO_PEOPLE && waits_for_people(from))
        return REGISTER_STEP_NEVER;
    return register_row(from)->decided ? REGISTER_STEP_ALREADY_SETTLED : REGISTER_STEP_NEVER;
}

static char *list_names(gboolean (*wanted)(const RegisterRow *))
{
    GString *list = g_string_new(NULL);
    for (int i = 1; i < REGISTER_STATE_COUNT; i++)
        if (wanted(&rows[i]))
            g_string_append_printf(list, "%s'%s'", list->len ? "," : "", rows[i].name);
    return g_string_free(list, FALSE);
}

static gboolean locks(const RegisterRow *row)
{
    return row->locks;
}

static gboolean uses_serial(const RegisterRow *row)
{
    return !row->frees_serial;
}

char *register_sql_locking(void)
{
    return list_names(locks);
}

char *register_sql_serial(void)
{
    return list_names(uses_serial);
}
