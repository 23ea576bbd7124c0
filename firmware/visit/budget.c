#include "firmware/visit/budget.h"
#include "firmware/base/limit.h"

void budget_reset(Budget *budget)
{
    *budget = (Budget){.used_ms = 0, .running_since = -1};
}

void budget_run(Budget *budget, gint64 now_ms)
{
    if (budget->running_since < 0)
        budget->running_since = now_ms;
}

void budget_pause(Budget *budget, gint64 now_ms)
{
    budget->used_ms = budget_used_ms(budget, now_ms);
    budget->running_since = -1;
}

gint64 budget_used_ms(const Budget *budget, gint64 now_ms)
{
    if (budget->running_since < 0)
        return budget->used_ms;
    return budget->used_ms + MAX(now_ms - budget->running_since, 0);
}

gint64 budget_left_ms(const Budget *budget, gint64 now_ms)
{
    return MAX(BUDGET_MS - budget_used_ms(budget, now_ms), 0);
}
