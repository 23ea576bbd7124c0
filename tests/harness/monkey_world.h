/* Machine and service around the pure visit, on a virtual clock: every effect is answered after a
 * while, mostly well, sometimes not. */
#pragma once
#include "firmware/maintenance/menu.h"
#include "firmware/visit/visit.h"

#define MONKEY_NAME "欧阳测试"
#define MONKEY_NUMBER "330106189001010019"
#define MONKEY_STREET "示例市西湖区测试路"

typedef struct MonkeyWorld MonkeyWorld;

/* `random` is borrowed. */
MonkeyWorld *monkey_world_create(GRand *random);
void monkey_world_destroy(MonkeyWorld *world);

const Visit *monkey_world_visit(const MonkeyWorld *world);
gint64 monkey_world_now(const MonkeyWorld *world);

/* What the panel shows: the visit, or the maintenance menu behind it. */
void monkey_world_show(MonkeyWorld *world, View *ret);

/* The person does something: the menu's when that is open. */
void monkey_world_act(MonkeyWorld *world, Action action);
void monkey_world_type(MonkeyWorld *world, const char *text); /* on a keyboard */

/* Nobody here knows a PIN, so none is ever right. How many were tried, and how many tasks ran all
 * the same. */
int monkey_world_pins(const MonkeyWorld *world);
int monkey_world_tasks(const MonkeyWorld *world);

/* Time passes: answers and deadlines come when they are due. */
void monkey_world_pass(MonkeyWorld *world, gint64 ms);

/* From the next moment on nobody is there: every deadline will come. */
void monkey_world_lift_card(MonkeyWorld *world);
