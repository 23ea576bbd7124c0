/* Machine and service around the pure visit, on a virtual clock: every effect is answered after a
 * while, mostly well, sometimes not. */
#pragma once
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

/* The person does something. */
void monkey_world_act(MonkeyWorld *world, Action action);

/* Time passes: answers and deadlines come when they are due. */
void monkey_world_pass(MonkeyWorld *world, gint64 ms);

/* From the next moment on nobody is there: every deadline will come. */
void monkey_world_lift_card(MonkeyWorld *world);
